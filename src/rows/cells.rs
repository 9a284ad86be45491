//! Rows of cells under a header become requests.

use super::bad_row::{BadRow, Fault};
use super::csv::{CsvReader, Dialect, NextRow, Row};
use super::recipe::{BoundRecipe, Recipe};
use super::table::{NextRequest, RowRequest, empty_columns};
use crate::error::Error;

/// Where the names of the columns come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header {
    /// From the first row.
    First,
    /// From nowhere: columns are called `1`, `2` and so on.
    None,
    /// From the caller; the first row is data.
    Names(Vec<String>),
}

#[derive(Debug)]
pub(super) struct Cells {
    reader: CsvReader,
    dialect: Dialect,
    recipe: Recipe,
    header: Header,
    /// The recipe under the header, as soon as that is known.
    known: Option<(BoundRecipe, Vec<String>)>,
    /// Rows so far, bad ones too: a row's number does not depend on the health of others.
    rows: u64,
}

impl Cells {
    pub(super) fn new(recipe: Recipe, dialect: Dialect, header: Header, max: u64) -> Result<Self, Error> {
        let known = match &header {
            Header::Names(names) => Some((recipe.bind(names)?, names.clone())),
            Header::First | Header::None => None,
        };
        Ok(Self { reader: CsvReader::new(dialect, max), dialect, recipe, header, known, rows: 0 })
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.reader.push(chunk);
    }

    pub(super) const fn finish(&mut self) {
        self.reader.finish();
    }

    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> NextRequest {
        loop {
            let row = match self.reader.next() {
                NextRow::NeedBytes => return NextRequest::NeedBytes,
                NextRow::End => return NextRequest::End,
                NextRow::Bad(bad) => {
                    self.rows += 1;
                    return NextRequest::Bad(bad);
                }
                NextRow::Row(row) => row,
            };
            let Some((recipe, names)) = &self.known else {
                let names = names(&self.header, &row);
                match self.recipe.bind(&names) {
                    Ok(recipe) => self.known = Some((recipe, names)),
                    Err(error) => return bad(Fault::UnknownColumn, &row, error.message().to_owned()),
                }
                if self.header == Header::None {
                    let Some((recipe, names)) = &self.known else { continue };
                    self.rows += 1;
                    return request(recipe, names, self.rows, &row, out);
                }
                continue;
            };
            self.rows += 1;
            return request(recipe, names, self.rows, &row, out);
        }
    }

    pub(super) fn again(&self, row: &[u8], id: &str, out: &mut Vec<u8>) -> bool {
        let Some((recipe, _)) = &self.known else { return false };
        let mut reader = CsvReader::new(self.dialect, u64::MAX);
        reader.push(row);
        reader.finish();
        let NextRow::Row(row) = reader.next() else { return false };
        recipe.render_as(id, |column| row.cell(column).unwrap_or_default(), out);
        true
    }
}

fn request(
    recipe: &BoundRecipe,
    names: &[String],
    number: u64,
    row: &Row<'_>,
    out: &mut Vec<u8>,
) -> NextRequest {
    if row.len() != names.len() {
        return ragged(row, names.len());
    }
    let cell = |column: usize| row.cell(column).unwrap_or_default();
    recipe.render(number, cell, out);
    let &Row { line, offset, bytes, .. } = row;
    NextRequest::Request(RowRequest {
        number,
        line,
        offset,
        bytes,
        empty: empty_columns(recipe, names, cell),
    })
}

/// The names of the columns, by the header and the first row.
pub(super) fn names(header: &Header, first: &Row<'_>) -> Vec<String> {
    match header {
        Header::Names(names) => names.clone(),
        Header::First => first.cells().map(|cell| cell.trim().to_owned()).collect(),
        Header::None => (1..=first.len()).map(|number| number.to_string()).collect(),
    }
}

fn ragged(row: &Row<'_>, columns: usize) -> NextRequest {
    let (cells, lines) = (row.len(), row.lines);
    let s = if cells == 1 { "" } else { "s" };
    let quote =
        if lines > 1 { format!(", on {lines} lines: a quote may not be closed") } else { String::new() };
    bad(Fault::Ragged, row, format!("{cells} cell{s} where the header has {columns}{quote}"))
}

const fn bad(fault: Fault, row: &Row<'_>, message: String) -> NextRequest {
    NextRequest::Bad(BadRow { fault, line: row.line, offset: row.offset, message })
}
