//! One request before it leaves: its id, its size, what is wrong with it, and the envelope around many.
//!
//! A request is bytes here, read once by the JSON scanner and never rebuilt. The room knows nothing of files, parts
//! or prices, and decides nothing: it names what it finds, and `plan` decides what that means. Start with [`check()`].
//!
//! **Invariant:** [`Measure::body_bytes`] is the length of the body that is really sent, to the byte.

mod base64;
mod betas;
mod check;
mod codes;
mod custom_id;
pub mod envelope;
mod free;
mod locate;
mod loose;
mod marks;
mod measure;
mod media;
mod memory;
pub mod models;
mod notes;
mod pdf;
mod picture;
mod report;
mod rules;
mod scalars;
mod schema;
mod terms;
mod violation;
mod walk;

pub use betas::{Beta, Betas};
pub use check::{Checker, Depth, Facts, HALVED, Prompt, check};
pub use codes::ViolationCode;
pub use custom_id::{CustomId, IdProblem, examine};
pub use measure::{Measure, trim};
pub use media::Media;
pub use terms::{Terms, Version};
pub use violation::{Fix, KEPT_PER_CODE, Severity, Violation, Violations};
