//! Whether to make the same call again.

use crate::time::Wait;
use crate::wire::{Endpoint, Lost, LostReason, Refusal, Reply};

use super::{Backoff, Rng};

/// Waits between attempts where the server names none, as the official SDK has them: from half a second to eight.
const BETWEEN_ATTEMPTS: Backoff = Backoff::new(Wait::millis(500), Wait::secs(8));

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same call again, after a wait.
    Repeat(Wait),
    /// Take what there is.
    Stop,
}

/// Judges attempt number `attempt` (from 1) of a call that may be repeated `max_retries` times.
///
/// The order is: what must never be repeated (a create, an aborted call, a spend limit); the server's own word
/// (`x-should-retry`); the status (408, 409, 429 and all of 5xx are passing). A wait that the server asks for is kept.
pub fn verdict(
    endpoint: Endpoint,
    attempt: u32,
    max_retries: u32,
    outcome: Result<&Reply, &Lost>,
    rng: &mut Rng,
) -> Verdict {
    if !endpoint.is_safe_to_repeat() || attempt > max_retries || !may_pass(outcome) {
        return Verdict::Stop;
    }
    let asked = outcome.ok().and_then(|reply| reply.retry_after);
    Verdict::Repeat(asked.unwrap_or_else(|| BETWEEN_ATTEMPTS.wait(attempt, rng)))
}

fn may_pass(outcome: Result<&Reply, &Lost>) -> bool {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(lost) => return lost.reason != LostReason::Aborted,
    };
    match reply.refusal() {
        Some(Refusal::Api(error)) if !error.is_spend_limit() => {
            reply.should_retry.unwrap_or(matches!(reply.status, 408 | 409 | 429 | 500..))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;
    use crate::wire::Sent;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        Reply::new(status, headers.iter().copied(), body.as_bytes().to_vec(), Millis::default())
    }

    fn repeats(endpoint: Endpoint, attempt: u32, outcome: Result<&Reply, &Lost>) -> bool {
        verdict(endpoint, attempt, 2, outcome, &mut Rng::new(1)) != Verdict::Stop
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        for (status, headers, again) in [
            (200, &[][..], false),
            (307, &[], false),
            (400, &[], false),
            (401, &[], false),
            (402, &[], false),
            (404, &[], false),
            (408, &[], true),
            (409, &[], true),
            (413, &[], false),
            (429, &[], true),
            (500, &[], true),
            (529, &[], true),
            (404, &[("x-should-retry", "true")], true),
            (529, &[("x-should-retry", "false")], false),
            (402, &[("x-should-retry", "true")], false),
        ] {
            assert_eq!(repeats(Endpoint::Retrieve, 1, Ok(&reply(status, headers, ""))), again, "{status}");
        }
        let spent = r#"{"error":{"type":"rate_limit_error","details":{"error_code":"enforced_spend_limit_reached"}}}"#;
        assert!(!repeats(Endpoint::List, 1, Ok(&reply(429, &[], spent))));
    }

    #[test]
    fn a_create_is_never_repeated_here() {
        let lost = Lost { sent: Sent::No, reason: LostReason::Connection, message: String::new() };
        assert!(!repeats(Endpoint::Create, 1, Ok(&reply(429, &[("x-should-retry", "true")], ""))));
        assert!(!repeats(Endpoint::Create, 1, Err(&lost)));
        for endpoint in
            [Endpoint::Retrieve, Endpoint::List, Endpoint::Cancel, Endpoint::Delete, Endpoint::Results]
        {
            assert!(repeats(endpoint, 1, Err(&lost)), "{endpoint:?}");
        }
    }

    #[test]
    fn attempts_end_and_an_abort_ends_them_at_once() {
        let overloaded = reply(529, &[], "");
        assert!(repeats(Endpoint::Retrieve, 2, Ok(&overloaded)));
        assert!(!repeats(Endpoint::Retrieve, 3, Ok(&overloaded)));
        for (reason, again) in [
            (LostReason::Connection, true),
            (LostReason::Timeout, true),
            (LostReason::Idle, true),
            (LostReason::Aborted, false),
        ] {
            let lost = Lost { sent: Sent::Maybe, reason, message: String::new() };
            assert_eq!(repeats(Endpoint::Retrieve, 1, Err(&lost)), again, "{reason:?}");
        }
    }

    #[test]
    fn the_servers_wait_is_kept() {
        let mut rng = Rng::new(1);
        let asked = reply(429, &[("retry-after", "7.5")], "");
        assert_eq!(verdict(Endpoint::List, 1, 2, Ok(&asked), &mut rng), Verdict::Repeat(Wait::millis(7500)));
        let Verdict::Repeat(wait) = verdict(Endpoint::List, 1, 2, Ok(&reply(500, &[], "")), &mut rng) else {
            panic!("a 500 is passing");
        };
        assert!(wait <= Wait::millis(500));
    }
}
