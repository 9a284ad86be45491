//! Longer and longer waits, scattered.

use crate::time::Wait;

use super::Rng;

/// Exponential waits with full jitter: anything from nothing up to a bound that doubles with each attempt. Full, because
/// many jobs that failed together must not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Wait,
    cap: Wait,
}

impl Backoff {
    /// Waits of up to `base` after the first attempt, doubling, never above `cap`.
    pub const fn new(base: Wait, cap: Wait) -> Self {
        Self { base, cap }
    }

    /// How long to wait after `attempt` (from 1) has failed.
    pub fn wait(&self, attempt: u32, rng: &mut Rng) -> Wait {
        Wait::millis(rng.below(self.bound(attempt).get().saturating_add(1)))
    }

    /// The longest wait after `attempt`.
    pub fn bound(&self, attempt: u32) -> Wait {
        let doublings = attempt.saturating_sub(1).min(62);
        self.base.times(1 << doublings).min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_cap() {
        let backoff = Backoff::new(Wait::millis(500), Wait::secs(8));
        for (attempt, want) in
            [(0, 500), (1, 500), (2, 1000), (3, 2000), (5, 8000), (6, 8000), (u32::MAX, 8000)]
        {
            assert_eq!(backoff.bound(attempt), Wait::millis(want), "{attempt}");
        }
    }

    #[test]
    fn waits_are_scattered_over_the_whole_range() {
        let backoff = Backoff::new(Wait::millis(1000), Wait::secs(60));
        let mut rng = Rng::new(3);
        let waits: Vec<u64> = (0..1000).map(|_| backoff.wait(2, &mut rng).get()).collect();
        assert!(waits.iter().all(|&wait| wait <= 2000));
        assert!(waits.iter().any(|&wait| wait < 100) && waits.iter().any(|&wait| wait > 1900));
    }
}
