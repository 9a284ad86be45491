//! What it costs: a dated price table, sums of what was used, and estimates of what will be.
//!
//! Three kinds of numbers are kept apart: what the API counted, what is estimated (a range), and what it can be at the
//! most (a ceiling). A model without a known price has none; nothing is guessed. The room knows tokens and bytes, not
//! where they come from.
//!
//! **Invariant:** tokens are summed exactly, and a sum that lacks a price says so instead of being too small. Start
//! with [`price`] and [`UsageSum`].

mod estimate;
mod own;
mod prices;
mod usage_sum;

pub use estimate::{Cache, Estimate, Estimator, Media, ModelEstimate, Range, Work};
pub use own::add_price;
pub use prices::{
    BATCH_FACTOR, PRICES, PRICES_AS_OF, PRICES_SOURCE, Price, Rates, Tokenizer, US_FACTOR, WEB_SEARCH, price,
};
pub use usage_sum::{Counted, ModelUsage, Tally, UsageSum, row_cost};
