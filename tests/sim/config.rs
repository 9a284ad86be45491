//! What a seed stands for.

use batchwise::emulator::{Ending, Endpoint, Fault, FaultRule, Hits, Options, Rates};
use batchwise::job;
use batchwise::pace::Rng;
use batchwise::plan::{Ids, PlanOptions};

use super::faults::faults;
use super::keeping::Keeping;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

/// Everything that is decided before a job begins.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) seed: u64,
    pub(crate) requests: u32,
    pub(crate) limits: PlanOptions,
    pub(crate) job: job::Options,
    pub(crate) server: Options,
    /// Chance that a call gets lost on the way there, or its answer on the way back.
    pub(crate) loss: f64,
    /// Chance that an answer arrives minutes after it was given.
    pub(crate) late: f64,
    /// The same for a page of the list.
    pub(crate) late_list: f64,
    /// A page of the list holds no more than so many batches, whatever was asked for.
    pub(crate) page: Option<u64>,
    /// How long after it was given up a call may still arrive.
    pub(crate) straggling: u64,
    /// Results arrive in pieces of up to so many bytes.
    pub(crate) chunk: u64,
    /// Whether results may be damaged each time they are read: then rows may go missing.
    pub(crate) incurable: bool,
    /// Chance that a running batch is told in a word that nobody knows.
    pub(crate) novelty: f64,
    /// From when until when nothing gets through, in virtual milliseconds after the beginning.
    pub(crate) outages: Vec<(u64, u64)>,
    /// Chance at a turn that our process dies.
    pub(crate) crash: f64,
    /// Whether nobody comes back for so long after one of these deaths that results are gone.
    pub(crate) long_sleep: bool,
    /// Chance at a turn that the rows that are there are not taken yet.
    pub(crate) slow_taking: f64,
    /// How far our clock is off at first.
    pub(crate) offset: i64,
    /// Chance at a step that our clock jumps by up to ten minutes, either way.
    pub(crate) jumps: f64,
    /// Foreign batches of the size of one of our parts, there before our job.
    pub(crate) strangers_before: u64,
    /// And while it runs: how many, and at most how long after one another.
    pub(crate) strangers: (u64, u64),
    /// Chance that somebody sends a batch of the same size within a minute of one of our creates.
    pub(crate) shadows: f64,
    /// When the caller cancels.
    pub(crate) cancel_after: Option<u64>,
    /// When the key is revoked; whoever resumes the job has a new one.
    pub(crate) revoked_after: Option<u64>,
    /// The caller's spending limit, as a share of what the job may cost at most.
    pub(crate) budget: Option<f64>,
    /// How the job is kept in a store; `None` where a snapshot in memory is what outlives a process.
    pub(crate) keeping: Option<Keeping>,
}

/// What the promise hangs on, and how it can be broken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// The list shows a batch so much after its commit, at most.
    pub(crate) list_lag: u64,
    /// A create takes effect so much after its call was given up, at most.
    pub(crate) late_commit: u64,
    /// How far our clock is off.
    pub(crate) offset: i64,
}

