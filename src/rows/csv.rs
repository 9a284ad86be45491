//! CSV and TSV become rows, over csv-core.
//!
//! csv-core reads cells, in any cutting of the bytes. What is added here is what people need to find a row again: the
//! line and byte at which it begins, with line feeds inside quotes counted. Blank lines are passed over.

use core::ops::Range;

use csv_core::ReadRecordResult;

use super::bad_row::{BadRow, Fault};
use super::lines::BOM;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between two cells: `,` in CSV, a tab in TSV.
    pub delimiter: u8,
    /// Whether `"` begins a cell that may hold delimiters and line feeds. It does in CSV. TSV has no quotes: people's
    /// quotation marks at the start of a cell mean themselves.
    pub quoting: bool,
}

impl Dialect {
    /// Comma separated values, RFC 4180.
    pub const CSV: Self = Self { delimiter: b',', quoting: true };
    /// Tab separated values, as registered with IANA.
    pub const TSV: Self = Self { delimiter: b'\t', quoting: false };
}

/// Reads rows from bytes cut anywhere.
#[derive(Debug)]
pub struct CsvReader {
    core: csv_core::Reader,
    max_row_bytes: u64,
    pending: Vec<u8>,
    at: usize,
    ended: bool,
    /// Whether the start of the source has been looked at for a byte order mark.
    started: bool,
    in_row: bool,
    here: Spot,
    /// The last byte that was passed.
    last: u8,
    row: Spot,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    end_count: usize,
}

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    line: u64,
    offset: u64,
}

/// What [`CsvReader::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum NextRow<'a> {
    /// Nothing more without more bytes.
    NeedBytes,
    /// A row.
    Row(Row<'a>),
    /// A row that cannot be used, passed over.
    Bad(BadRow),
    /// Every row has been answered.
    End,
}

/// A row's cells and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    text: &'a str,
    ends: &'a [usize],
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The lines it spans; more than 1 only with line feeds inside quotes.
    pub lines: u64,
    /// Its first byte in the source.
    pub offset: u64,
    /// Its length in bytes, with the end of the line as far as it is known.
    pub bytes: u64,
}

impl<'a> Row<'a> {
    /// How many cells it has.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cells, which no row has.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell with this number, from 0.
    pub fn cell(&self, number: usize) -> Option<&'a str> {
        self.text.get(cell_range(self.ends, number)?)
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> {
        let row = *self;
        (0..row.len()).map(move |number| row.cell(number).unwrap_or_default())
    }
}

fn cell_range(ends: &[usize], number: usize) -> Option<Range<usize>> {
    let end = *ends.get(number)?;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    Some(start..end)
}

impl CsvReader {
    /// A reader that passes over rows of more than `max_row_bytes`.
    pub fn new(dialect: Dialect, max_row_bytes: u64) -> Self {
        let mut core =
            csv_core::ReaderBuilder::new().delimiter(dialect.delimiter).quoting(dialect.quoting).build();
        // csv-core drops a byte order mark that it meets in its first input, whole ones only. A line feed as its first
        // input leaves that to us, who see it however the bytes are cut.
        core.read_record(b"\n", &mut [0], &mut [0]);
        let start = Spot { line: 1, offset: 0 };
        Self {
            core,
            max_row_bytes,
            pending: Vec::new(),
            at: 0,
            ended: false,
            started: false,
            in_row: false,
            here: start,
            last: b'\n',
            row: start,
            text: vec![0; 1024],
            text_len: 0,
            ends: vec![0; 32],
            end_count: 0,
        }
    }

    /// Takes the next bytes of the source, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        self.pending.drain(..self.at.min(self.pending.len()));
        self.at = 0;
        self.pending.extend_from_slice(chunk);
    }

    /// Says that the source has ended.
    pub const fn finish(&mut self) {
        self.ended = true;
    }

    /// The next row. Call it until it needs bytes.
    #[expect(clippy::should_implement_trait, reason = "a row borrows the reader, which Iterator cannot say")]
    pub fn next(&mut self) -> NextRow<'_> {
        if !self.advance() {
            return if self.ended { NextRow::End } else { NextRow::NeedBytes };
        }
        let Spot { line, offset } = self.row;
        let bytes = self.here.offset - offset;
        let bad = |fault, message: String| NextRow::Bad(BadRow { fault, line, offset, message });
        if bytes > self.max_row_bytes {
            let allowed = self.max_row_bytes;
            return bad(Fault::TooLong, format!("the row has {bytes} bytes, {allowed} are allowed"));
        }
        let ends = self.ends.get(..self.end_count).unwrap_or_default();
        let text = simdutf8::basic::from_utf8(self.text.get(..self.text_len).unwrap_or_default());
        // Two halves of a character on both sides of a delimiter make a whole one when the delimiter is gone.
        let text = text.ok().filter(|text| ends.iter().all(|&end| text.is_char_boundary(end)));
        let Some(text) = text else {
            return bad(Fault::Encoding, "the row is not UTF-8".to_owned());
        };
        let ended = matches!(self.last, b'\r' | b'\n');
        let lines = self.here.line - line + u64::from(!ended);
        NextRow::Row(Row { text, ends, line, lines, offset, bytes })
    }

    /// Moves past the next row, if all of it is there.
    fn advance(&mut self) -> bool {
        if !self.in_row {
            if !self.skip_start() || !self.skip_blank() {
                return false;
            }
            self.in_row = true;
            self.row = self.here;
            (self.text_len, self.end_count) = (0, 0);
        }
        loop {
            let input = self.pending.get(self.at..).unwrap_or_default();
            if input.is_empty() && !self.ended {
                return false;
            }
            let (result, eaten, written, ended) = self.core.read_record(
                input,
                self.text.get_mut(self.text_len..).unwrap_or_default(),
                self.ends.get_mut(self.end_count..).unwrap_or_default(),
            );
            self.text_len += written;
            self.end_count += ended;
            self.eat(eaten);
            let too_long = self.here.offset - self.row.offset > self.max_row_bytes;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if too_long => self.text_len = 0,
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if too_long => self.end_count = 0,
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.in_row = false;
                    return true;
                }
                ReadRecordResult::End => return false,
            }
        }
    }

    /// Passes over a byte order mark; answers whether the start is known.
    fn skip_start(&mut self) -> bool {
        if !self.started {
            let start = self.pending.get(self.at..).unwrap_or_default();
            if start.starts_with(BOM) {
                self.eat(BOM.len());
            } else if !self.ended && BOM.starts_with(start) {
                return false;
            }
            self.started = true;
        }
        true
    }

    /// Passes over ends of lines before a row; answers whether there is a row to begin.
    fn skip_blank(&mut self) -> bool {
        let rest = self.pending.get(self.at..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let more = blank < rest.len();
        self.eat(blank);
        more
    }

    /// Moves the place past `count` bytes. `\r\n`, `\n` and a lone `\r` each end one line.
    fn eat(&mut self, count: usize) {
        let eaten = self.pending.get(self.at..self.at + count).unwrap_or_default();
        for end in memchr::memchr2_iter(b'\n', b'\r', eaten) {
            let return_before = match end.checked_sub(1) {
                Some(before) => eaten.get(before) == Some(&b'\r'),
                None => self.last == b'\r',
            };
            let is_second_half = eaten.get(end) == Some(&b'\n') && return_before;
            self.here.line += u64::from(!is_second_half);
        }
        self.last = eaten.last().copied().unwrap_or(self.last);
        self.here.offset += count as u64;
        self.at += count;
    }
}
