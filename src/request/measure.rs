//! How large a request is, and a body of them.

use core::ops::Range;

use super::envelope;

/// Where the request proper stands in `line`: without JSON's white space around it, a carriage return included.
pub fn trim(line: &[u8]) -> Range<usize> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let start = line.iter().position(|byte| !space(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !space(byte)).map_or(start, |last| last + 1);
    start..end
}

/// The size of a body as requests are added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    count: u32,
    request_bytes: u64,
}

impl Measure {
    /// Requests in the body.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Bytes of the whole body.
    pub const fn body_bytes(self) -> u64 {
        envelope::body_bytes(self.count as u64, self.request_bytes)
    }

    /// The same body with one more request of `bytes` bytes.
    #[must_use]
    pub const fn with(self, bytes: u32) -> Self {
        Self { count: self.count + 1, request_bytes: self.request_bytes + bytes as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_of_white_space_only() {
        for (line, want) in [
            ("", ""),
            (" \r", ""),
            ("{}", "{}"),
            ("\t {\"a\": 1} \r", "{\"a\": 1}"),
            ("\u{a0}{}", "\u{a0}{}"),
        ] {
            assert_eq!(&line.as_bytes()[trim(line.as_bytes())], want.as_bytes());
        }
    }

    #[test]
    fn a_body_is_measured_to_the_byte() {
        assert_eq!(Measure::default().body_bytes(), br#"{"requests":[]}"#.len() as u64);
        let two = Measure::default().with(2).with(7);
        assert_eq!((two.count(), two.body_bytes()), (2, br#"{"requests":[{},{"a":1}]}"#.len() as u64));
    }
}