impl Config {
    /// The world of a seed, within the conditions under which nothing is ever paid twice.
    pub(crate) fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0xC10C);
        let most = if rng.below(2) == 0 { 25 * SECOND } else { 280 * SECOND };
        let offset = [0, 0, -600_000, 600_000][rng.below(4) as usize];
        let mut config = Self::under(seed, Conditions { list_lag: most, late_commit: most, offset });
        if !seed.is_multiple_of(8) && rng.below(4) == 0 {
            config.jumps = 0.01;
        }
        if config.jumps == 0.0 && rng.below(3) == 0 {
            // Servers differ from each other by up to twice as much.
            config.server.clock_skew_ms = 150 * SECOND;
        }
        config.keeping = Keeping::of(&config);
        // What a store holds may be a step behind what its process knows: results that are gone would prove too much.
        config.long_sleep &= config.keeping.is_none();
        config
    }

    /// The same under conditions of the caller's choice.
    pub(crate) fn under(seed: u64, conditions: Conditions) -> Self {
        let mut rng = Rng::new(seed ^ 0x5EED);
        let requests = 1 + rng.below(40) as u32;
        let mut limits = PlanOptions { max_requests: 1 + rng.below(15) as u32, ..PlanOptions::default() };
        // Batches that take days are polled thousands of times: few of them at once tell as much.
        let processing_ms = match rng.below(32) {
            0 => Some(rng.below(30 * HOUR)),
            1..=4 => Some(rng.below(HOUR)),
            _ => None,
        };
        if processing_ms > Some(HOUR) {
            limits.max_requests = requests;
        }
        // Drawn apart: whatever else a seed stands for stays as it is.
        let mut naming = Rng::new(seed ^ 0x1D5);
        limits.ids = if naming.below(3) == 0 { Ids::Made } else { Ids::Verbatim };
        limits.dedupe = (naming.below(4) == 0).then(|| [naming.next_u64(), naming.next_u64()]);
        let mut job = job::Options::new(limits);
        job.seed = seed;
        job.rounds = 1 + rng.below(3) as u32;
        job.concurrency = 1 + rng.below(4) as u32;
        job.max_queued = 1 + rng.below(60);
        job.pilot = (rng.below(8) == 0).then(|| 1 + rng.below(20) as u32);
        if conditions.list_lag.max(conditions.late_commit) > MINUTE / 2 {
            // The list lags by minutes: an answered failure proves as little as silence does.
            job.settle_answered = job.settle;
        }
        // One job in eight runs in fair weather.
        let level = (seed % 8) as usize;
        let damage = [0.0, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2, 0.3][level];
        let failing = [0.0, 0.3, 0.4, 0.5, 0.6, 0.6, 0.7, 0.7][level];
        let foul = damage > 0.0;
        // A workspace in which somebody is always sending.
        let busy = foul && failing < 0.5 && rng.below(12) == 0;
        let strangers = match rng.below(2) {
            _ if busy => (u64::MAX, 2 * MINUTE),
            0 if foul => (rng.below(40), 1 + rng.below(20 * MINUTE)),
            _ => (0, 0),
        };
        let mut server = server(seed, damage, processing_ms, &mut rng);
        if foul {
            server.faults = faults(failing, damage, conditions, &mut rng);
        }
        Self {
            seed,
            requests,
            limits,
            job,
            server,
            loss: damage / 4.0,
            late: damage / 10.0,
            late_list: if foul && rng.below(4) == 0 { 0.3 } else { 0.0 },
            page: match rng.below(4) {
                0 if !busy => Some(1 + rng.below(4)),
                1 | 2 => Some(8 + rng.below(13)),
                _ => None,
            },
            straggling: conditions.late_commit,
            chunk: if rng.below(4) == 0 { 500 } else { 20_000 },
            incurable: foul && rng.below(8) == 0,
            novelty: if foul && rng.below(4) == 0 { 0.2 } else { 0.0 },
            outages: if foul { outages(&mut rng) } else { Vec::new() },
            crash: if rng.below(3) == 0 { damage / 10.0 } else { 0.0 },
            // Where somebody is always sending, thousands of batches of theirs would be all that a month brings.
            long_sleep: naming.below(16) == 0 && !busy,
            slow_taking: if naming.below(3) == 0 { 0.8 } else { 0.0 },
            offset: conditions.offset,
            jumps: 0.0,
            strangers_before: if rng.below(2) == 0 { rng.below(16) } else { 0 },
            strangers,
            shadows: if foul && rng.below(2) == 0 { 0.5 } else { 0.0 },
            cancel_after: (rng.below(16) == 0).then(|| rng.below(20 * MINUTE)),
            revoked_after: (foul && rng.below(16) == 0).then(|| rng.below(20 * MINUTE)),
            budget: (rng.below(16) == 0).then(|| 0.9 + 0.3 * rng.unit()),
            keeping: None,
        }
    }
}

impl Config {
    /// Parts of one request each, among batches of strangers of the same size, whose files say least of whose they are.
    #[cfg_attr(not(mutants), expect(dead_code, reason = "the hunt for bugs is for one test build"))]
    pub(crate) fn crowded(seed: u64) -> Self {
        let mut config = Self::of(seed * 8 + 5);
        config.limits.max_requests = 1;
        config.limits.ids = Ids::Verbatim;
        config.job.limits = config.limits;
        config.requests = config.requests.min(12);
        config.strangers = (40, MINUTE);
        config.late = 0.2;
        for (fault, share) in [(Fault::UnknownId(1), 0.3), (Fault::CutAtLine(Ending::Clean), 0.5)] {
            let rule = FaultRule { on: Some(Endpoint::Results), fault, hits: Hits::Rate(share) };
            config.server.faults.push(rule);
        }
        config
    }

    /// No fault strikes any more.
    pub(crate) fn be_fair(&mut self) {
        self.loss = 0.0;
        self.late = 0.0;
        self.late_list = 0.0;
        self.novelty = 0.0;
        self.crash = 0.0;
        self.jumps = 0.0;
        self.shadows = 0.0;
        self.outages.clear();
    }
}

fn server(seed: u64, p: f64, processing_ms: Option<u64>, rng: &mut Rng) -> Options {
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
        ..Options::default()
    }
}

/// Times in which nothing gets through, minutes to hours of them.
fn outages(rng: &mut Rng) -> Vec<(u64, u64)> {
    let mut from = 0;
    let outage = |_| {
        from += rng.below(30 * MINUTE);
        let until = from + if rng.below(3) == 0 { rng.below(6 * HOUR) } else { rng.below(30 * MINUTE) };
        std::mem::replace(&mut from, until)..from
    };
    (0..3).map(outage).map(|range| (range.start, range.end)).collect()
}
