//! How requests end.

use crate::wire::Outcome;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Final {
    /// The API said so.
    Said(Outcome),
    /// The API's results do not hold it.
    Missing,
    /// Its line in the results cannot be read.
    Unreadable,
    /// Its line in the results is longer than is kept.
    Oversized,
}

impl Final {
    /// Its name, as rows and reports have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Said(outcome) => outcome.as_str(),
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Oversized => "oversized",
        }
    }

    /// What stands for it in the ledger.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Said(Outcome::Succeeded) => 1,
            Self::Said(Outcome::Errored) => 2,
            Self::Said(Outcome::Canceled) => 3,
            Self::Said(Outcome::Expired) => 4,
            Self::Said(Outcome::Unknown) => 5,
            Self::Missing => 6,
            Self::Unreadable => 7,
            Self::Oversized => 8,
        }
    }

    /// What a mark of the ledger stands for.
    pub(super) const fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Said(Outcome::Succeeded),
            2 => Self::Said(Outcome::Errored),
            3 => Self::Said(Outcome::Canceled),
            4 => Self::Said(Outcome::Expired),
            5 => Self::Said(Outcome::Unknown),
            6 => Self::Missing,
            7 => Self::Unreadable,
            8 => Self::Oversized,
            _ => return None,
        })
    }
}
