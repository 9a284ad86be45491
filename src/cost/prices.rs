//! The price table. Every figure is from the pricing and prompt-caching pages as read on [`PRICES_AS_OF`], but for the
//! 5.2 models, which are newer.

use super::own::own_price;
use crate::limits::{IMAGE_TOKENS, IMAGE_TOKENS_OLD};

/// The day the price pages were read. Rows that were read later say so themselves.
pub const PRICES_AS_OF: &str = "2026-10-10";

/// Where the prices stand.
pub const PRICES_SOURCE: &str = "https://platform.claude.com/docs/en/about-claude/pricing";

/// What a batch pays of the synchronous price, in every category of tokens (pricing page; for cache reads and writes
/// confirmed by a reseller's table for batches, 2026-09-02).
pub const BATCH_FACTOR: f64 = 0.5;

/// What processing in the US alone costs, times every category of tokens.
pub const US_FACTOR: f64 = 1.1;

/// One web search in USD. No batch discount on it is stated anywhere, so none is assumed.
pub const WEB_SEARCH: f64 = 0.01;

/// Synchronous prices in USD for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Input that no cache knew.
    pub input: f64,
    /// Input written to the 5-minute cache.
    pub cache_write_5m: f64,
    /// Input written to the 1-hour cache.
    pub cache_write_1h: f64,
    /// Input read from a cache.
    pub cache_read: f64,
    /// Output, thinking included.
    pub output: f64,
}

/// Which tokenizer a model has: the newer one makes about 30 % more tokens of the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokenizer {
    /// Models up to 4.6.
    Old,
    /// Models from 4.7 on.
    New,
}

impl Tokenizer {
    /// Tokens of a picture at the most.
    pub const fn picture(self) -> u64 {
        match self {
            Self::Old => IMAGE_TOKENS_OLD,
            Self::New => IMAGE_TOKENS,
        }
    }
}

/// The price of some models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// The models, by the ids that requests and results name.
    pub models: &'static [&'static str],
    /// Whether the ids are aliases of dated ones (`…-20251001`), as all were before 4.6.
    pub dated: bool,
    /// Prices of an ordinary request.
    pub rates: Rates,
    /// Prices of a request with more prompt tokens than this: all of its tokens, output included.
    pub above: Option<(u64, Rates)>,
    /// Which tokenizer they have.
    pub tokenizer: Tokenizer,
    /// The day this row was read.
    pub as_of: &'static str,
}

impl Price {
    /// The prices of a request whose whole prompt, cached or not, has this many tokens.
    pub fn rates_for(&self, prompt_tokens: u64) -> &Rates {
        match &self.above {
            Some((step, rates)) if prompt_tokens > *step => rates,
            _ => &self.rates,
        }
    }

    const fn dated(self) -> Self {
        Self { dated: true, ..self }
    }

    const fn old(self) -> Self {
        Self { tokenizer: Tokenizer::Old, ..self }
    }
}

/// The price of a model: the caller's own, else the table's; `None` where neither has one, for nothing is guessed.
pub fn price(model: &str) -> Option<&'static Price> {
    own_price(model).or_else(|| listed_price(model))
}

fn listed_price(model: &str) -> Option<&'static Price> {
    let undated = model
        .rsplit_once('-')
        .filter(|(_, date)| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()));
    PRICES.iter().find(|price| {
        price.models.contains(&model)
            || undated.is_some_and(|(id, _)| price.dated && price.models.contains(&id))
    })
}

