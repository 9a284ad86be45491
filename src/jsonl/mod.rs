//! Bytes become records: a results file, in any chunks, comes out as one record a line.
//!
//! `framer` cuts lines, `scan` walks each once and notes where its fields stand without building a tree, and `shapes`
//! spares most lines that walk: they differ from one before in a few values alone. [`Reader`] puts these together, and
//! [`Block`] packs records into columns, the form in which they cross to JavaScript; [`Values`] packs only what differs,
//! for whole objects. What
//! is not a result becomes a [`BadLine`] and the reading goes on. The room must never know what a row costs, whether
//! somebody waits for it, or what its text says. Start with [`Reader`].
//!
//! **Invariant:** for any cutting of the same bytes into chunks, the same records and bad lines come out, in linear
//! time and in memory bounded by the longest line allowed plus one chunk.

mod arena;
mod fields;
mod framer;
mod outline;
mod reader;
mod renamed;
mod rows;
mod scan;
mod sha256;
mod shape;
mod shapes;
mod values;

pub use arena::{Arena, layout as string_layout};
pub use fields::{Fields, Span, Text};
pub use reader::{BadLine, DEFAULT_MAX_LINE_BYTES, Next, Reader, Record};
pub use renamed::Renamed;
pub use rows::{Block, BlockFull, layout};
pub use shape::{Slot, SlotKind};
pub use shapes::{Example, Fit};
pub use values::{Values, layout as value_layout};
