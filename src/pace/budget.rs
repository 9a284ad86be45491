//! A limit on repetition as such.

/// Tokens that every repetition costs and every success partly gives back. When the API is down for everybody, a job of
/// a hundred parts stops multiplying its load long before each call has used up its own attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    tokens: u32,
    full: u32,
}

impl RetryBudget {
    /// What a repetition costs.
    pub const RETRY: u32 = 5;
    /// What a repetition after a timeout costs: it held the connection for longest.
    pub const TIMEOUT: u32 = 10;
    /// What a success gives back.
    pub const REFUND: u32 = 1;

    /// A full budget of `tokens`.
    pub const fn new(tokens: u32) -> Self {
        Self { tokens, full: tokens }
    }

    /// Takes `cost` tokens; answers false, and takes none, when there are not that many.
    #[must_use]
    pub const fn take(&mut self, cost: u32) -> bool {
        let enough = self.tokens >= cost;
        if enough {
            self.tokens -= cost;
        }
        enough
    }

    /// Notes a success.
    pub fn refund(&mut self) {
        self.tokens = self.tokens.saturating_add(Self::REFUND).min(self.full);
    }

    /// Tokens left.
    pub const fn left(&self) -> u32 {
        self.tokens
    }
}

impl Default for RetryBudget {
    /// A hundred tokens: twenty repetitions without one success.
    fn default() -> Self {
        Self::new(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_ends_without_success_and_goes_on_with_it() {
        let mut budget = RetryBudget::default();
        assert_eq!((0..100).filter(|_| budget.take(RetryBudget::RETRY)).count(), 20);
        assert!(!budget.take(RetryBudget::RETRY));
        (0..5).for_each(|_| budget.refund());
        assert!(budget.take(RetryBudget::RETRY));
        (0..1000).for_each(|_| budget.refund());
        assert_eq!(budget.left(), 100);
        assert!(!budget.take(101));
    }
}
