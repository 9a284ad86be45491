//! A table becomes requests.
//!
//! CSV, TSV and JSONL arrive as bytes in any cutting; a [`Recipe`] of templates and fixed parameters turns each row
//! into the bytes of one request, written directly and never as a tree. The room knows no parts, no prices and not
//! what makes a request valid; a bad row is a value, and the reading goes on behind it. Start with [`Table`].
//!
//! **Invariant:** the same bytes give the same requests, lines and offsets however they are cut, and
//! [`Table::again`] gives the same request as the first reading.

mod bad_row;
mod cells;
mod csv;
mod index;
mod intake;
mod json_row;
mod lines;
mod objects;
mod recipe;
mod table;
mod template;

pub use bad_row::{BadRow, Fault};
pub use cells::Header;
pub use csv::{CsvReader, Dialect, NextRow, Row};
pub use index::{CellIndex, ColumnFacts};
pub use lines::{Lines, NextLine};
pub use recipe::{BoundRecipe, Recipe, RecipeOptions};
pub use table::{Format, NextRequest, RowRequest, Table};
pub use template::{Bound, Template};
