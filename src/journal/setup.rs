//! How a journal is opened.

use crate::time::Wait;

/// Whether a job is begun, taken up again, or only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// There must be none of this name.
    Create,
    /// There must be one.
    Resume,
    /// There must be one, whoever holds it. Nothing is written, and nothing is held: the journal is over once it is read.
    Look,
}

/// How a journal is opened.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The job's name; see [`is_job_name`].
    pub job: String,
    /// The name of this owner: one that no other has, so a fresh random one each time.
    pub owner: String,
    /// How long others leave the job alone after the last sign of life.
    pub lease: Wait,
    /// Whether the store can compare and swap.
    pub fenced: bool,
    /// Whether an owner before can only be gone, whatever his lease says: we hold a lock that he would hold.
    pub alone: bool,
    /// What for.
    pub goal: Goal,
}

/// Whether a job of this name can have keys that every store takes as they are: 1 to 100 letters, digits, `.`, `_` and
/// `-`, the first a letter or digit.
pub fn is_job_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    name.len() <= 100
        && name.bytes().all(plain)
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}
