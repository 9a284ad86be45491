//! Every fault the model knows, on the endpoints where it can strike.

use batchwise::emulator::{Ending, Endpoint, Fault, FaultRule, Hits, RetryAfter, StatusFault, When};
use batchwise::pace::Rng;

use super::config::{Conditions, MINUTE, SECOND};

/// `failing` of all calls fail in one of many ways, `damage` of the answers that come are not what they should be.
pub(super) fn faults(failing: f64, damage: f64, conditions: Conditions, rng: &mut Rng) -> Vec<FaultRule> {
    use Endpoint::{Create, Results};
    let (failures, damages, on_create) = (failures(), damages(), on_create(conditions, rng));
    let rule = |on, share: f64| move |fault| FaultRule { on, fault, hits: Hits::Rate(share) };
    let mut rules: Vec<_> = Vec::with_capacity(failures.len() + damages.len() + on_create.len() + 1);
    let share = failing / failures.len() as f64;
    rules.extend(failures.into_iter().map(rule(None, share)));
    rules.extend(damages.into_iter().map(rule(Some(Results), damage / 6.0)));
    rules.extend(on_create.into_iter().map(rule(Some(Create), damage / 3.0)));
    // Files that end early and say nothing of it, more often than not.
    if rng.below(4) == 0 {
        rules.push(rule(Some(Results), 0.6)(Fault::CutAtLine(Ending::Clean)));
    }
    if rng.below(8) == 0 {
        let at = 1 + rng.below(6);
        let code = [400, 402, 429][rng.below(3) as usize];
        let error_code = (code != 402).then(|| "enforced_spend_limit_reached".to_owned());
        let fault = Fault::Status(StatusFault { code, error_code, ..StatusFault::default() });
        rules.insert(0, FaultRule { on: Some(Create), fault, hits: Hits::Calls(vec![at]) });
    }
    rules
}

fn status(code: u16, when: When, retry_after: RetryAfter) -> Fault {
    let html = code == 502;
    Fault::Status(StatusFault { code, when, retry_after, html, ..StatusFault::default() })
}

/// Anywhere.
fn failures() -> Vec<Fault> {
    let (before, after) = (When::Before, When::After);
    vec![
        status(429, before, RetryAfter::Seconds(7 * SECOND)),
        status(500, before, RetryAfter::Absent),
        status(500, after, RetryAfter::Ms(1_500)),
        status(502, before, RetryAfter::Absent),
        status(503, after, RetryAfter::Date(9 * SECOND)),
        status(529, before, RetryAfter::Absent),
        status(529, after, RetryAfter::Absent),
        status(408, before, RetryAfter::Absent),
        Fault::Reset(before),
        Fault::Reset(after),
        Fault::Stall { ms: 700 * SECOND, when: after },
        Fault::Slow { ms: 20 * SECOND },
        Fault::Html(after),
        Fault::Html(before),
        Fault::CutReply(Ending::Clean),
        Fault::CutReply(Ending::Reset),
    ]
}

/// Of results.
fn damages() -> Vec<Fault> {
    vec![
        Fault::CutAtLine(Ending::Clean),
        Fault::CutAtLine(Ending::Reset),
        Fault::CutMidLine(Ending::Clean),
        Fault::CutMidLine(Ending::Stall(90 * SECOND)),
        Fault::BlankLines,
        Fault::Crlf,
        Fault::BadLine(1),
        Fault::DuplicateId(1),
        Fault::UnknownId(1),
        Fault::MissingId(1),
        Fault::UnknownType(1),
        Fault::HugeLine(6_000),
        Fault::SlowBody { bytes: 700, every_ms: 500 },
    ]
}

/// A create that takes effect late, or shows late.
fn on_create(conditions: Conditions, rng: &mut Rng) -> Vec<Fault> {
    vec![
        Fault::LateCommit(1 + rng.below(conditions.late_commit)),
        Fault::LateCommit(conditions.late_commit),
        Fault::ListLag(1 + rng.below(conditions.list_lag)),
        Fault::ListLag(conditions.list_lag),
        Fault::NotFoundAfterCreate(MINUTE),
        status(504, When::After, RetryAfter::Absent),
    ]
}
