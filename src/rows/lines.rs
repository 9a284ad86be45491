//! Bytes become lines, for JSONL that we are given: requests and rows.

use core::ops::Range;

/// Cuts bytes at line feeds; lines of nothing but white space are counted and passed over.
#[derive(Debug)]
pub struct Lines {
    pending: Vec<u8>,
    /// Where the next line begins in `pending`.
    at: usize,
    /// Bytes of the next line that are known to hold no line feed.
    seen: usize,
    /// Place of `pending[at]` in the source.
    offset: u64,
    number: u64,
    max_line_bytes: usize,
    /// Bytes thrown away of a line that is too long.
    dropped: u64,
    ended: bool,
}

/// What [`Lines::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum NextLine<'a> {
    /// Nothing more without more bytes.
    NeedBytes,
    /// A line without its line feed.
    Line {
        /// Its bytes; white space around them is left.
        bytes: &'a [u8],
        /// Its number, from 1, blank lines counted.
        number: u64,
        /// Its first byte in the source.
        offset: u64,
    },
    /// A line longer than allowed, passed over.
    TooLong {
        /// Its number, from 1.
        number: u64,
        /// Its first byte in the source.
        offset: u64,
        /// Its length in bytes.
        length: u64,
    },
    /// Every line has been answered.
    End,
}

enum Found {
    Line(Range<usize>),
    TooLong { length: u64 },
}

impl Lines {
    /// A cutter that passes over lines of more than `max_line_bytes`.
    pub const fn new(max_line_bytes: usize) -> Self {
        let (offset, number, dropped) = (0, 0, 0);
        Self { pending: Vec::new(), at: 0, seen: 0, offset, number, max_line_bytes, dropped, ended: false }
    }

    /// Takes the next bytes of the source, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        self.pending.drain(..self.at.min(self.pending.len()));
        self.at = 0;
        self.pending.extend_from_slice(chunk);
    }

    /// Says that the source has ended: what is left is the last line.
    pub const fn finish(&mut self) {
        self.ended = true;
    }

    /// The next line. Call it until it needs bytes.
    #[expect(clippy::should_implement_trait, reason = "a line borrows the reader, which Iterator cannot say")]
    pub fn next(&mut self) -> NextLine<'_> {
        loop {
            let (offset, found) = match self.advance() {
                Some(found) => found,
                None if self.ended => return NextLine::End,
                None => return NextLine::NeedBytes,
            };
            let number = self.number;
            match found {
                Found::TooLong { length } => return NextLine::TooLong { number, offset, length },
                Found::Line(range) if self.is_blank(&range) => {}
                Found::Line(range) => {
                    let mut offset = offset;
                    let mut bytes = self.pending.get(range).unwrap_or_default();
                    if let (0, Some(behind)) = (offset, bytes.strip_prefix(BOM)) {
                        (bytes, offset) = (behind, BOM.len() as u64);
                    }
                    return NextLine::Line { bytes, number, offset };
                }
            }
        }
    }

    fn is_blank(&self, range: &Range<usize>) -> bool {
        let bytes = self.pending.get(range.clone()).unwrap_or_default();
        let bytes = if self.number == 1 { bytes.strip_prefix(BOM).unwrap_or(bytes) } else { bytes };
        bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
    }

    /// Moves past the next line, if all of it is there.
    fn advance(&mut self) -> Option<(u64, Found)> {
        let fresh = self.pending.get(self.at + self.seen..).unwrap_or_default();
        let feed = memchr::memchr(b'\n', fresh);
        let len = self.seen + feed.unwrap_or(fresh.len());
        if feed.is_none() && !self.ended {
            self.seen = len;
            if len > self.max_line_bytes {
                self.dropped += len as u64;
                self.at += len;
                self.seen = 0;
            }
            return None;
        }
        if feed.is_none() && len == 0 && self.dropped == 0 {
            return None;
        }
        let range = self.at..self.at + len;
        let length = self.dropped + len as u64;
        let offset = self.offset;
        let eaten = len + usize::from(feed.is_some());
        self.at += eaten;
        self.offset += self.dropped + eaten as u64;
        self.seen = 0;
        self.dropped = 0;
        self.number += 1;
        let too_long = length > self.max_line_bytes as u64;
        Some((offset, if too_long { Found::TooLong { length } } else { Found::Line(range) }))
    }
}

/// U+FEFF in UTF-8, which some programs write at the start of a file.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(chunks: &[&[u8]], max: usize) -> Vec<String> {
        let mut lines = Lines::new(max);
        let mut out = Vec::new();
        let mut drain = |lines: &mut Lines| {
            loop {
                out.push(match lines.next() {
                    NextLine::NeedBytes | NextLine::End => break,
                    NextLine::Line { bytes, number, offset } => {
                        format!("{number}@{offset} {}", bytes.escape_ascii())
                    }
                    NextLine::TooLong { number, offset, length } => {
                        format!("{number}@{offset} too long {length}")
                    }
                });
            }
        };
        for chunk in chunks {
            lines.push(chunk);
            drain(&mut lines);
        }
        lines.finish();
        drain(&mut lines);
        assert_eq!(lines.next(), NextLine::End);
        out
    }

    #[test]
    fn lines_have_numbers_and_offsets_and_blank_ones_are_counted() {
        assert_eq!(lines(&[b"a\n\n \r\nbc\r\nd"], 9), ["1@0 a", "4@6 bc\\r", "5@10 d"]);
        assert_eq!(lines(&[b"\xef\xbb\xbf{}\n"], 9), ["1@3 {}"]);
        assert_eq!(lines(&[b"\xef\xbb\xbf\nx"], 9), ["2@4 x"]);
        assert_eq!(lines(&[b"abcdef\nab\nabcdefgh"], 3), ["1@0 too long 6", "2@7 ab", "3@10 too long 8"]);
        assert!(lines(&[b""], 3).is_empty() && lines(&[b"\n"], 3).is_empty());
    }

    proptest! {
        #[test]
        fn every_cutting_gives_the_same_lines(
            text in "[ab\\r\\n\\t]{0,30}", cuts in proptest::collection::vec(0usize..31, 0..5), max in 1usize..6,
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|&cut| cut <= bytes.len()).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            prop_assert_eq!(lines(&chunks, max), lines(&[bytes], max));
        }
    }
}
