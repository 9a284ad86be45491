//! What one message cost, for whoever has it before him.

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
