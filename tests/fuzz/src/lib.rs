//! What is thrown at the parts that read untrusted bytes, and what must hold for any of them.
//!
//! A target is a function of bytes that panics where something does not hold. `fuzz_targets/` hands it to libFuzzer;
//! `tests/it/fuzz.rs` includes these same files and replays the corpora, and mutations of them, with `make test`.
//! A new target is a file here, a line in [`TARGETS`], a file in `fuzz_targets/` and a folder in `corpus/`.

pub mod batch_id;
pub mod check;
pub mod csv;
mod cuts;
pub mod framer;
pub mod job;
pub mod journal;
mod network;
pub mod planner;
pub mod reply;
pub mod scan;
mod sends;
pub mod shapes;
pub mod template;
pub mod texts;

/// Something that must hold for any bytes.
pub type Target = fn(&[u8]);

/// Every target with its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("batch_id", batch_id::run),
    ("check", check::run),
    ("csv", csv::run),
    ("framer", framer::run),
    ("job", job::run),
    ("journal", journal::run),
    ("planner", planner::run),
    ("reply", reply::run),
    ("scan", scan::run),
    ("shapes", shapes::run),
    ("template", template::run),
    ("texts", texts::run),
];
