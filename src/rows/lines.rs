//! Bytes become lines, for JSONL that we are given: requests and rows.

use core::ops::Range;

/// Cuts bytes at line feeds; lines of nothing but white space are counted and passed over.
///
/// A line that lies whole in a chunk is handed out where it lies. Only what a chunk's end cuts off is copied, once.
#[derive(Debug)]
pub struct Lines {
    chunk: Vec<u8>,
    /// How much of the chunk has been handed out or carried over.
    at: usize,
    /// The beginning of a line that the chunks before held.
    carry: Vec<u8>,
    /// Whether it has become a line and was handed out.
    carried: bool,
    /// Place of the next line in the source.
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
    InChunk(Range<usize>),
    InCarry,
    TooLong { length: u64 },
}

impl Lines {
    /// A cutter that passes over lines of more than `max_line_bytes`.
    pub const fn new(max_line_bytes: usize) -> Self {
        Self {
            chunk: Vec::new(),
            at: 0,
            carry: Vec::new(),
            carried: false,
            offset: 0,
            number: 0,
            max_line_bytes,
            dropped: 0,
            ended: false,
        }
    }

    /// Takes the next bytes of the source, cut anywhere.
    pub fn push(&mut self, chunk: Vec<u8>) {
        if self.at < self.chunk.len() {
            self.chunk.extend(chunk);
        } else {
            (self.chunk, self.at) = (chunk, 0);
        }
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
            if let Found::TooLong { length } = found {
                return NextLine::TooLong { number, offset, length };
            }
            let line = self.bytes_of(&found);
            let skip = if offset == 0 && line.starts_with(BOM) { BOM.len() } else { 0 };
            if !line.iter().skip(skip).all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
                let bytes = self.bytes_of(&found).get(skip..).unwrap_or_default();
                return NextLine::Line { bytes, number, offset: offset + skip as u64 };
            }
        }
    }

    fn bytes_of(&self, found: &Found) -> &[u8] {
        match found {
            Found::InChunk(range) => self.chunk.get(range.clone()).unwrap_or_default(),
            Found::InCarry => &self.carry,
            Found::TooLong { .. } => &[],
        }
    }

    /// Moves past the next line, if all of it is there.
    fn advance(&mut self) -> Option<(u64, Found)> {
        if core::mem::take(&mut self.carried) {
            self.carry.clear();
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let feed = memchr::memchr(b'\n', rest);
        let piece = rest.get(..feed.unwrap_or(rest.len())).unwrap_or_default();
        let found = Found::InChunk(self.at..self.at + piece.len());
        let is_split = feed.is_none() || !self.carry.is_empty() || self.dropped > 0;
        let length = self.dropped + (self.carry.len() + piece.len()) as u64;
        let too_long = length > self.max_line_bytes as u64;
        if is_split && !too_long {
            self.carry.extend_from_slice(piece);
        } else if is_split {
            self.dropped = length;
            self.carry.clear();
        }
        self.at += piece.len() + usize::from(feed.is_some());
        if feed.is_none() {
            (self.chunk, self.at) = (Vec::new(), 0);
            if !self.ended || length == 0 {
                return None;
            }
        }
        let offset = self.offset;
        self.offset += length + u64::from(feed.is_some());
        self.dropped = 0;
        self.number += 1;
        self.carried = is_split;
        Some((
            offset,
            match found {
                _ if too_long => Found::TooLong { length },
                _ if is_split => Found::InCarry,
                found => found,
            },
        ))
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
            lines.push(chunk.to_vec());
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
