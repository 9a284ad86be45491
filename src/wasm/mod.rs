//! The door: the only code that knows JavaScript.
//!
//! It moves bytes between the engine and the runtime's `fetch`, timers, streams and promises, and decides nothing: how
//! long to wait and whether to repeat is asked of the engine. The key lives in [`Transport`] and leaves it in request
//! headers alone. Everything JavaScript hands in is read with `Reflect`, never by class: a `Response` of another realm
//! or a test's stand-in is as good as the real one. Start with [`Client`].
//!
//! **Invariant:** no error, whatever a server or a runtime puts into it, shows the key; and every listener put on a
//! caller's signal is taken off again.

mod body;
mod cell_index;
mod cells;
mod client;
mod convert;
mod cost;
mod drive;
mod fault;
mod job;
mod options;
mod plan_values;
mod planner;
mod reader;
mod result_index;
mod signal;
mod sleep;
mod steps;
mod store;
mod texts;
mod told;
mod transport;
mod usage;
mod wait;

pub use body::ResultsBody;
pub use cell_index::CellIndex;
pub use cells::CellReader;
pub use client::Client;
pub use cost::{add_price, message_cost};
pub use job::{Host, Job};
pub use planner::{PlanHandle, Planner};
pub use result_index::ResultIndex;
