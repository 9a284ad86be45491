//! What a seed stands for.

use batchwise::emulator::{
    Ending, Endpoint, Fault, FaultRule, Hits, Options, Rates, RetryAfter, StatusFault, When,
};
use batchwise::job;
use batchwise::pace::Rng;
use batchwise::plan::PlanOptions;

/// Everything that is decided before a job begins.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) seed: u64,
    pub(super) requests: u32,
    pub(super) limits: PlanOptions,
    pub(super) job: job::Options,
    pub(super) server: Options,
    /// Chance that a call gets lost on the way there, or its answer on the way back.
    pub(super) loss: f64,
    /// Chance that our process dies at a step.
    pub(super) crash: f64,
    /// Chance at a step that a stranger creates a batch of the size of one of our parts.
    pub(super) strangers: f64,
    /// When the caller cancels, in virtual milliseconds after the beginning.
    pub(super) cancel_after: Option<u64>,
}

impl Config {
    pub(super) fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x5EED);
        let requests = 1 + rng.below(40) as u32;
        let mut limits = PlanOptions { max_requests: 1 + rng.below(15) as u32, ..PlanOptions::default() };
        // Batches that take days are polled thousands of times: few of them at once tell as much.
        let processing_ms = match rng.below(24) {
            0 => Some(rng.below(30 * 3_600_000)),
            1..=4 => Some(rng.below(3_600_000)),
            _ => None,
        };
        if processing_ms > Some(3_600_000) {
            limits.max_requests = requests;
        }
        let mut job = job::Options::new(limits);
        job.seed = seed;
        job.rounds = 1 + rng.below(3) as u32;
        job.concurrency = 1 + rng.below(4) as u32;
        job.max_queued = 1 + rng.below(60);
        job.pilot = (rng.below(8) == 0).then(|| 1 + rng.below(20) as u32);
        // One job in eight runs in fair weather.
        let p = [0.0, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2, 0.3][(seed % 8) as usize];
        // A late commit and a lagging list add up; together they stay within the settle window.
        let lag = if rng.below(2) == 0 { 25_000 } else { 300_000 };
        if lag > 60_000 {
            // The list lags by minutes: an answered failure proves as little as silence does.
            job.settle_answered = job.settle;
        }
        Self {
            seed,
            requests,
            limits,
            job,
            server: server(seed, p, lag, processing_ms, &mut rng),
            loss: p / 4.0,
            crash: if rng.below(3) == 0 { p / 10.0 } else { 0.0 },
            strangers: if rng.below(2) == 0 { p / 10.0 } else { 0.0 },
            cancel_after: (rng.below(20) == 0).then(|| rng.below(600_000)),
        }
    }
}

fn server(seed: u64, p: f64, lag: u64, processing_ms: Option<u64>, rng: &mut Rng) -> Options {
    let rates = Rates {
        overloaded: p,
        expired: p / 2.0,
        invalid: p / 4.0,
        api_error: p / 8.0,
        timeout: p / 8.0,
        rate_limit: p / 8.0,
        ..Rates::default()
    };
    Options {
        seed,
        rates,
        processing_ms,
        queue_limit: (rng.below(4) == 0).then_some(60),
        max_body_bytes: if rng.below(8) == 0 && processing_ms.is_none() { 700 } else { 256_000_000 },
        faults: if p > 0.0 { faults(p, lag) } else { Vec::new() },
        ..Options::default()
    }
}

/// Every fault the model knows, on the endpoints where it can strike.
fn faults(p: f64, lag: u64) -> Vec<FaultRule> {
    use Endpoint::{Create, Results};
    let status = |code, when, retry_after| {
        let html = code == 502;
        Fault::Status(StatusFault { code, when, retry_after, html, ..StatusFault::default() })
    };
    let (before, after) = (When::Before, When::After);
    let anywhere = [
        status(429, before, RetryAfter::Seconds(7_000)),
        status(500, before, RetryAfter::Absent),
        status(500, after, RetryAfter::Ms(1_500)),
        status(502, before, RetryAfter::Absent),
        status(503, after, RetryAfter::Date(9_000)),
        status(529, before, RetryAfter::Absent),
        status(529, after, RetryAfter::Absent),
        status(408, before, RetryAfter::Absent),
        Fault::Reset(before),
        Fault::Reset(after),
        Fault::Stall { ms: 700_000, when: after },
        Fault::Slow { ms: 20_000 },
        Fault::Html(after),
        Fault::Html(before),
        Fault::CutReply(Ending::Clean),
        Fault::CutReply(Ending::Reset),
    ];
    let on_results = [
        Fault::CutAtLine(Ending::Clean),
        Fault::CutAtLine(Ending::Reset),
        Fault::CutMidLine(Ending::Clean),
        Fault::CutMidLine(Ending::Stall(90_000)),
        Fault::BlankLines,
        Fault::Crlf,
        Fault::BadLine(1),
        Fault::DuplicateId(1),
        Fault::UnknownId(1),
        Fault::MissingId(1),
        Fault::HugeLine(50_000),
        Fault::SlowBody { bytes: 100, every_ms: 500 },
    ];
    let on_create = [
        Fault::LateCommit(lag),
        Fault::ListLag(lag),
        Fault::NotFoundAfterCreate(60_000),
        status(504, after, RetryAfter::Absent),
    ];
    let rule = |on, share: f64| move |fault| FaultRule { on, fault, hits: Hits::Rate(share) };
    let mut rules: Vec<_> = anywhere.into_iter().map(rule(None, p / 16.0)).collect();
    rules.extend(on_results.into_iter().map(rule(Some(Results), p / 6.0)));
    rules.extend(on_create.into_iter().map(rule(Some(Create), p / 3.0)));
    rules
}
