//! A record under another id: the line again with `custom_id` replaced, and everything else where it then stands.

use super::fields::{Fields, Span, Text};
use super::reader::Record;
use crate::json::push_escaped;

/// Room for one such record.
#[derive(Debug, Default)]
pub struct Renamed {
    line: Vec<u8>,
    fields: Fields,
}

impl Renamed {
    /// `record` as if its request were called `id`.
    pub fn rename(&mut self, record: &Record<'_>, id: &str) -> Record<'_> {
        let old = record.fields.custom_id;
        let (start, end) = (old.start as usize, (old.start + old.len) as usize);
        self.line.clear();
        self.line.extend_from_slice(record.line.get(..start).unwrap_or_default());
        push_escaped(&mut self.line, id);
        let new_end = self.line.len();
        self.line.extend_from_slice(record.line.get(end..).unwrap_or_default());
        let written = self.line.get(start..new_end).unwrap_or_default();
        let custom_id =
            Text { start: old.start, len: written.len() as u32, escaped: written.contains(&b'\\') };
        self.fields = record.fields.clone();
        let shift = Shift { behind: old.start + old.len, by: new_end.wrapping_sub(end) as u32 };
        shift.all(&mut self.fields);
        self.fields.custom_id = custom_id;
        Record {
            line: &self.line,
            number: record.number,
            offset: record.offset,
            start: 0,
            fields: &self.fields,
            fit: None,
        }
    }
}

/// What lies behind a byte moves.
#[derive(Clone, Copy)]
struct Shift {
    behind: u32,
    /// To the left where it wraps.
    by: u32,
}

impl Shift {
    fn all(self, fields: &mut Fields) {
        fields.spans_mut().for_each(|Span { start, .. }| self.one(start));
        fields.strings_mut().for_each(|Text { start, .. }| self.one(start));
    }

    const fn one(self, start: &mut u32) {
        if *start >= self.behind {
            *start = start.wrapping_add(self.by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Next, Reader};
    use super::*;
    use proptest::prelude::*;

    const RESULTS: [&str; 3] = [
        r#"{"type":"succeeded","message":{"model":"m","content":[{"type":"text","text":"a\nb"},{"type":"text","text":"é"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}}"#,
        r#"{"type":"errored","error":{"type":"error","error":{"type":"api_error","message":"no","details":{"error_code":"c"}},"request_id":"r"}}"#,
        r#"{"type":"expired"}"#,
    ];

    fn read<T>(line: &str, look: impl FnOnce(Record<'_>) -> T) -> T {
        let mut reader = Reader::new(1 << 20);
        reader.push(line.as_bytes());
        reader.finish();
        let Next::Record(record) = reader.next() else { panic!("no record: {line}") };
        look(record)
    }

    proptest! {
        #[test]
        fn a_renamed_record_is_the_record_of_the_renamed_line(
            from in ".{0,20}", to in ".{0,20}", kind in 0..3usize, id_first: bool, more in "[a-z]{0,3}",
        ) {
            let line = |id: &str| {
                let mut written = Vec::new();
                crate::json::push_string(&mut written, id);
                let id = format!(r#""custom_id" : {}"#, String::from_utf8(written).unwrap());
                let result = format!(r#""result":{},"{more}x":[1,"custom_id"]"#, RESULTS[kind]);
                if id_first { format!("{{{id},{result}}}") } else { format!("{{{result}, {id}}}") }
            };
            read(&line(&to), |want| read(&line(&from), |record| {
                let mut room = Renamed::default();
                let got = room.rename(&record, &to);
                assert_eq!(core::str::from_utf8(got.line), core::str::from_utf8(want.line));
                assert_eq!(got.fields, want.fields);
                let (mut a, mut b) = (Block::default(), Block::default());
                assert!(a.push(&got).is_ok() && b.push(&want).is_ok() && a == b);
            }));
        }
    }
}
