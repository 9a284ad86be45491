//! One request before it leaves: its id, its size, what is wrong with it, and the envelope around many.
//!
//! A request is bytes here, read once by the JSON scanner and never rebuilt. The room knows nothing of files, parts
//! or prices, and decides nothing: it names what it finds, and `plan` decides what that means. Start with [`check()`].
//!
//! **Invariant:** [`Measure::body_bytes`] is the length of the body that is really sent, to the byte.

mod check;
mod custom_id;
pub mod envelope;
mod measure;
pub mod models;
mod params;
mod violation;

pub use check::{Depth, Facts, Prompt, check};
pub use custom_id::{CustomId, IdProblem, examine};
pub use measure::{Measure, trim};
pub use violation::{KEPT_PER_CODE, Severity, Violation, ViolationCode, Violations};
