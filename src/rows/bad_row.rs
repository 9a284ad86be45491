//! A row that cannot become a request.

use crate::error::ErrorCode;

/// What is wrong with a row, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The kind.
    pub fault: Fault,
    /// The line on which it begins, from 1; the row's number where rows have no lines.
    pub line: u64,
    /// Its first byte in the source.
    pub offset: u64,
    /// One sentence, lower case, no trailing dot.
    pub message: String,
}

/// Kinds of [`BadRow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not UTF-8.
    Encoding,
    /// More or fewer cells than the header.
    Ragged,
    /// Not JSON, where rows are JSON.
    Syntax,
    /// JSON, but no object.
    NotAnObject,
    /// A text that holds half a character, where rows are JSON.
    Halved,
    /// Longer than allowed.
    TooLong,
    /// Not the row's own fault: the table lacks a column that a template or the key names. Nothing comes after it.
    UnknownColumn,
}

impl Fault {
    /// The code under which the same fault ends an operation.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Encoding => ErrorCode::Encoding,
            Self::Ragged => ErrorCode::Ragged,
            Self::UnknownColumn => ErrorCode::UnknownColumn,
            Self::Syntax | Self::NotAnObject | Self::Halved | Self::TooLong => ErrorCode::Invalid,
        }
    }
}
