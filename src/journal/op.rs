//! What a store is asked to do, and what it answers.

/// Bytes of a value at the most: what the strictest store takes (Deno KV, 64 KiB), with room for its own envelope.
pub const MAX_VALUE: usize = 60_000;

/// Names one operation among those on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId(pub(super) u32);

/// One operation on the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreOp {
    /// Read a value: answered with [`StoreReply::Value`].
    Get {
        /// Of this key.
        key: String,
    },
    /// Write a value, whatever was there: answered with [`StoreReply::Done`].
    Set {
        /// Under this key.
        key: String,
        /// The value.
        value: String,
    },
    /// Write a value if the one that is there is the one expected: answered with [`StoreReply::Swapped`].
    Swap {
        /// Under this key.
        key: String,
        /// What must be there; `None` for nothing.
        expected: Option<String>,
        /// The value.
        next: String,
    },
    /// Forget a value: answered with [`StoreReply::Done`].
    Remove {
        /// Under this key.
        key: String,
    },
    /// List the keys that begin with a prefix: answered with [`StoreReply::Keys`].
    Keys {
        /// The prefix.
        prefix: String,
    },
}

/// A store's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreReply {
    /// The value, if there is one.
    Value(Option<String>),
    /// It was done.
    Done,
    /// Whether the value was written.
    Swapped(bool),
    /// The keys, in any order.
    Keys(Vec<String>),
}

/// What came of an operation: the answer, or what the store says went wrong. A failure does not say whether the
/// operation was done.
pub type Stored = Result<StoreReply, String>;
