//! The life of one submission: 1 to n parts, 1 to n rounds, until every request has one outcome.
//!
//! A [`Machine`] decides everything and does nothing: it names the calls to make and is told what came of them. It holds
//! ids, states and batch ids, never a request's body and never a key. The same machine is driven by the door in a
//! browser or a worker, by the simulation under a virtual clock, and step by step from a [`Snapshot`] by a durable
//! engine. Start with [`Machine`], then [`Input`] and [`Output`]; [`TRANSITIONS`] is what can happen to a part.
//!
//! **Invariants:** every request comes out of [`Output::Rows`] exactly once; a create whose fate is unknown is not
//! followed by another before the list was searched back to its mark.

mod again;
mod create;
mod doubt;
mod durable;
mod ending;
mod evidence;
mod harvest;
mod io;
mod ledger;
mod machine;
mod naming;
mod notice;
mod options;
mod part;
mod pilot;
mod progress;
mod report;
mod riders;
mod rounds;
mod runs;
mod saved_part;
mod schedule;
mod search;
mod sections;
mod settle;
mod snapshot;
mod standing;
mod state;
mod summary;
mod sweep;
mod watch;
mod workspace;

pub use doubt::Doubt;
pub use ending::Final;
pub use evidence::Broken;
pub use io::{CallId, Event, Input, Output};
pub use ledger::Ledger;
pub use machine::Machine;
pub use options::{OnAmbiguousCreate, Options};
pub use part::{Known, Mark, Part, Requests, Told};
pub use pilot::Gate;
pub use progress::{Counts, PartProgress, Progress};
pub use report::{Discrepancy, Outcomes, Report};
pub use search::{Search, ServerClock};
pub use sections::{PLAN, PURGE, has_ended, saved_in};
pub use snapshot::{SNAPSHOT_VERSION, Snapshot};
pub use standing::{PartStanding, Standing};
pub use state::{PartEvent, PartState, TRANSITIONS};
pub use summary::{BadLineIn, Summary};
pub use sweep::{PaidTwice, Tokens};
