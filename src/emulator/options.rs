//! What an emulator is made with: plain data, in Rust as fields and in JavaScript as the same names in camelCase.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::FaultRule;

/// Everything that shapes an emulator. `Options::default()` models a healthy API at the first usage tier.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Decides every id, length of time, text and failure. Equal seeds and equal calls give equal answers.
    pub seed: u64,
    /// How long every batch takes, in milliseconds; past 24 hours the rest of it expires. `None`: 1 to 4 minutes by
    /// size and seed.
    pub processing_ms: Option<u64>,
    /// How often which request fails.
    pub rates: Rates,
    /// The texts of succeeded rows, one of them picked by the seed. Empty: made-up sentences.
    pub answers: Vec<String>,
    /// The keys that are let in. `None`: any but an empty one and those that begin with `sk-ant-invalid`.
    pub keys: Option<Vec<String>>,
    /// Names of betas to accept besides those known on 2026-11-21.
    pub betas: Vec<String>,
    /// The edge refuses a create body of more bytes.
    pub max_body_bytes: u64,
    /// The API refuses a create of more requests.
    pub max_requests: u64,
    /// How many requests may wait to be processed, over all batches. `None`: no limit.
    pub queue_limit: Option<u64>,
    /// How many HTTP requests a minute are answered, over all endpoints. `None`: no limit.
    pub requests_per_minute: Option<u32>,
    /// Whether browsers are answered: preflights, and `access-control-allow-origin` on replies. The real batch
    /// endpoints were not seen to.
    pub cors: bool,
    /// Whether `request_counts` moves while a batch is processed. The documented API says it does not.
    pub progressive_counts: bool,
    /// Whether results carry a content type; before mid-2026 they had none.
    pub results_content_type: bool,
    /// The origin of every `results_url`. `None`: the origin that the request was sent to.
    pub results_origin: Option<String>,
    /// How much faster than the caller's clock the virtual one runs: a wait told to the caller is divided by it.
    pub time_scale: f64,
    /// How far the clocks of the servers behind the API are off, either way, in milliseconds: each call meets another.
    #[serde(skip)]
    pub clock_skew_ms: u64,
    /// Faults that are on from the start.
    #[serde(skip)]
    pub faults: Vec<FaultRule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            processing_ms: None,
            rates: Rates::default(),
            answers: Vec::new(),
            keys: None,
            betas: Vec::new(),
            max_body_bytes: 256_000_000,
            max_requests: 100_000,
            queue_limit: Some(200_000),
            requests_per_minute: Some(1_000),
            cors: false,
            progressive_counts: false,
            results_content_type: true,
            results_origin: None,
            time_scale: 1.0,
            clock_skew_ms: 0,
            faults: Vec::new(),
        }
    }
}

impl Options {
    /// Options from JSON, with the names that JavaScript uses.
    ///
    /// # Errors
    /// One sentence that names the option.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let given: Map<String, Value> =
            serde_json::from_str(text).map_err(|why| format!("options: {why}"))?;
        for (name, value) in &given {
            // One at a time: serde's own message does not say where it stands.
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            serde_json::from_value::<Self>(Value::Object(alone)).map_err(|why| format!("{name}: {why}"))?;
        }
        let options: Self =
            serde_json::from_value(Value::Object(given)).map_err(|why| format!("options: {why}"))?;
        options.check()?;
        Ok(options)
    }

    /// Looks for numbers that mean nothing.
    ///
    /// # Errors
    /// One sentence that names the option.
    pub fn check(&self) -> Result<(), String> {
        let Rates { overloaded, expired, invalid, api_error, timeout, rate_limit, refusal, truncated } =
            self.rates;
        let thrown = [overloaded, expired, api_error, timeout, rate_limit, refusal, truncated];
        if thrown.iter().chain([&invalid]).any(|rate| !(0.0..=1.0).contains(rate)) {
            return Err("rates: every rate is a number from 0 to 1".to_owned());
        }
        if thrown.iter().sum::<f64>() > 1.000_001 {
            return Err("rates: together they are more than 1".to_owned());
        }
        if !(self.time_scale.is_finite() && self.time_scale > 0.0) {
            return Err("timeScale: a number above 0 is needed".to_owned());
        }
        if self.requests_per_minute == Some(0) {
            return Err("requestsPerMinute: a number above 0 is needed, or null for no limit".to_owned());
        }
        Ok(())
    }
}

/// The share of requests that ends in each way, 0 to 1; what is left succeeds.
///
/// All are thrown anew in every batch, so that a retried request can succeed, but for `invalid`, which sticks to the
/// `custom_id` for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Rates {
    /// Rows with `overloaded_error`.
    #[serde(alias = "overloaded_error")]
    pub overloaded: f64,
    /// Rows that ran out of time although the batch did not.
    pub expired: f64,
    /// Rows with `invalid_request_error`, the same requests in every batch.
    #[serde(alias = "invalid_request_error")]
    pub invalid: f64,
    /// Rows with `api_error`.
    #[serde(alias = "api_error")]
    pub api_error: f64,
    /// Rows with `timeout_error`.
    #[serde(alias = "timeout_error")]
    pub timeout: f64,
    /// Rows with `rate_limit_error`.
    #[serde(alias = "rate_limit_error")]
    pub rate_limit: f64,
    /// Succeeded rows with `stop_reason: "refusal"`.
    pub refusal: f64,
    /// Succeeded rows cut off by `max_tokens`.
    pub truncated: f64,
}
