//! What one message cost, for whoever has it before him, and prices of the caller's own.

use wasm_bindgen::prelude::*;

use crate::cost;
use crate::json::Scanner;
use crate::wire::Usage;

/// USD at batch prices for a message by `model` with this usage, the JSON of the API's own object; undefined where a
/// model that worked on it has no price we know.
#[wasm_bindgen(js_name = messageCost)]
pub fn message_cost(model: &str, usage: &str) -> Option<f64> {
    let usage = Usage::read(&mut Scanner::new(usage.as_bytes()).ok()?).ok()??;
    cost::row_cost(model, &usage)
}

/// Adds the price of `models`, in USD for a million tokens in a batch: input, written to the 5-minute and the 1-hour
/// cache, read from a cache, output.
#[wasm_bindgen(js_name = addPrice)]
pub fn add_price(models: Vec<String>, rates: &[f64], as_of: String) {
    let &[input, short_cache, long_cache, cache_read, output] = rates else { return };
    let whole = |batch: f64| batch / cost::BATCH_FACTOR;
    let tokenizer = models.iter().find_map(|model| cost::price(model)).map(|price| price.tokenizer);
    let names: Vec<&'static str> =
        models.into_iter().map(|model| &*Box::leak(model.into_boxed_str())).collect();
    cost::add_price(cost::Price {
        models: Box::leak(names.into_boxed_slice()),
        dated: false,
        rates: cost::Rates {
            input: whole(input),
            cache_write_5m: whole(short_cache),
            cache_write_1h: whole(long_cache),
            cache_read: whole(cache_read),
            output: whole(output),
        },
        above: None,
        tokenizer: tokenizer.unwrap_or(cost::Tokenizer::New),
        as_of: Box::leak(as_of.into_boxed_str()),
    });
}
