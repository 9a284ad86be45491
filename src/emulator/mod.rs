//! The model of the Message Batches API: an independent, sans-IO server with a virtual clock, a seed and faults.
//!
//! It serves the simulation (natively), the `fetch` handler and the HTTP server for tests and demos (through its own
//! wasm file). Behaviour follows `reference/api.md`, sections 1 to 4.
//!
//! It must never know the engine (both are to be wrong only separately), a clock, a socket or a random source.
//!
//! Invariant: equal options and equal calls at equal moments give equal bytes; nothing happens between calls.
//!
//! ```
//! use batchwise::emulator::{Options, Request, Server};
//!
//! let mut server = Server::new(Options { seed: 7, ..Options::default() });
//! let body = br#"{"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}}]}"#;
//! let create = Request::new("POST", "/v1/messages/batches")
//!     .header("x-api-key", "any")
//!     .header("anthropic-version", "2026-10-21")
//!     .body(body);
//! let response = server.handle(0, &create);
//! assert_eq!(response.status, 200);
//! assert_eq!(server.commits(), 1);
//! ```
//!
//! Start reading at `server.rs`: one call's way in and out. `batch.rs` is the life of a batch, `row.rs` a result line.

mod answer;
mod batch;
mod betas;
mod call;
mod check;
mod clock;
mod conduct;
mod cors;
mod dice;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod door;
mod envelope;
mod fault;
mod faults;
mod gate;
mod media;
mod model;
mod model_rules;
mod options;
mod refusal;
mod requests;
mod response;
mod results;
mod row;
mod schema;
mod schema_betas;
mod schema_blocks;
mod schema_results;
mod schema_tools;
mod server;
mod setting;
mod shape;
mod siblings;
mod snapshot;
mod state;
mod store;
mod strict_schema;
mod value;

pub use call::{Endpoint, Request};
pub use fault::{Ending, Fault, FaultRule, Hits, RetryAfter, StatusFault, When};
pub use faults::Faults;
pub use options::{Options, Rates};
pub use response::{Body, Opening, Pace, Response, WireFault};
pub use results::ResultsBody;
pub use server::Server;
pub use state::{BatchState, Fate, Overview};