/// Every row. Retired models are kept for results that are still being read.
pub const PRICES: &[Price] = &[
    Price {
        as_of: "2026-11-16",
        ..row(&["claude-fable-5-2", "claude-mythos-5-2"], [8.0, 10.0, 16.0, 0.20, 40.0])
    },
    row(&["claude-fable-5-1", "claude-mythos-5-1"], [10.0, 12.5, 20.0, 0.25, 50.0]),
    row(&["claude-fable-5", "claude-mythos-5"], [10.0, 12.5, 20.0, 1.0, 50.0]),
    row(&["claude-opus-5-5"], [4.0, 5.0, 8.0, 0.20, 20.0]),
    row(&["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7"], OPUS),
    row(&["claude-opus-4-6"], OPUS).old(),
    row(&["claude-opus-4-5"], OPUS).old().dated(),
    row(&["claude-sonnet-5-5"], [2.0, 2.5, 4.0, 0.10, 10.0]),
    row(&["claude-sonnet-5"], [2.0, 2.5, 4.0, 0.20, 10.0]),
    row(&["claude-sonnet-4-6"], SONNET).old(),
    row(&["claude-sonnet-4-5"], SONNET).old().dated(),
    Price {
        above: Some((100_000, rates([0.5, 0.625, 1.0, 0.05, 2.5]))),
        ..row(&["claude-haiku-5-5"], [0.1, 0.125, 0.2, 0.01, 0.5])
    },
    row(&["claude-haiku-4-5"], [1.0, 1.25, 2.0, 0.10, 5.0]).old().dated(),
    row(&["claude-opus-4-1", "claude-opus-4", "claude-opus-4-0"], [15.0, 18.75, 30.0, 1.5, 75.0])
        .old()
        .dated(),
    row(&["claude-sonnet-4", "claude-sonnet-4-0"], SONNET).old().dated(),
    row(&["claude-3-5-haiku", "claude-haiku-3-5"], [0.8, 1.0, 1.6, 0.08, 4.0]).old().dated(),
];

const OPUS: [f64; 5] = [5.0, 6.25, 10.0, 0.5, 25.0];
const SONNET: [f64; 5] = [3.0, 3.75, 6.0, 0.3, 15.0];

const fn row(models: &'static [&'static str], prices: [f64; 5]) -> Price {
    let (rates, tokenizer) = (rates(prices), Tokenizer::New);
    Price { models, dated: false, rates, above: None, tokenizer, as_of: PRICES_AS_OF }
}

const fn rates([input, short_write, long_write, cache_read, output]: [f64; 5]) -> Rates {
    Rates { input, cache_write_5m: short_write, cache_write_1h: long_write, cache_read, output }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_dated_ids_have_the_price_of_their_model() {
        for (model, input) in [
            ("claude-haiku-4-5", 1.0),
            ("claude-haiku-4-5-20251001", 1.0),
            ("claude-opus-4-5-20251101", 5.0),
            ("claude-opus-4-20250514", 15.0),
            ("claude-3-5-haiku-20241022", 0.8),
            ("claude-fable-5-2", 8.0),
        ] {
            assert_eq!(price(model).unwrap().rates.input.to_bits(), f64::to_bits(input), "{model}");
        }
        for model in [
            "",
            "claude",
            "claude-haiku-5-5-20261007",
            "claude-mythos-preview",
            "gpt-5",
            "claude-opus-4-5-latest",
        ] {
            assert_eq!(price(model), None, "{model}");
        }
    }

    #[test]
    fn cache_writes_are_what_the_multipliers_say() {
        for price in PRICES {
            for rates in [Some(price.rates), price.above.map(|(_, rates)| rates)].into_iter().flatten() {
                let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
                assert!(near(rates.cache_write_5m, 1.25 * rates.input), "{:?}", price.models);
                assert!(near(rates.cache_write_1h, 2.0 * rates.input), "{:?}", price.models);
                let share = rates.cache_read / rates.input;
                assert!([0.1, 0.05, 0.025].iter().any(|&known| near(share, known)), "{:?}", price.models);
                assert!(near(rates.output, 5.0 * rates.input), "{:?}", price.models);
            }
        }
    }

    #[test]
    fn no_model_has_two_prices() {
        let ids: Vec<_> = PRICES.iter().flat_map(|price| price.models).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
    }
}
