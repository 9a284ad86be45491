//! Points in time and lengths of time, in milliseconds.
//!
//! The engine never asks what time it is: a caller hands in a [`Millis`] with every call. There is no `now()` here,
//! and arithmetic saturates, so that no clock value, however absurd, can make the engine panic.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, as JavaScript's `Date.now()` counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(u64);

impl Millis {
    /// The end of time: no deadline at all.
    pub const NEVER: Self = Self(u64::MAX);

    /// The point `millis` milliseconds after the epoch.
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The point `wait` later; stays at the end of time rather than wrapping.
    #[must_use]
    pub const fn after(self, wait: Wait) -> Self {
        Self(self.0.saturating_add(wait.0))
    }

    /// The point `wait` earlier; stays at the epoch rather than wrapping.
    #[must_use]
    pub const fn before(self, wait: Wait) -> Self {
        Self(self.0.saturating_sub(wait.0))
    }

    /// How long ago `earlier` was; zero when it lies in the future.
    pub const fn since(self, earlier: Self) -> Wait {
        Wait(self.0.saturating_sub(earlier.0))
    }

    /// How long it is until `later`; zero when it has passed.
    pub const fn until(self, later: Self) -> Wait {
        later.since(self)
    }
}

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wait(u64);

impl Wait {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A wait of `millis` milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A wait of `secs` seconds.
    pub const fn secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// A wait of `minutes` minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::secs(minutes.saturating_mul(60))
    }

    /// A wait of `hours` hours.
    pub const fn hours(hours: u64) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// The length in milliseconds.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Both waits, one after the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The wait `factor` times over.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends_of_time() {
        let end = Millis::new(u64::MAX);
        assert_eq!(end.after(Wait::hours(1)), end);
        assert_eq!(Millis::new(5).before(Wait::secs(1)), Millis::new(0));
        assert_eq!(Millis::new(5).since(Millis::new(9)), Wait::ZERO);
        assert_eq!(Millis::new(5).until(Millis::new(9)), Wait::millis(4));
        assert_eq!(Wait::hours(u64::MAX), Wait::millis(u64::MAX));
    }
}
