//! The bytes of a table become cells that stay.

use super::bad_row::Fault;
use super::cells::{Header, names};
use super::csv::{CsvReader, Dialect, NextRow};
use super::json_row::{JsonRow, NoRow, columns};
use super::lines::{Lines, NextLine};
use crate::texts::Texts;

/// Who reads the bytes.
#[derive(Debug)]
pub(super) enum Intake {
    Cells { reader: Box<CsvReader>, header: Header },
    Objects { lines: Lines, row: JsonRow },
}

/// What has been read.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) columns: Option<Vec<String>>,
    pub(super) cells: Texts,
    /// For each row the line on which it begins.
    pub(super) lines: Vec<u32>,
    pub(super) ragged: Vec<u32>,
    pub(super) not_utf8: u32,
}

impl Intake {
    pub(super) fn cells(dialect: Dialect, header: Header) -> Self {
        Self::Cells { reader: Box::new(CsvReader::new(dialect, u64::MAX)), header }
    }

    pub(super) const fn objects() -> Self {
        Self::Objects { lines: Lines::new(usize::MAX), row: JsonRow::new() }
    }

    pub(super) fn push(&mut self, chunk: Vec<u8>) {
        match self {
            Self::Cells { reader, .. } => reader.push(&chunk),
            Self::Objects { lines, .. } => lines.push(chunk),
        }
    }

    pub(super) fn finish(&mut self) {
        match self {
            Self::Cells { reader, .. } => reader.finish(),
            Self::Objects { lines, .. } => lines.finish(),
        }
    }

    /// Reads all rows that have come whole.
    pub(super) fn read(&mut self, taken: &mut Taken) {
        match self {
            Self::Cells { reader, header } => read_cells(reader, header, taken),
            Self::Objects { lines, row } => read_objects(lines, row, taken),
        }
    }
}

fn read_cells(reader: &mut CsvReader, header: &Header, taken: &mut Taken) {
    loop {
        let row = match reader.next() {
            NextRow::NeedBytes | NextRow::End => return,
            NextRow::Row(row) => row,
            NextRow::Bad(bad) => {
                taken.not_utf8 += u32::from(bad.fault == Fault::Encoding);
                // A header that cannot be read is no row.
                if taken.columns.is_some() {
                    taken.bad(bad.line);
                }
                continue;
            }
        };
        let width = match &taken.columns {
            Some(columns) => columns.len(),
            None => {
                let columns = names(header, &row);
                let width = columns.len();
                taken.columns = Some(columns);
                if *header == Header::First {
                    continue;
                }
                width
            }
        };
        if row.len() != width {
            taken.ragged.push(taken.lines.len() as u32);
        }
        taken.row(row.line, (0..width).map(|column| row.cell(column).unwrap_or_default()));
    }
}

fn read_objects(lines: &mut Lines, row: &mut JsonRow, taken: &mut Taken) {
    loop {
        let (bytes, line) = match lines.next() {
            NextLine::NeedBytes | NextLine::End => return,
            NextLine::Line { bytes, number, .. } => (bytes, number),
            NextLine::TooLong { number, .. } => {
                taken.bad(number);
                continue;
            }
        };
        if taken.columns.is_none()
            && let Some(columns) = columns(bytes)
        {
            taken.name(columns);
        }
        let columns = taken.columns.take();
        let wanted = columns.as_deref().unwrap_or_default();
        match row.read(bytes, wanted) {
            // Half a character is shown as one that is not known.
            Ok(()) | Err(NoRow::Halved(..)) => {
                taken.row(line, (0..wanted.len()).map(|column| row.value_of(column)));
            }
            Err(NoRow::Syntax(_)) if core::str::from_utf8(bytes).is_err() => {
                taken.not_utf8 += 1;
                taken.bad_under(line, wanted.len());
            }
            Err(NoRow::Syntax(_) | NoRow::NotAnObject) => taken.bad_under(line, wanted.len()),
        }
        taken.columns = columns;
    }
}

impl Taken {
    fn row<'a>(&mut self, line: u64, cells: impl Iterator<Item = &'a str>) {
        self.lines.push(line as u32);
        for cell in cells {
            self.cells.push(cell);
        }
    }

    /// A row that cannot be read: all its cells are empty.
    fn bad(&mut self, line: u64) {
        self.bad_under(line, self.columns.as_ref().map_or(0, Vec::len));
    }

    fn bad_under(&mut self, line: u64, width: usize) {
        self.ragged.push(self.lines.len() as u32);
        self.row(line, core::iter::repeat_n("", width));
    }

    /// Names the columns, of rows that have come before, too.
    fn name(&mut self, columns: Vec<String>) {
        for _ in 0..self.lines.len() * columns.len() {
            self.cells.push("");
        }
        self.columns = Some(columns);
    }
}
