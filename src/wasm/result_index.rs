//! A results file in memory as JavaScript sees it: chunks in, columns and texts out, and the search over all of them.

use js_sys::{Float64Array, Object, Reflect, Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::texts::{marks, raw_texts};
use crate::index::{Names, Results};
use crate::texts::Texts;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Columns of results; see `js/result-index.ts`. */
export interface RawResultColumns {
  starts: Float64Array<ArrayBuffer>;
  lengths: Uint32Array<ArrayBuffer>;
  inputTokens: Uint32Array<ArrayBuffer>;
  outputTokens: Uint32Array<ArrayBuffer>;
  cost: Float64Array<ArrayBuffer>;
  forms: Uint8Array<ArrayBuffer>;
  types: Uint16Array<ArrayBuffer>;
  stops: Uint16Array<ArrayBuffer>;
  errors: Uint16Array<ArrayBuffer>;
  labels: Uint16Array<ArrayBuffer> | undefined;
}
";

/// The results of a file. Call `push` for each chunk, then `finish`; what is there can be asked for at any time.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct ResultIndex {
    results: Results,
}

#[wasm_bindgen]
impl ResultIndex {
    /// An index of a file that has not come yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &Uint8Array) {
        self.results.push_with(chunk.length() as usize, |space| chunk.copy_to(space));
    }

    /// Says that the file has ended.
    pub fn finish(&mut self) {
        self.results.finish();
    }

    /// How many results there are.
    pub fn count(&self) -> u32 {
        self.results.len()
    }

    /// Lines that are no result.
    #[wasm_bindgen(js_name = badLines)]
    pub fn bad_lines(&self) -> u32 {
        self.results.bad_lines()
    }

    /// The columns of all results from `first` on.
    #[wasm_bindgen(unchecked_return_type = "RawResultColumns")]
    pub fn columns(&self, first: u32) -> JsValue {
        let Results { numbers, types, stops, errors, labels, .. } = &self.results;
        let first = first as usize;
        let words = |column: &[u32]| Uint32Array::from(behind(column, first)).into();
        let doubles = |column: &[f64]| Float64Array::from(behind(column, first)).into();
        let names = |names: &Names| JsValue::from(Uint16Array::from(behind(names.numbers(), first)));
        let out = Object::new();
        let fields: [(&str, JsValue); 10] = [
            ("starts", doubles(&numbers.starts)),
            ("lengths", words(&numbers.lengths)),
            ("inputTokens", words(&numbers.input)),
            ("outputTokens", words(&numbers.output)),
            ("cost", doubles(&numbers.cost)),
            ("forms", Uint8Array::from(behind(&numbers.forms, first)).into()),
            ("types", names(types)),
            ("stops", names(stops)),
            ("errors", names(errors)),
            ("labels", labels.as_ref().map_or(JsValue::UNDEFINED, names)),
        ];
        for (name, value) in fields {
            // A fresh plain object takes every property.
            let _ = Reflect::set(&out, &name.into(), &value);
        }
        out.into()
    }

    /// The texts that a column of names has numbers for: of `types`, `stops`, `errors` or `labels`.
    pub fn names(&self, column: &str) -> Vec<String> {
        let names = match column {
            "types" => Some(&self.results.types),
            "stops" => Some(&self.results.stops),
            "errors" => Some(&self.results.errors),
            _ => self.results.labels.as_ref(),
        };
        names.map(|names| names.all().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Ids of `count` results from `first` on.
    #[wasm_bindgen(unchecked_return_type = "RawTexts")]
    pub fn ids(&self, first: u32, count: u32) -> JsValue {
        let numbers: Vec<u32> = (first..first.saturating_add(count)).collect();
        of(&self.results.ids, &numbers, None)
    }

    /// Texts of these results, of each the first `most` characters.
    #[wasm_bindgen(unchecked_return_type = "RawTexts")]
    pub fn texts(&self, results: &[u32], most: Option<u32>) -> JsValue {
        of(&self.results.texts, results, most)
    }

    /// A mark for each result: 1 where its text holds `words`.
    pub fn find(&mut self, words: &str) -> Uint8Array {
        marks(self.results.len(), |hit| self.results.find(words, hit))
    }
}

fn of(texts: &Texts, numbers: &[u32], most: Option<u32>) -> JsValue {
    raw_texts(numbers.iter().map(|number| texts.get(*number).unwrap_or_default()), most)
}

fn behind<T>(column: &[T], first: usize) -> &[T] {
    column.get(first..).unwrap_or_default()
}
