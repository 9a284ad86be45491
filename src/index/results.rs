//! A results file as columns.

use super::names::Names;
use crate::cost::row_cost;
use crate::json::Scanner;
use crate::jsonl::{DEFAULT_MAX_LINE_BYTES, Next, Reader, Record};
use crate::texts::{Search, Texts};
use crate::wire::Outcome;

/// The results of a file, by number, from 0, in the order of their lines.
#[derive(Debug)]
pub struct Results {
    reader: Reader,
    /// Ids, as the file has them.
    pub ids: Texts,
    /// Answers; for a request that failed the error's message.
    pub texts: Texts,
    /// `result.type`, whatever the API calls it.
    pub types: Names,
    /// `stop_reason` of answers.
    pub stops: Names,
    /// Types of errors.
    pub errors: Names,
    /// Answers themselves, while all are so short and so few that they are labels; `None` once they are not.
    pub labels: Option<Names>,
    /// What is a number.
    pub numbers: Numbers,
    bad_lines: u32,
    search: Search,
}

/// Columns of numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// The first byte of the line in the file.
    pub starts: Vec<f64>,
    /// Bytes of the line, without its end.
    pub lengths: Vec<u32>,
    /// Tokens in: those written to and read from a cache too.
    pub input: Vec<u32>,
    /// Tokens out.
    pub output: Vec<u32>,
    /// USD at batch prices; not a number where a model's price is not known, 0 where nothing was answered.
    pub cost: Vec<f64>,
    /// What kind of text it is: 0 nothing but white space, 1 words, 2 JSON throughout.
    pub forms: Vec<u8>,
}

/// Characters of a label, and how many there may be.
const LONGEST_LABEL: usize = 40;
const MOST_LABELS: usize = 50;

impl Default for Results {
    fn default() -> Self {
        Self {
            reader: Reader::new(DEFAULT_MAX_LINE_BYTES),
            ids: Texts::default(),
            texts: Texts::default(),
            types: Names::default(),
            stops: Names::default(),
            errors: Names::default(),
            labels: Some(Names::default()),
            numbers: Numbers::default(),
            bad_lines: 0,
            search: Search::default(),
        }
    }
}

impl Results {
    /// Takes the next `len` bytes of the file, cut anywhere: `fill` must write the whole slice.
    pub fn push_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) {
        self.reader.push_with(len, fill);
        self.read();
    }

    /// Says that the file has ended.
    pub fn finish(&mut self) {
        self.reader.finish();
        self.read();
    }

    /// How many results there are.
    pub fn len(&self) -> u32 {
        self.ids.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Lines that are no result. They are passed over.
    pub const fn bad_lines(&self) -> u32 {
        self.bad_lines
    }

    /// Calls `hit` with the number of each result whose text holds `words`, in order, each once.
    pub fn find(&mut self, words: &str, hit: impl FnMut(u32)) {
        self.search.find(&self.texts, words, hit);
    }

    fn read(&mut self) {
        // The reader is lent out while a record of it is looked at.
        let mut reader = core::mem::replace(&mut self.reader, Reader::new(0));
        loop {
            match reader.next() {
                Next::NeedBytes | Next::End => break,
                Next::BadLine(_) => self.bad_lines += 1,
                Next::Record(record) => self.take(&record),
            }
        }
        self.reader = reader;
    }

    fn take(&mut self, record: &Record<'_>) {
        let fields = record.fields;
        let text = |text: Option<_>| text.map(|text| record.text(text)).unwrap_or_default();
        self.ids.push(&record.custom_id());
        self.types.push(&record.text(fields.result_type));
        self.stops.push(&text(fields.stop_reason));
        self.errors.push(&text(fields.error_type));
        let is_answer = fields.outcome == Outcome::Succeeded;
        let said = if is_answer { record.answer() } else { text(fields.error_message) };
        self.label(is_answer.then_some(&*said));
        self.texts.push(&said);

        let numbers = &mut self.numbers;
        numbers.starts.push(record.offset as f64);
        numbers.lengths.push(record.line.len() as u32);
        numbers.forms.push(if said.trim().is_empty() { 0 } else { 1 + u8::from(is_json(&said)) });
        let usage = fields.usage.as_ref().filter(|_| is_answer);
        let input = usage
            .map_or(0, |usage| usage.input + usage.cache_write_5m + usage.cache_write_1h + usage.cache_read);
        numbers.input.push(input as u32);
        numbers.output.push(usage.map_or(0, |usage| usage.output) as u32);
        let cost = usage.map(|usage| row_cost(&text(fields.model), usage));
        numbers.cost.push(cost.map_or(0.0, |cost| cost.unwrap_or(f64::NAN)));
    }

    fn label(&mut self, answer: Option<&str>) {
        let label = answer.unwrap_or_default().trim();
        if label.len() > 4 * LONGEST_LABEL || label.chars().count() > LONGEST_LABEL {
            self.labels = None;
        }
        let Some(labels) = &mut self.labels else { return };
        labels.push(label);
        if labels.all().count() > MOST_LABELS + 1 {
            self.labels = None;
        }
    }
}

fn is_json(text: &str) -> bool {
    // Most answers that are none begin as none.
    let start = text.trim_start().bytes().next().unwrap_or_default();
    if !matches!(start, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') {
        return false;
    }
    let Ok(mut scanner) = Scanner::new(text.as_bytes()) else { return false };
    loop {
        match scanner.step() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
