//! One line of results against a second reader of JSON: the same verdict, the same fields.

use batchwise::json::{Scanner, SyntaxError};
use batchwise::jsonl::{Next, Reader, Span, Text};
use batchwise::wire::Outcome;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

pub fn run(data: &[u8]) {
    let scanned = scan(data);
    // Text first: JSON is UTF-8, and serde_json does not look into strings that it ignores.
    let text = std::str::from_utf8(data);
    let valid = text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    assert_eq!(scanned.is_ok(), valid, "the verdicts differ: {scanned:?}");
    if let Err(error) = scanned {
        assert!(error.offset <= data.len(), "the place is outside of the text");
    }
    let Ok(line) = text else { return };
    // A tree has no room for half a surrogate pair, 1e400 or the deepest nesting; those were judged above.
    let Ok(tree) = serde_json::from_str::<Value>(line) else { return };
    if !line.contains('\n') && !line.starts_with('\u{FEFF}') && !line.trim().is_empty() {
        assert_eq!(fields(line).ok(), by_tree(&tree), "the fields differ");
    }
}

fn scan(bytes: &[u8]) -> Result<(), SyntaxError> {
    let mut scanner = Scanner::new(bytes)?;
    while scanner.step()?.is_some() {}
    Ok(())
}

/// The fields of one line as JSON, or the reason why it is bad.
pub fn fields(line: &str) -> Result<Value, String> {
    let mut reader = Reader::new(1 << 20);
    reader.push(line.as_bytes());
    reader.finish();
    match reader.next() {
        Next::BadLine(bad) => Err(bad.reason),
        Next::Record(record) => {
            let fields = record.fields;
            let string = |text: Option<Text>| text.map(|text| record.text(text).into_owned());
            let span = |span: Option<Span>| {
                span.map(|span| serde_json::from_slice::<Value>(span.of(record.line)).unwrap())
            };
            Ok(json!({
                "id": record.custom_id(),
                "type": record.text(fields.result_type),
                "outcome": fields.outcome.as_str(),
                "text": record.answer(),
                "model": string(fields.model),
                "stop": string(fields.stop_reason),
                "message": span(fields.message),
                "usage": span(fields.usage_span),
                "input": fields.usage.as_ref().map(|usage| usage.input),
                "error": [
                    string(fields.error_type),
                    string(fields.error_message),
                    string(fields.error_code),
                    string(fields.error_request_id),
                ],
            }))
        }
        other => panic!("one line, one answer: {other:?}"),
    }
}

/// The same by the rules of JavaScript, from the parsed tree.
pub fn by_tree(line: &Value) -> Option<Value> {
    let id = line.get("custom_id")?.as_str()?;
    let result = line.get("result")?.as_object()?;
    let kind = result.get("type")?.as_str()?;
    let message = result.get("message").filter(|message| message.is_object());
    let of_message = |key: &str| message.and_then(|message| message.get(key));
    let usage = of_message("usage").filter(|usage| usage.is_object());
    let blocks = of_message("content").and_then(Value::as_array).cloned().unwrap_or_default();
    let text: String = blocks
        .iter()
        .filter(|block| block.get("type") == Some(&json!("text")))
        .filter_map(|block| block.get("text")?.as_str())
        .collect();
    let outer = result.get("error").filter(|error| error.is_object());
    let inner = outer.and_then(|error| error.get("error")).filter(|error| error.is_object());
    let string = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_string);
    let of_inner = |key: &str| string(inner.and_then(|error| error.get(key)));
    let input = usage.map(|usage| usage.get("input_tokens").and_then(Value::as_u64).unwrap_or(0));
    Some(json!({
        "id": id,
        "type": kind,
        "outcome": Outcome::parse(kind).as_str(),
        "text": text,
        "model": string(of_message("model")),
        "stop": string(of_message("stop_reason")),
        "message": message,
        "usage": usage,
        "input": input,
        "error": [
            of_inner("type"),
            of_inner("message"),
            string(inner.and_then(|error| error.get("details")?.get("error_code"))),
            string(outer.and_then(|error| error.get("request_id"))),
        ],
    }))
}
