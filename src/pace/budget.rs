//! How many repetitions many calls together may make.

/// Tokens of a client that has had no failures.
const FULL: u32 = 100;

/// What a failure takes: more where the other side did not even answer.
const FAILURE: u32 = 5;
const SILENCE: u32 = 10;

/// A bucket of tokens that failures take from and successes fill: when a server is down, calls that were made at once by
/// many workers must not come back three times each. It ends the repeating only; every call is still made once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    tokens: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { tokens: FULL }
    }
}

impl RetryBudget {
    /// Takes what a failed call costs. Answers whether it may be repeated.
    pub fn may_repeat(&mut self, was_silent: bool) -> bool {
        let price = if was_silent { SILENCE } else { FAILURE };
        let left = self.tokens.checked_sub(price);
        self.tokens = left.unwrap_or(self.tokens);
        left.is_some()
    }

    /// Gives back what a call that succeeded after `repetitions` had taken, or a little where it had taken nothing.
    pub fn refund(&mut self, repetitions: u32) {
        let back = repetitions.saturating_mul(FAILURE).max(1);
        self.tokens = self.tokens.saturating_add(back).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_down_is_asked_twenty_times_more_and_then_once_a_call() {
        let mut budget = RetryBudget::default();
        assert_eq!((0..1000).filter(|_| budget.may_repeat(false)).count(), 20);
        let mut budget = RetryBudget::default();
        assert_eq!((0..1000).filter(|_| budget.may_repeat(true)).count(), 10);
    }

    #[test]
    fn successes_fill_it_again_and_never_beyond() {
        let mut budget = RetryBudget::default();
        while budget.may_repeat(false) {}
        for _ in 0..FAILURE {
            assert!(!budget.may_repeat(false));
            budget.refund(0);
        }
        assert!(budget.may_repeat(false));
        budget.refund(u32::MAX);
        assert_eq!(budget, RetryBudget::default());
    }
}
