//! A table's cells for whoever wants to see them: chunks in, flat tables of cells out.

use js_sys::{Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::rows::{CsvReader, Dialect, NextRow};

/// Reads the cells of a CSV or TSV file, exactly as planning reads them.
///
/// Call `push`, then the three `take` methods; at the end `finish`, then those once more.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CellReader {
    reader: CsvReader,
    text: Vec<u8>,
    ends: Vec<u32>,
    counts: Vec<u32>,
}

#[wasm_bindgen]
impl CellReader {
    /// A reader for cells between `delimiter`s; `quoting` as in CSV.
    #[wasm_bindgen(constructor)]
    pub fn new(delimiter: u8, quoting: bool) -> Self {
        let reader = CsvReader::new(Dialect { delimiter, quoting }, u64::MAX);
        Self { reader, text: Vec::new(), ends: Vec::new(), counts: Vec::new() }
    }

    /// Takes the next bytes and reads the rows that end in them.
    pub fn push(&mut self, chunk: &Uint8Array) {
        self.reader.push(&chunk.to_vec());
        self.drain();
    }

    /// Says that the file has ended and reads what is left.
    pub fn finish(&mut self) {
        self.reader.finish();
        self.drain();
    }

    /// The text of all cells read since, one after the other.
    #[wasm_bindgen(js_name = takeText)]
    pub fn take_text(&mut self) -> Uint8Array {
        taken(&mut self.text, |text| Uint8Array::from(text))
    }

    /// Per cell, where it ends in the text.
    #[wasm_bindgen(js_name = takeEnds)]
    pub fn take_ends(&mut self) -> Uint32Array {
        taken(&mut self.ends, |ends| Uint32Array::from(ends))
    }

    /// Per row, how many cells it has; 0 for a row that cannot be read.
    #[wasm_bindgen(js_name = takeCounts)]
    pub fn take_counts(&mut self) -> Uint32Array {
        taken(&mut self.counts, |counts| Uint32Array::from(counts))
    }

    fn drain(&mut self) {
        loop {
            match self.reader.next() {
                NextRow::NeedBytes | NextRow::End => return,
                NextRow::Bad(_) => self.counts.push(0),
                NextRow::Row(row) => {
                    self.counts.push(row.len() as u32);
                    for cell in row.cells() {
                        self.text.extend_from_slice(cell.as_bytes());
                        self.ends.push(self.text.len() as u32);
                    }
                }
            }
        }
    }
}

/// What `values` holds, in JavaScript's memory; `values` keeps its room for the next chunk.
fn taken<T, J>(values: &mut Vec<T>, copy: impl FnOnce(&[T]) -> J) -> J {
    let copied = copy(values);
    values.clear();
    copied
}
