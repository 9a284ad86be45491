//! Framer and scan together: bytes in, records out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_CUSTOM_ID;

use super::fields::{Fields, Text};
use super::framer::{Frame, Framer};
use super::scan;
use super::sha256::Sha256;
use super::shapes::{Fit, Shapes};

/// The longest line that is read unless the caller says otherwise: some ten times what the largest answer the API
/// can give takes (300,000 output tokens, every character escaped), and still small against any memory.
pub const DEFAULT_MAX_LINE_BYTES: usize = 64 << 20;

/// Spans count in 31 bits (one more says "escaped"), so no line may be longer.
const HARD_MAX_LINE_BYTES: usize = (1 << 31) - 1;

/// Reads the lines of a results file as it comes.
///
/// # Contract
/// [`Self::push`] a chunk, then [`Self::next`] until it answers [`Next::NeedBytes`]; repeat. [`Self::finish`] when
/// the stream has ended, then [`Self::next`] until [`Next::End`]. Whether the file was *whole* is not known here:
/// compare what came with what was sent.
#[derive(Debug)]
pub struct Reader {
    framer: Framer,
    fields: Fields,
    shapes: Shapes,
    slots_only: bool,
    records: u64,
    bad_lines: u64,
    blank_lines: u64,
}

/// What the reader has for its caller.
#[derive(Debug)]
pub enum Next<'a> {
    /// Nothing until more bytes are pushed or the end is told.
    NeedBytes,
    /// The result of one request.
    Record(Record<'a>),
    /// A line that is no result. What follows it is read all the same.
    BadLine(BadLine),
    /// Everything has been read.
    End,
}

/// The result of one request, as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The line without its end.
    pub line: &'a [u8],
    /// Its number, from 1, blank lines counted.
    pub number: u64,
    /// Its first byte in the file, from 0.
    pub offset: u64,
    /// Its first byte in [`Reader::buffer`].
    pub start: usize,
    /// Where its fields stand.
    pub fields: &'a Fields,
    /// How it fitted the lines before it, where it did.
    pub fit: Option<Fit<'a>>,
}

impl<'a> Record<'a> {
    /// The id of the request it answers.
    pub fn custom_id(&self) -> Cow<'a, str> {
        self.fields.custom_id.of(self.line)
    }

    /// The meaning of one of its strings.
    pub fn text(&self, text: Text) -> Cow<'a, str> {
        text.of(self.line)
    }

    /// The answer: all text blocks joined; empty when there are none.
    pub fn answer(&self) -> Cow<'a, str> {
        match self.fields.texts.as_slice() {
            [] => Cow::Borrowed(""),
            [only] => only.of(self.line),
            many => many.iter().map(|text| text.of(self.line)).collect::<String>().into(),
        }
    }
}

/// A line that is no result: not JSON, not UTF-8, too long, cut off, or JSON of another kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// Its number, from 1, blank lines counted.
    pub line: u64,
    /// Its first byte in the file, from 0.
    pub offset: u64,
    /// Its bytes, without the line feed.
    pub length: u64,
    /// The SHA-256 of these bytes, in hexadecimal; empty where an earlier version noted the line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// What is wrong with it.
    pub reason: String,
    /// Whether it is only too long.
    #[serde(skip)]
    pub too_long: bool,
    /// The id it begins with, where that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// How it begins: at most 100 characters, none of them a control character.
    pub sample: String,
}

impl Reader {
    /// A reader that treats lines of more than `max_line_bytes` (the line feed not counted) as bad.
    pub fn new(max_line_bytes: usize) -> Self {
        Self {
            framer: Framer::new(max_line_bytes.min(HARD_MAX_LINE_BYTES)),
            fields: Fields::default(),
            shapes: Shapes::default(),
            slots_only: false,
            records: 0,
            bad_lines: 0,
            blank_lines: 0,
        }
    }

    /// From now on the slots are all that is told of a record that fits: its fields are not looked for.
    pub const fn slots_only(&mut self) {
        self.slots_only = true;
    }

