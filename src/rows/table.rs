//! A table, in whatever form, becomes requests.

use super::bad_row::{BadRow, Fault};
use super::cells::{Cells, Header};
use super::csv::Dialect;
use super::objects::Objects;
use super::recipe::{BoundRecipe, Recipe};
use crate::error::Error;

/// How the bytes of a table are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rows of cells.
    Csv {
        /// Delimiter and quotes.
        dialect: Dialect,
        /// Where the names of the columns come from.
        header: Header,
    },
    /// One JSON object a line.
    Jsonl,
}

/// Reads a table from bytes cut anywhere and renders each row's request.
#[derive(Debug)]
pub struct Table {
    source: Source,
    /// Set when the table turned out to lack a column: nothing of it can be used.
    dead: bool,
}

#[derive(Debug)]
enum Source {
    Cells(Box<Cells>),
    Objects(Box<Objects>),
}

/// What [`Table::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum NextRequest {
    /// Nothing more without more bytes.
    NeedBytes,
    /// A request was appended to the output.
    Request(RowRequest),
    /// A row that cannot become a request.
    Bad(BadRow),
    /// Every row has been answered.
    End,
}

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRequest {
    /// Number of the row, from 1; bad rows count, the header does not.
    pub number: u64,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The row's first byte in the source.
    pub offset: u64,
    /// The row's length in bytes.
    pub bytes: u64,
    /// Columns that a template uses and that are empty in this row.
    pub empty: Vec<String>,
}

impl Table {
    /// A table that has seen nothing; rows of more than `max_row_bytes` are passed over.
    ///
    /// # Errors
    /// `template/unknown-column` when names that the caller gives lack one.
    pub fn new(recipe: Recipe, format: Format, max_row_bytes: u64) -> Result<Self, Error> {
        let source = match format {
            Format::Csv { dialect, header } => {
                Source::Cells(Box::new(Cells::new(recipe, dialect, header, max_row_bytes)?))
            }
            Format::Jsonl => Source::Objects(Box::new(Objects::new(&recipe, max_row_bytes)?)),
        };
        Ok(Self { source, dead: false })
    }

    /// Takes the next bytes of the source, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        match &mut self.source {
            _ if self.dead => {}
            Source::Cells(cells) => cells.push(chunk),
            Source::Objects(objects) => objects.push(chunk),
        }
    }

    /// Says that the source has ended.
    pub const fn finish(&mut self) {
        match &mut self.source {
            Source::Cells(cells) => cells.finish(),
            Source::Objects(objects) => objects.finish(),
        }
    }

    /// The next row, its request appended to `out`. Call it until it needs bytes.
    pub fn next(&mut self, out: &mut Vec<u8>) -> NextRequest {
        if self.dead {
            return NextRequest::End;
        }
        let next = match &mut self.source {
            Source::Cells(cells) => cells.next(out),
            Source::Objects(objects) => objects.next(out),
        };
        self.dead = matches!(&next, NextRequest::Bad(bad) if bad.fault == Fault::UnknownColumn);
        next
    }

    /// Appends the request of one row again, from the row's own bytes and the id it has; answers whether it could.
    ///
    /// # Contract
    /// The table has answered a request before, so that it knows its header.
    pub fn again(&self, row: &[u8], id: &str, out: &mut Vec<u8>) -> bool {
        match &self.source {
            Source::Cells(cells) => cells.again(row, id, out),
            Source::Objects(objects) => objects.again(row, id, out),
        }
    }
}

/// Columns that a template uses and whose value is nothing but white space, each once.
pub(super) fn empty_columns<'r>(
    recipe: &BoundRecipe,
    names: &[String],
    cell: impl Fn(usize) -> &'r str,
) -> Vec<String> {
    let mut empty: Vec<String> = Vec::new();
    for column in recipe.template_columns().filter(|&column| cell(column).trim().is_empty()) {
        if let Some(name) = names.get(column).filter(|name| !empty.contains(name)) {
            empty.push(name.clone());
        }
    }
    empty
}
