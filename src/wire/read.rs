//! The steps of [`crate::json::read`], and one for what only the API writes.

use crate::json::{Scanner, SyntaxError};
use crate::time::Millis;

use super::parse_timestamp;

pub(super) use crate::json::read::{count, elements, members, skip, string, truth};

/// The timestamp that comes next; `None` for null, for other values, and for text that is no timestamp.
pub(super) fn moment(scanner: &mut Scanner<'_>) -> Result<Option<Millis>, SyntaxError> {
    Ok(string(scanner)?.and_then(|text| parse_timestamp(&text)))
}
