//! Records packed into columns, the form in which they cross to JavaScript: three flat tables, no object graph.

use core::fmt;
use core::ops::Range;

use super::arena::{Arena, Use};
use super::fields::{Span, Text};
use super::reader::Record;
use super::shape::SlotKind;
use crate::wire::Usage;

pub mod layout {
    //! How the tables of a [`Block`](super::Block) are laid out; `js/rawblock.ts` reads by the same figures.
    //!
    //! `bytes`: the lines, each followed by a line feed. `words`: [`STRIDE`] 32-bit words a row, then the texts
    //! of all rows, two words each. `numbers`: [`COLUMNS`] columns, one after the other, a number a row each.
    //!
    //! A span is two words: its first byte in `bytes`, then its length, whose highest bit says that a string holds
    //! escapes. An absent one begins at [`ABSENT`]. Ids and texts are told as [`super::super::string_layout`] says.

    /// Words a row.
    pub const STRIDE: usize = 28;
    /// Span of the line.
    pub const LINE: usize = 0;
    /// Line number, from 1 (its low 32 bits).
    pub const NUMBER: usize = 2;
    /// Outcome in bits 0 to 7, retry in bits 8 to 15, both in the order of their enums; bit 16: priced for the US.
    pub const KIND: usize = 3;
    /// Span of `custom_id`.
    pub const CUSTOM_ID: usize = 4;
    /// Span of `result.type`.
    pub const RESULT_TYPE: usize = 6;
    /// Span of the message object.
    pub const MESSAGE: usize = 8;
    /// Span of the usage object.
    pub const USAGE: usize = 10;
    /// Span of `stop_reason`.
    pub const STOP_REASON: usize = 12;
    /// Span of `model`.
    pub const MODEL: usize = 14;
    /// Span of the error's type.
    pub const ERROR_TYPE: usize = 16;
    /// Span of the error's message.
    pub const ERROR_MESSAGE: usize = 18;
    /// Span of the error's code.
    pub const ERROR_CODE: usize = 20;
    /// Span of the id of the failed call.
    pub const ERROR_REQUEST_ID: usize = 22;
    /// Index of the row's first text, counted in texts.
    pub const TEXTS: usize = 24;
    /// How many texts the row has.
    pub const TEXT_COUNT: usize = 25;
    /// `custom_id`, as strings are told.
    pub const ID: usize = 26;

    /// Start of a span that is not there.
    pub const ABSENT: u32 = u32::MAX;
    /// Bit of a span's length that says the string holds escapes.
    pub const ESCAPED: u32 = 1 << 31;

    /// Columns of numbers, in this order: input, 5-minute cache writes, 1-hour cache writes, cache reads, output,
    /// thinking, web searches, and the line's first byte in the file.
    pub const COLUMNS: usize = 8;
}

/// Bytes a block may hold: spans count in 31 bits.
const MAX_BYTES: usize = (1 << 31) - 1;

/// Rows as columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    bytes: Vec<u8>,
    /// Where the lines stand that were left in the reader's buffer.
    left: Range<usize>,
    rows: Vec<u32>,
    texts: Vec<u32>,
    strings: Box<Arena>,
    columns: [Vec<f64>; layout::COLUMNS],
}

/// The block holds as many bytes as it can: take it, then push again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockFull;

impl fmt::Display for BlockFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the block is full")
    }
}

impl core::error::Error for BlockFull {}

impl Block {
    /// Appends a record as a row.
    ///
    /// # Errors
    /// When its line does not fit any more (2 GiB); the block is then as it was.
    pub fn push(&mut self, record: &Record<'_>) -> Result<(), BlockFull> {
        let base = self.bytes.len();
        if record.line.len() >= MAX_BYTES - base {
            return Err(BlockFull);
        }
        self.bytes.extend_from_slice(record.line);
        self.bytes.push(b'\n');
        self.note(record, base as u32);
        Ok(())
    }