    /// Takes the next bytes of the stream, however they were cut.
    pub fn push(&mut self, chunk: &[u8]) {
        self.push_with(chunk.len(), |space| space.copy_from_slice(chunk));
    }

    /// Takes the next `len` bytes straight from whoever holds them: `fill` must write the whole slice. Saves a copy
    /// where the bytes lie outside of this memory.
    pub fn push_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        self.framer.push_with(len, fill);
    }

    /// Tells that no more bytes will come: what is left without a line feed is the last line.
    pub const fn finish(&mut self) {
        self.framer.finish();
    }

    /// The next record or bad line, or what is needed to find one.
    #[expect(
        clippy::should_implement_trait,
        reason = "what it answers borrows from the reader; Iterator cannot"
    )]
    pub fn next(&mut self) -> Next<'_> {
        let (line, fits) = loop {
            let line = match self.framer.next() {
                Frame::NeedBytes => return Next::NeedBytes,
                Frame::End => return Next::End,
                Frame::TooLong { number, offset, length, sha256, head } => {
                    self.bad_lines += 1;
                    let reason = format!("longer than {} bytes", self.framer.max_line());
                    return Next::BadLine(BadLine {
                        line: number,
                        offset,
                        length,
                        sha256,
                        reason,
                        too_long: true,
                        custom_id: leading_id(&head),
                        sample: sample(&head),
                    });
                }
                Frame::Line(line) => line,
            };
            let bytes = self.framer.line(&line);
            if bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
                self.blank_lines += 1;
                continue;
            }
            if self.shapes.read(bytes, (!self.slots_only).then_some(&mut self.fields)) {
                break (line, true);
            }
            if let Err(problem) = scan::scan(bytes, &mut self.fields) {
                self.bad_lines += 1;
                return Next::BadLine(BadLine {
                    line: line.number,
                    offset: line.offset,
                    length: bytes.len() as u64,
                    sha256: Sha256::of(bytes),
                    reason: problem.to_string(),
                    too_long: false,
                    custom_id: leading_id(bytes),
                    sample: sample(bytes),
                });
            }
            self.shapes.learn(bytes, &self.fields);
            break (line, false);
        };
        self.records += 1;
        Next::Record(Record {
            line: self.framer.line(&line),
            number: line.number,
            offset: line.offset,
            start: line.start(),
            fields: &self.fields,
            fit: if fits { self.shapes.fit() } else { None },
        })
    }

    /// The bytes that were pushed last, and before them what was left: where records stand until the next push.
    pub fn buffer(&self) -> &[u8] {
        self.framer.buffer()
    }

    /// Results read so far.
    pub const fn records(&self) -> u64 {
        self.records
    }

    /// Bad lines met so far.
    pub const fn bad_lines(&self) -> u64 {
        self.bad_lines
    }

    /// Blank lines met so far.
    pub const fn blank_lines(&self) -> u64 {
        self.blank_lines
    }
}

/// The id that a line begins with, as the API writes one.
fn leading_id(line: &[u8]) -> Option<String> {
    let behind = |bytes: &'_ [u8], token: &[u8]| -> Option<usize> {
        let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        bytes.get(blank..)?.starts_with(token).then_some(blank + token.len())
    };
    let mut rest = line;
    for token in [b"{".as_slice(), b"\"custom_id\"", b":", b"\""] {
        rest = rest.get(behind(rest, token)?..)?;
    }
    let length = rest.iter().position(|byte| *byte == b'"')?;
    let id = rest.get(..length).filter(|id| !id.is_empty() && length <= MAX_CUSTOM_ID)?;
    let is_legal = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    id.iter().all(is_legal).then(|| String::from_utf8_lossy(id).into_owned())
}

/// The beginning of a line in a form that no terminal and no log stumbles over.
fn sample(line: &[u8]) -> String {
    // 400 bytes hold 100 characters of any length.
    let head = line.get(..400).unwrap_or(line);
    let tame = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    String::from_utf8_lossy(head).chars().take(100).map(tame).collect()
}
