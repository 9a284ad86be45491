//! batchwise: Anthropic's Message Batches API without lost or doubled work.

pub mod cost;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod error;
pub mod job;
pub mod json;
pub mod jsonl;
pub mod limits;
pub mod pace;
pub mod plan;
pub mod request;
pub mod rows;
pub mod time;
#[cfg(all(target_arch = "wasm32", not(feature = "emulator")))]
#[doc(hidden)]
pub mod wasm;
pub mod wire;
