//! JSON objects, one a line, become requests.

use super::bad_row::{BadRow, Fault};
use super::json_row::{JsonRow, NoRow};
use super::lines::{Lines, NextLine};
use super::recipe::{BoundRecipe, Recipe};
use super::table::{NextRequest, RowRequest, empty_columns};
use super::template::unknown;
use crate::error::Error;

/// There is no header: a row may lack any member. A column that no row has is known to be unknown at the end only.
#[derive(Debug)]
pub(super) struct Objects {
    lines: Lines,
    row: JsonRow,
    recipe: BoundRecipe,
    wanted: Vec<String>,
    /// Which of the wanted columns some row has had.
    seen: Vec<bool>,
    rows: u64,
    /// Whether any row could be read.
    any: bool,
}

impl Objects {
    pub(super) fn new(recipe: &Recipe, max_row_bytes: u64) -> Result<Self, Error> {
        let wanted = recipe.columns();
        Ok(Self {
            lines: Lines::new(usize::try_from(max_row_bytes).unwrap_or(usize::MAX)),
            row: JsonRow::new(),
            recipe: recipe.bind(&wanted)?,
            seen: vec![false; wanted.len()],
            wanted,
            rows: 0,
            any: false,
        })
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.lines.push(chunk.to_vec());
    }

    pub(super) const fn finish(&mut self) {
        self.lines.finish();
    }

    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> NextRequest {
        let (bytes, line, offset) = match self.lines.next() {
            NextLine::NeedBytes => return NextRequest::NeedBytes,
            NextLine::End => return self.end(),
            NextLine::TooLong { number, offset, length } => {
                self.rows += 1;
                let message = format!("the row has {length} bytes, more than are allowed");
                return NextRequest::Bad(BadRow { fault: Fault::TooLong, line: number, offset, message });
            }
            NextLine::Line { bytes, number, offset } => (bytes, number, offset),
        };
        self.rows += 1;
        if let Err(error) = self.row.read(bytes, &self.wanted) {
            return NextRequest::Bad(bad(&error, &self.wanted, bytes, line, offset));
        }
        self.any = true;
        for (column, seen) in self.seen.iter_mut().enumerate() {
            *seen |= self.row.has(column);
        }
        let value = |column| self.row.value_of(column);
        self.recipe.render(self.rows, value, out);
        let empty = empty_columns(&self.recipe, &self.wanted, value);
        NextRequest::Request(RowRequest { number: self.rows, line, offset, bytes: bytes.len() as u64, empty })
    }

    pub(super) fn again(&self, row: &[u8], id: &str, out: &mut Vec<u8>) -> bool {
        let mut values = JsonRow::new();
        let read = values.read(row, &self.wanted).is_ok();
        if read {
            self.recipe.render_as(id, |column| values.value_of(column), out);
        }
        read
    }

    /// The end, or before it the first wanted column that no row has had.
    fn end(&mut self) -> NextRequest {
        let unseen = self.wanted.iter().zip(&self.seen).find(|(_, seen)| !**seen);
        match unseen.filter(|_| self.any) {
            Some((name, _)) => {
                let message = unknown(name, self.row.names());
                NextRequest::Bad(BadRow { fault: Fault::UnknownColumn, line: 1, offset: 0, message })
            }
            None => NextRequest::End,
        }
    }
}

fn bad(error: &NoRow, wanted: &[String], bytes: &[u8], line: u64, offset: u64) -> BadRow {
    let (fault, at, message) = match error {
        NoRow::NotAnObject => (Fault::NotAnObject, 0, "a row is a JSON object, this is none".to_owned()),
        NoRow::Syntax(error) if core::str::from_utf8(bytes).is_err() => {
            (Fault::Encoding, error.offset, "the row is not UTF-8".to_owned())
        }
        NoRow::Halved(column, at) => {
            let name = wanted.get(*column).map_or("", String::as_str);
            let message = format!(
                "the column {name:?} holds half a character: an escape such as \\ud83d without its partner"
            );
            (Fault::Halved, *at, message)
        }
        NoRow::Syntax(error) => (Fault::Syntax, error.offset, error.to_string()),
    };
    BadRow { fault, line, offset: offset + at as u64, message }
}
