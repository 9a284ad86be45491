//! Results in as chunks, out as columnar blocks: one call a chunk, never one a row.

use js_sys::{Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::jsonl::{self, BadLine, Block, Next};
use crate::wire::Outcome;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Rows as three flat tables; `js/block.ts` knows their layout. */
export interface RawBlock {
  count: number;
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  numbers: Float64Array<ArrayBuffer>;
}
/** A line that is no result. */
export interface RawBadLine { line: number; offset: number; length: number; reason: string; sample: string }
";

/// No engine makes a string longer than this, so a longer line could never be parsed.
const LONGEST_STRING: usize = 1 << 29;

/// Reads a results file.
///
/// Call `push`, then `take_block` and `take_bad_lines`; at the end of the stream `finish`, then both once more.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reader {
    reader: jsonl::Reader,
    block: Block,
    bad_lines: Vec<BadLine>,
    outcomes: [u32; Outcome::ALL.len()],
}

#[wasm_bindgen]
impl Reader {
    /// A reader for lines of up to `max_line_bytes`; longer ones are bad.
    #[wasm_bindgen(constructor)]
    pub fn new(max_line_bytes: Option<u32>) -> Self {
        let max = max_line_bytes.map_or(jsonl::DEFAULT_MAX_LINE_BYTES, |max| max as usize);
        Self {
            reader: jsonl::Reader::new(max.min(LONGEST_STRING)),
            block: Block::default(),
            bad_lines: Vec::new(),
            outcomes: Default::default(),
        }
    }

    /// Takes the next bytes and reads the lines that end in them.
    ///
    /// # Errors
    /// When a block overflows, which takes two gigabytes without a call of `take_block`.
    pub fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsError> {
        self.reader.push_with(chunk.length() as usize, |space| chunk.copy_to(space));
        self.drain()
    }

    /// Tells that the stream has ended and reads what is left.
    ///
    /// # Errors
    /// As `push`.
    pub fn finish(&mut self) -> Result<(), JsError> {
        self.reader.finish();
        self.drain()
    }

    /// The rows read since the last call; `undefined` when there are none.
    #[wasm_bindgen(unchecked_return_type = "RawBlock | undefined")]
    pub fn take_block(&mut self) -> JsValue {
        if self.block.is_empty() {
            return JsValue::UNDEFINED;
        }
        let taken = raw_block(&self.block);
        self.block.clear();
        taken
    }

    /// The bad lines met since the last call.
    ///
    /// # Errors
    /// Never in practice: numbers and strings always cross.
    #[wasm_bindgen(unchecked_return_type = "RawBadLine[]")]
    pub fn take_bad_lines(&mut self) -> Result<JsValue, JsError> {
        Ok(serde_wasm_bindgen::to_value(&core::mem::take(&mut self.bad_lines))?)
    }

    /// Rows so far by outcome, in the order of `ResultBlock.OUTCOMES`.
    pub fn outcomes(&self) -> Vec<u32> {
        self.outcomes.to_vec()
    }

    fn drain(&mut self) -> Result<(), JsError> {
        loop {
            match self.reader.next() {
                Next::NeedBytes | Next::End => return Ok(()),
                Next::BadLine(bad) => self.bad_lines.push(bad),
                Next::Record(record) => {
                    self.block.push(&record)?;
                    if let Some(count) = self.outcomes.get_mut(record.fields.outcome as usize) {
                        *count += 1;
                    }
                }
            }
        }
    }
}

/// A block's tables, copied out once: a [`TYPES`] `RawBlock`.
pub(crate) fn raw_block(block: &Block) -> JsValue {
    let [rows, texts] = block.words();
    let (behind_rows, behind_texts) = (rows.len() as u32, (rows.len() + texts.len()) as u32);
    let words = Uint32Array::new_with_length(behind_texts);
    words.subarray(0, behind_rows).copy_from(rows);
    words.subarray(behind_rows, behind_texts).copy_from(texts);

    let count = block.len() as u32;
    let numbers = Float64Array::new_with_length(count * jsonl::layout::COLUMNS as u32);
    for (at, column) in (0_u32..).zip(block.numbers()) {
        numbers.subarray(at * count, (at + 1) * count).copy_from(column);
    }

    let out = Object::new();
    let fields: [(&str, JsValue); 4] = [
        ("count", count.into()),
        ("bytes", Uint8Array::from(block.bytes()).into()),
        ("words", words.into()),
        ("numbers", numbers.into()),
    ];
    for (name, value) in fields {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&out, &name.into(), &value);
    }
    out.into()
}
