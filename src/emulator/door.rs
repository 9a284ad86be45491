//! The server for JavaScript: one call in, one answer out, its body pulled piece by piece.
//!
//! Text and numbers cross the border, never a graph of objects. `js/emulator.ts` is the only caller.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::call::Request;
use super::options::Options;
use super::response::{Response, WireFault};
use super::server::Server;

/// The model of the API.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Emulator {
    server: Server,
}

#[wasm_bindgen]
impl Emulator {
    /// A new server; `options` is JSON.
    ///
    /// # Errors
    /// When an option is unknown or impossible.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsError> {
        let options = Options::from_json(options).map_err(|why| JsError::new(&why))?;
        Ok(Self { server: Server::new(options) })
    }

    /// Answers one call. `headers` are names and values in turn.
    #[allow(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "what crosses is flat, and crosses by value"
    )]
    pub fn handle(
        &mut self,
        now_ms: f64,
        method: &str,
        path: &str,
        query: &str,
        origin: &str,
        headers: Vec<String>,
        body: &[u8],
    ) -> Reply {
        let pairs = headers.chunks_exact(2).filter_map(|pair| match pair {
            [name, value] => Some((name.as_str(), value.as_str())),
            _ => None,
        });
        let request = Request { method, path, query, headers: pairs.collect(), body, origin };
        Reply { response: self.server.handle(super::dice::whole(now_ms), &request) }
    }

    /// Replaces the faults of an endpoint, or with `"*"` those of all endpoints; `faults` is JSON.
    ///
    /// # Errors
    /// When a fault is unknown or impossible.
    pub fn set_faults(&mut self, endpoint: &str, faults: &str) -> Result<(), JsError> {
        self.server.faults().set_json(endpoint, faults).map_err(|why| JsError::new(&why))
    }

    /// Switches all faults off.
    pub fn clear_faults(&mut self) {
        self.server.faults().clear();
    }

    /// Batches and counters, as JSON.
    pub fn state(&self, now_ms: f64) -> String {
        json(&self.server.overview(super::dice::whole(now_ms)))
    }

    /// What became of each `custom_id`, as JSON.
    pub fn fates(&self) -> String {
        json(&self.server.fates())
    }

    /// The ids of one batch's requests.
    pub fn custom_ids(&self, batch_id: &str) -> Vec<String> {
        self.server.custom_ids(batch_id)
    }

    /// All that calls have changed, as JSON.
    pub fn export_state(&self) -> String {
        self.server.export()
    }

    /// Puts an exported state in the place of this one.
    ///
    /// # Errors
    /// When the text is no such state.
    pub fn import_state(&mut self, text: &str) -> Result<(), JsError> {
        self.server.import(text).map_err(|why| JsError::new(&why))
    }
}

/// One answer.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reply {
    response: Response,
}

#[wasm_bindgen]
impl Reply {
    /// The HTTP status.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// Names and values in turn.
    pub fn headers(&self) -> Vec<String> {
        self.response.headers.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]).collect()
    }

    /// What the transport is to act out, as JSON; `undefined` where that is nothing.
    pub fn wire(&self) -> Option<String> {
        (self.response.wire != WireFault::default()).then(|| json(&self.response.wire))
    }

    /// Whether the body is made while it is pulled.
    #[wasm_bindgen(getter)]
    pub fn is_stream(&self) -> bool {
        matches!(self.response.body, super::response::Body::Results(_))
    }

    /// The next piece of the body of at most `max` bytes; `undefined` at its end.
    pub fn next_chunk(&mut self, max: u32) -> Option<Vec<u8>> {
        self.response.body.next_chunk(max as usize)
    }
}

fn json(data: &impl Serialize) -> String {
    // Plain data in memory does not fail to become text.
    serde_json::to_string(data).unwrap_or_default()
}
