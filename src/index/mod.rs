//! Results in memory, to be looked at in any order: columns of what became of each, and the texts of all.
//!
//! A results file goes through [`crate::jsonl`] once. Of each line stay its place in the file, some numbers, the id and
//! the answer; whoever wants more of it reads the line again. The room knows no rows that were asked for and not what
//! anybody looks for. Start with [`Results`].
//!
//! **Invariant:** for any cutting of the same bytes, the same entries come out, in the order of the lines.

mod names;
mod results;

pub use names::Names;
pub use results::{Numbers, Results};