    /// Appends a record as a row whose line stays where it is, in the buffer of its reader: all rows of the block come
    /// from there, and the block is taken before the buffer changes.
    pub fn push_in_place(&mut self, record: &Record<'_>) {
        if self.is_empty() {
            self.left.start = record.start;
        }
        self.left.end = record.start + record.line.len();
        self.note(record, (record.start - self.left.start) as u32);
    }

    /// The lines, where they were left in the reader's `buffer`.
    pub fn lines<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        buffer.get(self.left.clone()).unwrap_or_default()
    }

    fn note(&mut self, record: &Record<'_>, base: u32) {
        let fields = record.fields;
        let span = |span: Option<Span>| match span {
            Some(Span { start, len }) => [base + start, len],
            None => [layout::ABSENT, 0],
        };
        let string = |text: Option<Text>| match text {
            Some(Text { start, len, escaped }) => {
                [base + start, len | if escaped { layout::ESCAPED } else { 0 }]
            }
            None => [layout::ABSENT, 0],
        };
        let none = Usage::default();
        let usage = fields.usage.as_ref().unwrap_or(&none);
        let kind = fields.outcome as u32 | (fields.retry as u32) << 8 | u32::from(usage.us_geo) << 16;
        let whole = Span { start: 0, len: record.line.len() as u32 };
        let texts = [(self.texts.len() / 2) as u32, fields.texts.len() as u32];
        let mut told = |used: Use, text: Text| {
            let span = Span { start: text.start, len: text.len };
            self.strings.push(used, record.line, base as usize, span, kind_of(record.line, text))
        };
        let id = told(Use::Id, fields.custom_id);
        for text in &fields.texts {
            self.texts.extend(told(Use::Text, *text));
        }
        let mut row = [0; layout::STRIDE];
        let pairs = [
            span(Some(whole)),
            [record.number as u32, kind],
            string(Some(fields.custom_id)),
            string(Some(fields.result_type)),
            span(fields.message),
            span(fields.usage_span),
            string(fields.stop_reason),
            string(fields.model),
            string(fields.error_type),
            string(fields.error_message),
            string(fields.error_code),
            string(fields.error_request_id),
            texts,
            id,
        ];
        for (to, pair) in row.as_chunks_mut().0.iter_mut().zip(pairs) {
            *to = pair;
        }
        self.rows.extend_from_slice(&row);
        let numbers = [
            usage.input,
            usage.cache_write_5m,
            usage.cache_write_1h,
            usage.cache_read,
            usage.output,
            usage.thinking,
            usage.web_searches,
            record.offset,
        ];
        for (column, number) in self.columns.iter_mut().zip(numbers) {
            column.push(number as f64);
        }
    }

    /// Rows.
    pub const fn len(&self) -> usize {
        self.rows.len() / layout::STRIDE
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each followed by a line feed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The table of words, in two pieces that belong one behind the other: the rows, then the text spans.
    pub fn words(&self) -> [&[u32]; 2] {
        [&self.rows, &self.texts]
    }

    /// The ids and texts.
    pub fn strings(&self) -> &Arena {
        &self.strings
    }

    /// The columns of numbers, which belong one behind the other.
    pub fn numbers(&self) -> impl Iterator<Item = &[f64]> {
        self.columns.iter().map(Vec::as_slice)
    }

    /// Forgets all rows, keeping what was allocated.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.left = 0..0;
        self.rows.clear();
        self.texts.clear();
        self.strings.clear();
        self.columns.iter_mut().for_each(Vec::clear);
    }
}

/// What kind of string this is, as far as it is known without looking at its escapes.
fn kind_of(line: &[u8], text: Text) -> SlotKind {
    let raw = Span { start: text.start, len: text.len }.of(line);
    let is_plain = !text.escaped && raw.is_ascii();
    if is_plain { SlotKind::Plain } else { SlotKind::String { escaped: text.escaped, halved: false } }
}
