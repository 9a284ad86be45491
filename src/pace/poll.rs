//! How often to look at a batch.

use crate::time::{Millis, Wait};

use super::{Backoff, Rng};

/// The pace of polling one batch. Small batches end within seconds and large ones within hours, so the interval grows
/// with the batch's age; a batch that is due to expire is looked at right after that moment.
///
/// Failures never end the polling: the batch runs whether we can see it or not, and only a deadline of the caller's may
/// give up on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollPace {
    fastest: Wait,
    slowest: Wait,
}

impl PollPace {
    /// Intervals from `fastest`, for a young batch, to `slowest`.
    pub const fn new(fastest: Wait, slowest: Wait) -> Self {
        Self { fastest, slowest }
    }

    /// The same interval always, as a caller asked for it.
    pub const fn every(interval: Wait) -> Self {
        Self::new(interval, interval)
    }

    /// How long to wait before the next look. `last_retry_after` is what the last reply asked for, success or not;
    /// `failures` counts the looks that failed in a row.
    pub fn next(
        &self,
        now: Millis,
        created_at: Option<Millis>,
        expires_at: Option<Millis>,
        last_retry_after: Option<Wait>,
        failures: u32,
        rng: &mut Rng,
    ) -> Wait {
        let asked = last_retry_after.unwrap_or(Wait::ZERO);
        if failures > 0 {
            let backoff = Backoff::new(self.fastest.max(Wait::secs(1)), self.slowest.times(5));
            return self.fastest.plus(backoff.wait(failures, rng)).max(asked);
        }
        let age = created_at.map_or(Wait::ZERO, |created| now.since(created));
        let interval = Wait::millis(age.get() / 20).max(self.fastest).min(self.slowest.max(self.fastest));
        let scattered = if self.fastest == self.slowest { interval } else { scatter(interval, rng) };
        let soon = match expires_at {
            // A second for the server to write down what expired.
            Some(expiry) if now < expiry => scattered.min(now.until(expiry).plus(Wait::secs(1))),
            _ => scattered,
        };
        soon.max(asked)
    }
}

impl Default for PollPace {
    /// From 5 seconds to a minute: the server's own hint is 10 seconds, its documentation's examples take 60.
    fn default() -> Self {
        Self::new(Wait::secs(5), Wait::minutes(1))
    }
}

/// Up to an eighth longer, so that jobs that began together drift apart.
fn scatter(interval: Wait, rng: &mut Rng) -> Wait {
    interval.plus(Wait::millis(rng.below(interval.get() / 8 + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    const START: Millis = Millis::new(1_000_000_000);

    fn at_age(age: Wait, asked: Option<Wait>, failures: u32) -> u64 {
        let expires = START.after(Wait::hours(24));
        let mut rng = Rng::new(1);
        PollPace::default()
            .next(START.after(age), Some(START), Some(expires), asked, failures, &mut rng)
            .get()
    }

    #[test]
    fn the_interval_grows_with_age_up_to_a_minute() {
        for (age, from, to) in [
            (Wait::ZERO, 5000, 5625),
            (Wait::minutes(5), 15_000, 16_875),
            (Wait::hours(2), 60_000, 67_500),
            (Wait::hours(30), 60_000, 67_500),
        ] {
            let wait = at_age(age, None, 0);
            assert!((from..=to).contains(&wait), "{age}: {wait}");
        }
    }

    #[test]
    fn expiry_is_looked_at_when_it_comes() {
        let close = Wait::hours(24).get() - 9000;
        assert_eq!(at_age(Wait::millis(close), None, 0), 10_000);
    }

    #[test]
    fn a_fixed_pace_keeps_its_interval_unless_asked_to_wait_longer() {
        let pace = PollPace::every(Wait::millis(1));
        let mut rng = Rng::new(1);
        let mut next = |asked| pace.next(START.after(Wait::hours(3)), Some(START), None, asked, 0, &mut rng);
        assert_eq!(next(None), Wait::millis(1));
        assert_eq!(next(Some(Wait::secs(10))), Wait::secs(10));
    }

    #[test]
    fn failures_slow_it_down_and_never_end_it() {
        assert!(at_age(Wait::ZERO, None, 1) <= 10_000);
        assert!(at_age(Wait::ZERO, None, u32::MAX) <= 305_000);
        assert_eq!(at_age(Wait::ZERO, Some(Wait::hours(1)), 9), 3_600_000);
    }

    proptest! {
        #[test]
        fn no_poll_comes_before_retry_after(
            now in any::<u64>(), created in any::<Option<u64>>(), expires in any::<Option<u64>>(),
            asked in any::<u32>(), failures in any::<u32>(), seed in any::<u64>(),
        ) {
            let asked = Wait::millis(u64::from(asked));
            let wait = PollPace::default().next(
                Millis::new(now), created.map(Millis::new), expires.map(Millis::new), Some(asked), failures,
                &mut Rng::new(seed),
            );
            prop_assert!(wait >= asked && wait <= asked.max(Wait::secs(305)));
        }
    }
}
