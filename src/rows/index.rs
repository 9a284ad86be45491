//! A table in memory: every cell by row and column, and the search over all of them.

use std::collections::BTreeSet;

use super::cells::Header;
use super::csv::Dialect;
use super::intake::{Intake, Taken};
use crate::texts::Search;

/// The cells of a table. Every row has as many as there are columns: what is missing is empty, what is too much is left
/// out, and of a row that cannot be read all are empty.
#[derive(Debug)]
pub struct CellIndex {
    intake: Intake,
    taken: Taken,
    search: Search,
}

/// What the values of a column are like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Rows that have none.
    pub empty: u32,
    /// Bytes of the longest.
    pub longest: u32,
    /// How many different ones there are, where they are short and not too many to be counted.
    pub distinct: Option<u32>,
    /// The first rows that have one.
    pub first: Vec<u32>,
}

/// Values of more bytes are not counted as different ones, nor are so many values.
const LONGEST_COUNTED: usize = 60;
const MOST_COUNTED: usize = 1_000;

impl CellIndex {
    /// An index of a table that has not come yet.
    pub fn new(dialect: Dialect, header: Header) -> Self {
        let columns = if let Header::Names(names) = &header { Some(names.clone()) } else { None };
        let taken = Taken { columns, ..Taken::default() };
        Self { intake: Intake::cells(dialect, header), taken, search: Search::default() }
    }

    /// An index of JSON objects, one a line. The first of them has the columns.
    pub fn of_objects() -> Self {
        Self { intake: Intake::objects(), taken: Taken::default(), search: Search::default() }
    }

    /// Takes the next bytes of the table, cut anywhere.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.intake.push(chunk);
        self.intake.read(&mut self.taken);
    }

    /// Says that the table has ended.
    pub fn finish(&mut self) {
        self.intake.finish();
        self.intake.read(&mut self.taken);
    }

    /// The names of the columns, once they are known.
    pub fn columns(&self) -> Option<&[String]> {
        self.taken.columns.as_deref()
    }

    /// How many rows there are, the header not counted.
    pub const fn row_count(&self) -> u32 {
        self.taken.lines.len() as u32
    }

    /// Rows that had more or fewer cells than there are columns, or could not be read.
    pub fn ragged(&self) -> &[u32] {
        &self.taken.ragged
    }

    /// How many rows are not UTF-8, the header among them.
    pub const fn not_utf8(&self) -> u32 {
        self.taken.not_utf8
    }

    /// A cell; empty where there is none.
    pub fn cell(&self, row: u32, column: u32) -> &str {
        let width = self.width();
        if column >= width { "" } else { self.taken.cells.get(row * width + column).unwrap_or_default() }
    }

    /// The row that stands on this line, counted from 1; `None` for the header's.
    pub fn row_at(&self, line: u32) -> Option<u32> {
        self.taken.lines.partition_point(|start| *start <= line).checked_sub(1).map(|row| row as u32)
    }

    /// Calls `hit` with each row that has `words` in a cell, in order, each once.
    pub fn find(&mut self, words: &str, mut hit: impl FnMut(u32)) {
        let width = self.width().max(1);
        let mut last = None;
        self.search.find(&self.taken.cells, words, |cell| {
            let row = cell / width;
            if last.replace(row) != Some(row) {
                hit(row);
            }
        });
    }

    /// What the values of a column are like; of those that there are, the first `most` rows are named.
    pub fn facts(&self, column: u32, most: usize) -> ColumnFacts {
        let mut facts = ColumnFacts::default();
        let mut different = BTreeSet::new();
        let mut last = None;
        for (row, cell) in (0..).zip(self.taken.cells.every(column, self.width())) {
            if cell.is_empty() {
                facts.empty += 1;
                continue;
            }
            facts.longest = facts.longest.max(cell.len() as u32);
            if facts.first.len() < most {
                facts.first.push(row);
            }
            let is_counted = facts.longest as usize <= LONGEST_COUNTED && different.len() <= MOST_COUNTED;
            if is_counted && last.replace(cell) != Some(cell) {
                different.insert(cell);
            }
        }
        let is_counted = facts.longest as usize <= LONGEST_COUNTED && different.len() <= MOST_COUNTED;
        facts.distinct = is_counted.then_some(different.len() as u32);
        facts
    }

    /// Appends a row as CSV, every cell in quotes, so that its line feeds and quotes are no question.
    pub fn push_csv(&self, row: u32, out: &mut Vec<u8>) {
        for column in 0..self.width() {
            out.push(if column == 0 { b'"' } else { b',' });
            if column > 0 {
                out.push(b'"');
            }
            let mut pieces = self.cell(row, column).split('"');
            out.extend_from_slice(pieces.next().unwrap_or_default().as_bytes());
            for piece in pieces {
                out.extend_from_slice(b"\"\"");
                out.extend_from_slice(piece.as_bytes());
            }
            out.push(b'"');
        }
        out.push(b'\n');
    }

    /// How many lines a row takes as CSV.
    pub fn csv_lines(&self, row: u32) -> u32 {
        let in_cell = |column| {
            let bytes = self.cell(row, column).as_bytes();
            let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
            // A return and the line feed behind it end one line.
            ends.filter(|at| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n')).count()
                as u32
        };
        1 + (0..self.width()).map(in_cell).sum::<u32>()
    }

    fn width(&self) -> u32 {
        self.taken.columns.as_ref().map_or(0, |columns| columns.len() as u32)
    }
}
