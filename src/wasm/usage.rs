//! Sums of usage in the API's own words.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::cost::UsageSum;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** A sum of usage, in the shape of the API's usage object. */
export interface RawUsage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens_details: { thinking_tokens: number };
  server_tool_use: { web_search_requests: number; web_fetch_requests: number };
  service_tier: 'batch';
  inference_geo: null;
  speed: null;
}
";

/// What rows used together, as the API would write it for one: code that reads a message's usage reads this, too.
/// Numbers are floating: a sum past 2^53 must not keep the rest from crossing.
#[derive(Serialize)]
pub(crate) struct UsageTotals {
    input_tokens: f64,
    output_tokens: f64,
    cache_creation_input_tokens: f64,
    cache_read_input_tokens: f64,
    cache_creation: CacheCreation,
    output_tokens_details: OutputDetails,
    server_tool_use: ServerToolUse,
    service_tier: &'static str,
    inference_geo: Option<&'static str>,
    speed: Option<&'static str>,
}

#[derive(Serialize)]
struct CacheCreation {
    ephemeral_5m_input_tokens: f64,
    ephemeral_1h_input_tokens: f64,
}

#[derive(Serialize)]
struct OutputDetails {
    thinking_tokens: f64,
}

#[derive(Serialize)]
struct ServerToolUse {
    web_search_requests: f64,
    /// Fetches are free and not counted.
    web_fetch_requests: f64,
}

impl UsageTotals {
    /// The totals of `sum` over all models.
    pub(crate) fn of(sum: &UsageSum) -> Self {
        let total = sum.total();
        Self {
            input_tokens: total.input as f64,
            output_tokens: total.output as f64,
            cache_creation_input_tokens: total.cache_write_5m as f64 + total.cache_write_1h as f64,
            cache_read_input_tokens: total.cache_read as f64,
            cache_creation: CacheCreation {
                ephemeral_5m_input_tokens: total.cache_write_5m as f64,
                ephemeral_1h_input_tokens: total.cache_write_1h as f64,
            },
            output_tokens_details: OutputDetails { thinking_tokens: total.thinking as f64 },
            server_tool_use: ServerToolUse {
                web_search_requests: total.web_searches as f64,
                web_fetch_requests: 0.0,
            },
            service_tier: "batch",
            inference_geo: None,
            speed: None,
        }
    }
}
