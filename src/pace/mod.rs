//! When to ask again: how often to poll, how long to back off, whether to repeat a call.
//!
//! Chance and time are arguments: a seeded [`Rng`] and the `now` of whoever asks. There are no timers here, and nothing
//! is remembered between questions but how many repetitions a client has left. Start with [`verdict()`] for single calls and [`PollPace`] for polling.
//!
//! **Invariant:** no answer is earlier than the server's `retry-after`, and a create is never repeated.

mod backoff;
mod budget;
mod poll;
mod rng;
mod verdict;

pub use backoff::Backoff;
pub use budget::RetryBudget;
pub use poll::PollPace;
pub use rng::Rng;
pub use verdict::{Verdict, verdict};
