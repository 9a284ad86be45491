//! Results in as chunks, out as columnar blocks: one call a chunk, never one a row.

use js_sys::{Array, Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::fault::thrown;
use super::usage::UsageTotals;
use crate::cost::Tally;
use crate::error::{Error, ErrorCode};
use crate::jsonl::{self, BadLine, Block, Next, Values};
use crate::wire::Outcome;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Rows as three flat tables; `js/rawblock.ts` knows their layout. */
export interface RawBlock {
  count: number;
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  numbers: Float64Array<ArrayBuffer>;
  strings: Uint8Array<ArrayBuffer>;
  pages: Uint32Array<ArrayBuffer>;
}
/** What rows of one shape have in common: a line with nothing in its slots, and which of its values those are. */
export interface RawShape { shape: number; line: string; keys: number; slots: Uint32Array<ArrayBuffer> }
/** What a file came to. */
export interface RawTotals {
  records: number;
  outcomes: { succeeded: number; errored: number; canceled: number; expired: number; unknown: number };
  usage: RawUsage;
  /** USD; null where a model has no known price. */
  cost: number | null;
}
/** A line that is no result. */
export interface RawBadLine { line: number; offset: number; length: number; sha256: string; reason: string; sample: string }
";

/// No engine makes a string longer than this, so a longer line could never be parsed.
const LONGEST_STRING: usize = 1 << 29;

/// Reads a results file.
///
/// Call `push`, then `take_block` and `take_bad_lines`; at the end of the stream `finish`, then both once more.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reader {
    lines: jsonl::Reader,
    rows: Rows,
    view: [u32; 8],
    bad_lines: Vec<BadLine>,
    outcomes: [u32; Outcome::ALL.len()],
    usage: Tally,
}

/// What becomes of rows.
#[derive(Debug)]
enum Rows {
    Counted,
    Block(Block),
    Values(Values),
}

/// What a file came to, as it crosses.
#[derive(Serialize)]
struct Totals {
    records: f64,
    outcomes: Outcomes,
    usage: UsageTotals,
    cost: Option<f64>,
}

#[derive(Serialize)]
struct Outcomes {
    succeeded: u32,
    errored: u32,
    canceled: u32,
    expired: u32,
    unknown: u32,
}

#[wasm_bindgen]
impl Reader {
    /// A reader for lines of up to `max_line_bytes`; longer ones are bad.
    #[wasm_bindgen(constructor)]
    pub fn new(max_line_bytes: Option<u32>) -> Self {
        let max = max_line_bytes.map_or(jsonl::DEFAULT_MAX_LINE_BYTES, |max| max as usize);
        Self {
            lines: jsonl::Reader::new(max.min(LONGEST_STRING)),
            rows: Rows::Block(Block::default()),
            view: [0; 8],
            bad_lines: Vec::new(),
            outcomes: Default::default(),
            usage: Tally::default(),
        }
    }

    /// From now on rows are counted and not kept.
    pub fn count_only(&mut self) {
        self.rows = Rows::Counted;
    }

    /// From now on rows are told as what differs in them, in this memory: see `view`. There are no totals then.
    pub fn values_only(&mut self) {
        self.rows = Rows::Values(Values::default());
        self.lines.slots_only();
    }

    /// Takes the next bytes and reads the lines that end in them.
    ///
    /// # Errors
    /// When the rows of the last bytes were not taken: their lines would be written over.
    pub fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsValue> {
        self.begin()?;
        self.lines.push_with(chunk.length() as usize, |space| chunk.copy_to(space));
        self.drain();
        Ok(())
    }

    /// Tells that the stream has ended and reads what is left.
    ///
    /// # Errors
    /// As `push`.
    pub fn finish(&mut self) -> Result<(), JsValue> {
        self.begin()?;
        self.lines.finish();
        self.drain();
        Ok(())
    }

    /// The rows read since the last call; `undefined` when there are none.
    #[wasm_bindgen(unchecked_return_type = "RawBlock | undefined")]
    pub fn take_block(&mut self) -> JsValue {
        match &mut self.rows {
            Rows::Block(block) if !block.is_empty() => {
                let taken = raw_table(block, block.lines(self.lines.buffer()));
                block.clear();
                taken
            }
            _ => JsValue::UNDEFINED,
        }
    }

    /// Where eight words about the rows of the last push stand: how many rows, where the lines begin; where the words
    /// stand and how many there are; where the strings' bytes stand; where their pages stand and how many words those
    /// are; how many shapes there are to take. Good until the next push.
    pub fn view(&mut self) -> u32 {
        if let Rows::Values(values) = &self.rows {
            let at = |address: usize| address as u32;
            let (words, strings) = (values.words(), values.strings());
            self.view = [
                values.len(),
                at(self.lines.buffer().as_ptr().addr()),
                at(words.as_ptr().addr()),
                words.len() as u32,
                at(strings.bytes().as_ptr().addr()),
                at(strings.pages().as_ptr().addr()),
                strings.pages().len() as u32,
                values.shapes().len() as u32,
            ];
        }
        self.view.as_ptr().addr() as u32
    }

