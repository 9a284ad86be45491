//! A job's durable state: a log of records in a store that keeps text by key.
//!
//! Every append goes to a key of its own, `batchwise:<job>:log:<generation>:<seq>`, that must not exist yet. One record,
//! `batchwise:<job>:head`, says which generation counts, who owns the job and for how long; it changes by
//! compare-and-swap alone. A new owner takes the head, reads the log, and begins with a record of its own at the next
//! free key: whoever owned the job before finds that key taken with his next append, and stops. The state is a set of
//! named sections, and a record brings the new text of those that changed: folding is "the last one counts". A log that
//! has grown to more than twice what it folds to is written anew as another generation, and the head switched.
//!
//! Nothing here performs a store's operations: they are named as [`StoreOp`]s, and what came of them is told. The text
//! of a record is in [`Record`].

mod crc;
mod frame;
mod op;

pub use frame::{Flaw, Kind, Record};
pub use op::{MAX_VALUE, OpId, StoreOp, StoreReply, Stored};
