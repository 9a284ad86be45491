//! A job's durable state: a log of records in a store that keeps text by key.
//!
//! Every append goes to a key of its own, `batchwise:<job>:log:<generation>:<seq>`, that must not exist yet. One record,
//! `batchwise:<job>:head`, says which generation counts, who owns the job and for how long; it changes by
//! compare-and-swap alone. A new owner takes the head, reads the log, and begins with a record of its own at the next
//! free key: whoever owned the job before finds that key taken with his next append, and stops. The state is a set of
//! named sections, and a record brings the new text of those that changed: folding is "the last one counts". A log that
//! has grown to more than twice what it folds to is written anew as another generation, and the head switched.
//!
//! Nothing here performs a store's operations: [`Keeper`] names them as [`StoreOp`]s and is told what came of them. Start
//! there; the text of a record is in [`Record`].
//!
//! **Invariants:** what [`Keeper::is_settled`] calls settled is read back after a crash at any instruction; an owner
//! whose place was taken appends nothing more, where the store can compare and swap.

mod answers;
mod compact;
mod crc;
mod fold;
mod frame;
mod head;
mod keeper;
mod mending;
mod op;
mod opening;
mod setup;

pub use frame::{Flaw, Kind, Record};
pub use keeper::Keeper;
pub use op::{MAX_VALUE, OpId, StoreOp, StoreReply, Stored};
pub use setup::{Goal, Setup, is_job_name};