    /// The shapes that have come up since the last call.
    #[wasm_bindgen(unchecked_return_type = "RawShape[]")]
    pub fn take_shapes(&mut self) -> Array {
        let Rows::Values(values) = &mut self.rows else { return Array::new() };
        let shape = |(number, example): (u32, jsonl::Example)| {
            fresh(&[
                ("shape", number.into()),
                ("line", String::from_utf8_lossy(&example.line).as_ref().into()),
                ("keys", example.keys.into()),
                ("slots", Uint32Array::from(example.slots.as_slice()).into()),
            ])
        };
        values.take_shapes().into_iter().map(shape).collect()
    }

    /// The bad lines met since the last call; `undefined` when there are none.
    ///
    /// # Errors
    /// Never in practice: numbers and strings always cross.
    #[wasm_bindgen(unchecked_return_type = "RawBadLine[] | undefined")]
    pub fn take_bad_lines(&mut self) -> Result<JsValue, JsValue> {
        if self.bad_lines.is_empty() {
            return Ok(JsValue::UNDEFINED);
        }
        Ok(serde_wasm_bindgen::to_value(&core::mem::take(&mut self.bad_lines))?)
    }

    /// Rows so far.
    pub fn records(&self) -> f64 {
        self.lines.records() as f64
    }

    /// Bad lines so far.
    pub fn bad_lines(&self) -> f64 {
        self.lines.bad_lines() as f64
    }

    /// What the rows so far come to.
    ///
    /// # Errors
    /// Never in practice: numbers always cross.
    #[wasm_bindgen(unchecked_return_type = "RawTotals")]
    pub fn totals(&self) -> Result<JsValue, JsValue> {
        let [succeeded, errored, canceled, expired, unknown] = self.outcomes;
        let outcomes = Outcomes { succeeded, errored, canceled, expired, unknown };
        let sum = self.usage.sum();
        let totals =
            Totals { records: self.records(), outcomes, usage: UsageTotals::of(&sum), cost: sum.usd() };
        // `null` for a cost that nobody knows, as in all of the public API.
        Ok(totals.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
    }

    /// Makes ready for more.
    fn begin(&mut self) -> Result<(), JsValue> {
        match &mut self.rows {
            Rows::Values(values) => values.clear(),
            Rows::Block(block) if !block.is_empty() => {
                return Err(thrown(Error::new(ErrorCode::Bug, "rows were not taken")));
            }
            _ => {}
        }
        Ok(())
    }

    fn drain(&mut self) {
        loop {
            match self.lines.next() {
                Next::NeedBytes | Next::End => return,
                Next::BadLine(bad) => self.bad_lines.push(bad),
                Next::Record(record) => {
                    if let Rows::Values(values) = &mut self.rows {
                        values.push(&record);
                        continue;
                    }
                    if let Some(count) = self.outcomes.get_mut(record.fields.outcome as usize) {
                        *count += 1;
                    }
                    if let Some(usage) = &record.fields.usage {
                        let model = record.fields.model.map(|model| record.text(model)).unwrap_or_default();
                        self.usage.add(&model, usage);
                    }
                    if let Rows::Block(block) = &mut self.rows {
                        block.push_in_place(&record);
                    }
                }
            }
        }
    }
}

/// The tables of a block that holds its lines, copied out once: a [`TYPES`] `RawBlock`.
pub(crate) fn raw_block(block: &Block) -> JsValue {
    raw_table(block, block.bytes())
}

/// The same of a block whose lines stand elsewhere.
fn raw_table(block: &Block, lines: &[u8]) -> JsValue {
    // Put together here: for each call into JavaScript many rows are copied.
    let numbers: Vec<f64> = block.numbers().flatten().copied().collect();
    fresh(&[
        ("count", (block.len() as u32).into()),
        ("bytes", Uint8Array::from(lines).into()),
        ("words", Uint32Array::from(block.words().concat().as_slice()).into()),
        ("numbers", Float64Array::from(numbers.as_slice()).into()),
        ("strings", Uint8Array::from(block.strings().bytes()).into()),
        ("pages", Uint32Array::from(block.strings().pages()).into()),
    ])
}

/// A plain object with these properties.
fn fresh(fields: &[(&str, JsValue)]) -> JsValue {
    let out = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&out, &(*name).into(), value);
    }
    out.into()
}
