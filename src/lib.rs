//! The engine of batchwise: everything about Anthropic's Message Batches API that a plain HTTP client does not do.
//!
//! Theory of operation. Requests go in as bytes; a [`plan::Planner`] checks, measures and places each, and keeps a few
//! bytes of it. A [`job::Machine`] takes the plan and says what to do; whoever drives it does that and says what came
//! of it. Results come back as chunks of bytes, are cut and scanned by [`jsonl`], and go out as columns. Nothing here
//! knows a clock, a socket, a random source, JavaScript or a key: time and chance are arguments, and a call is a
//! description ([`wire::Call`]).
//!
//! The run loop is the same for a browser, a worker, a simulation and a durable engine:
//!
//! 1. wait for *one* of: an answer, a piece of one, a wish of the caller's, the time that was named;
//! 2. [`job::Machine::handle`] it;
//! 3. [`job::Machine::poll`] until it answers `Wait`, `Done` or `Failed`, doing each thing it names: start a call without
//!    waiting for it, hand out rows, tell an event.
//!
//! ```
//! use std::sync::Arc;
//! use batchwise::job::{Input, Machine, Options, Output};
//! use batchwise::plan::{Origin, Place, PlanOptions, Planner};
//! use batchwise::time::Millis;
//!
//! let request = br#"{"custom_id":"a","params":{"model":"claude-haiku-5-5","max_tokens":8,
//!     "messages":[{"role":"user","content":"Hi"}]}}"#;
//! let mut planner = Planner::new(PlanOptions::default());
//! planner.push(request, Origin { place: Place::Index(0), offset: 0 });
//! let plan = Arc::new(planner.finish().map_err(|rejected| rejected.error)?);
//!
//! let mut machine = Machine::new(plan, Options::new(PlanOptions::default()));
//! let now = Millis::new(1_790_000_000_000);
//! // First the list is asked for its newest batch, so that a lost create can be found again.
//! let Output::Call { call, .. } = machine.poll(now) else { panic!("a job begins with a call") };
//! assert_eq!(call.path(), "/v1/messages/batches?limit=20");
//! assert!(matches!(machine.poll(now), Output::Wait(_)));
//! # Ok::<(), batchwise::error::Error>(())
//! ```

#[macro_use]
pub mod mutants;

pub mod cost;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod error;
pub mod index;
pub mod job;
pub mod journal;
pub mod json;
pub mod jsonl;
pub mod limits;
mod nearest;
pub mod pace;
pub mod plan;
pub mod request;
pub mod rows;
mod simd;
pub mod texts;
pub mod time;
#[cfg(all(target_arch = "wasm32", not(feature = "emulator")))]
#[doc(hidden)]
pub mod wasm;
pub mod wire;
