//! The server's name for a batch.

use core::fmt;

use crate::error::{Error, ErrorCode};

/// The id of a batch. The API reserves the right to change its format, so nothing here looks for `msgbatch_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(String);

impl BatchId {
    /// Takes `text` as an id.
    ///
    /// # Errors
    /// When it could not be one segment of a path: empty, a dot segment, or with control characters.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let problem = match text {
            "" => "a batch id is empty",
            "." | ".." => "a batch id cannot be a dot segment",
            _ if text.chars().any(char::is_control) => "a batch id has control characters",
            _ => return Ok(Self(text.to_owned())),
        };
        Err(Error::new(ErrorCode::Option, problem))
    }

    /// The id as the server wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_path_segment_is_refused() {
        for bad in ["", ".", "..", "a\nb", "a\u{0}", "\u{85}"] {
            assert!(BatchId::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["msgbatch_01Hk", "x", "...", "a/b", "späť", "a b"] {
            assert_eq!(BatchId::parse(good).unwrap().to_string(), good);
        }
    }
}
