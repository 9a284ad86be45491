//! Prices of the caller's own: of models that the table does not know, or of a contract.
//!
//! They hold for the whole process and are told before anything is priced: a price that changed between an estimate and
//! its account would make both meaningless. The one state that the engine shares.

use std::sync::{PoisonError, RwLock};

use super::prices::Price;

static OWN: RwLock<Vec<&'static Price>> = RwLock::new(Vec::new());

/// Adds a price; it outranks the table and those that were told before it. It is kept for as long as the process lives.
pub fn add_price(price: Price) {
    let kept: &'static Price = Box::leak(Box::new(price));
    OWN.write().unwrap_or_else(PoisonError::into_inner).push(kept);
}

/// The caller's own price of a model.
pub(super) fn own_price(model: &str) -> Option<&'static Price> {
    let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
    own.iter().rev().find(|price| price.models.contains(&model)).copied()
}

#[cfg(test)]
mod tests {
    use super::super::{Rates, Tokenizer, price};
    use super::*;

    #[test]
    fn a_price_of_ones_own_outranks_the_table_and_the_ones_before_it() {
        let own = |input: f64| Price {
            models: &["own-model-for-this-test"],
            dated: false,
            rates: Rates { input, cache_write_5m: 0.0, cache_write_1h: 0.0, cache_read: 0.0, output: 1.0 },
            above: None,
            tokenizer: Tokenizer::New,
            as_of: "2026-11-21",
        };
        assert_eq!(price("own-model-for-this-test"), None);
        add_price(own(1.0));
        add_price(own(2.0));
        let found = price("own-model-for-this-test").map(|price| price.rates.input);
        assert_eq!(found, Some(2.0));
    }
}
