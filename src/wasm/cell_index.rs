//! A table in memory as JavaScript sees it: chunks in, any rows out, and the search over all of them.

use js_sys::{Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::texts::{marks, raw_texts};
use crate::rows::{self, Dialect, Header};

/// The cells of a table. Call `push` for each chunk, then `finish`; what is there can be asked for at any time.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CellIndex {
    cells: rows::CellIndex,
}

#[wasm_bindgen]
impl CellIndex {
    /// An index for cells between `delimiter`s; `quoting` as in CSV; `names` for a table without a header, none of them
    /// where the columns are numbered.
    #[wasm_bindgen(constructor)]
    pub fn new(delimiter: u8, quoting: bool, names: Option<Vec<String>>) -> Self {
        let header = match names {
            None => Header::First,
            Some(names) if names.is_empty() => Header::None,
            Some(names) => Header::Names(names),
        };
        Self { cells: rows::CellIndex::new(Dialect { delimiter, quoting }, header) }
    }

    /// An index of JSON objects, one a line.
    #[wasm_bindgen(js_name = ofObjects)]
    pub fn of_objects() -> Self {
        Self { cells: rows::CellIndex::of_objects() }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.cells.push(chunk);
    }

    /// Says that the table has ended.
    pub fn finish(&mut self) {
        self.cells.finish();
    }

    /// The names of the columns, once they are known.
    pub fn columns(&self) -> Option<Vec<String>> {
        self.cells.columns().map(<[String]>::to_vec)
    }

    /// How many rows there are.
    #[wasm_bindgen(js_name = rowCount)]
    pub fn row_count(&self) -> u32 {
        self.cells.row_count()
    }

    /// Rows with too many or too few cells.
    pub fn ragged(&self) -> Uint32Array {
        Uint32Array::from(self.cells.ragged())
    }

    /// How many rows are not UTF-8.
    #[wasm_bindgen(js_name = notUtf8)]
    pub fn not_utf8(&self) -> u32 {
        self.cells.not_utf8()
    }

    /// The cells of these columns in these rows, row by row; of each the first `most` characters.
    #[wasm_bindgen(unchecked_return_type = "RawTexts")]
    pub fn texts(&self, rows: &[u32], columns: &[u32], most: Option<u32>) -> JsValue {
        let cells = rows.iter().flat_map(|row| columns.iter().map(|column| self.cells.cell(*row, *column)));
        raw_texts(cells, most)
    }

    /// A mark for each row: 1 where a cell holds `words`.
    pub fn find(&mut self, words: &str) -> Uint8Array {
        marks(self.cells.row_count(), |hit| self.cells.find(words, hit))
    }

    /// What a column's values are like: how many are empty, the bytes of the longest, how many are different and 1, or
    /// 0 where that is not known; then the first rows that have one, `most` of them.
    pub fn facts(&self, column: u32, most: u32) -> Uint32Array {
        let facts = self.cells.facts(column, most as usize);
        let mut flat = vec![facts.empty, facts.longest, facts.distinct.map_or(0, |distinct| distinct + 1)];
        flat.extend(facts.first);
        Uint32Array::from(flat.as_slice())
    }

    /// These rows as CSV without a header, every cell in quotes.
    pub fn csv(&self, rows: &[u32]) -> Uint8Array {
        let mut out = Vec::new();
        for row in rows {
            self.cells.push_csv(*row, &mut out);
        }
        Uint8Array::from(out.as_slice())
    }

    /// How many lines each of these rows takes in that CSV.
    #[wasm_bindgen(js_name = csvLines)]
    pub fn csv_lines(&self, rows: &[u32]) -> Uint32Array {
        let lines: Vec<u32> = rows.iter().map(|row| self.cells.csv_lines(*row)).collect();
        Uint32Array::from(lines.as_slice())
    }

    /// The row that stands on this line of the table, counted from 1.
    #[wasm_bindgen(js_name = rowAt)]
    pub fn row_at(&self, line: u32) -> Option<u32> {
        self.cells.row_at(line)
    }
}
