//! What is read of a line is what JavaScript would see in it.

use std::fmt::Write as _;

use batchwise::jsonl::{Next, Reader};
use batchwise::wire::RowRetry;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fuzz::targets::scan::{by_tree, fields};

#[test]
fn lines_are_read_as_javascript_reads_them() {
    for line in [
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"model":"m","content":[{"type":"text","text":"4"}],"stop_reason":"end_turn","usage":{"input_tokens":20}}}}"#,
        // The id may come last, and an id inside a tool's input is not the row's.
        r#"{"result":{"type":"succeeded","message":{"content":[{"type":"tool_use","input":{"custom_id":"x","result":{"type":"errored"}}}]}},"custom_id":"a"}"#,
        // Several text blocks, other blocks between, a block whose type comes last.
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"1"},{"type":"thinking","thinking":"no","text":"no"},7,null,[{"type":"text","text":"no"}],{"citations":[{"type":"text","text":"no"}],"text":"2\u0041","type":"text"},{"type":"text","text":5},{"type":"text"}]}}}"#,
        // Repeated keys: the last one counts, and wipes what the first one said.
        r#"{"custom_id":"x","custom_id":"a","result":{"type":"errored","message":{"model":"x"},"error":{"error":{"type":"e"}}},"result":{"type":"expired"}}"#,
        r#"{"custom_id":"a","result":{"type":"x","type":"succeeded","message":{"model":"x","content":[{"type":"text","text":"x"}]},"message":{"stop_reason":"s"}}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x"}],"content":[{"type":"text","text":"a","text":"b","type":"image","type":"text"}],"usage":{"input_tokens":5},"usage":{"output_tokens":1},"model":"m","model":null}}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"usage":{"input_tokens":5},"usage":null,"content":[{"type":"text","text":"x"}],"content":null}}}"#,
        r#"{"custom_id":"a","result":{"type":"errored","error":{"request_id":"r","error":{"type":"x","message":"y","details":{"error_code":"c"},"details":{}},"error":{"message":"m"}}}}"#,
        r#"{"custom_id":"a","result":{"type":"errored","error":{"request_id":"r","error":{"type":"x"}},"error":null}}"#,
        // Keys and values written with escapes.
        r#"{"custom\u005fid":"\u0061","result":{"t\u0079pe":"succeed\u0065d","message":{"content":[{"type":"te\u0078t","text":"\ud83d\ude00\\\/\""}]}}}"#,
        // Names that mean something to JavaScript alone.
        r#"{"__proto__":{"custom_id":"x"},"custom_id":"__proto__","result":{"type":"constructor","__proto__":{"type":"x"}}}"#,
        // Other shapes than the API's.
        r#"{"custom_id":"","result":{"type":""}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":"text","error":[{"error":{"type":"x"}}]}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"content":{"type":"text","text":"x"},"model":1,"usage":[1]}}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"usage":{"input_tokens":-1}}}}"#,
        r#"{"custom_id":"a","result":{"type":"succeeded","message":{"usage":{"input_tokens":"5"}}}}"#,
        " {\t\"custom_id\" : \"a\" , \"result\" :\r{ \"type\" : \"canceled\" } } ",
    ] {
        let tree: Value = serde_json::from_str(line).unwrap();
        assert_eq!(fields(line).ok(), by_tree(&tree), "{line}");
        assert!(by_tree(&tree).is_some(), "{line}");
    }
}

#[test]
fn what_is_no_result_says_why() {
    for (line, reason) in [
        ("null", "not a JSON object"),
        ("[1,{}]", "not a JSON object"),
        ("{}", "no result: it has no custom_id that is a string"),
        (r#"{"custom_id":5,"result":{"type":"x"}}"#, "no result: it has no custom_id that is a string"),
        (
            r#"{"custom_id":"a","custom_id":{},"result":{}}"#,
            "no result: it has no custom_id that is a string",
        ),
        (r#"{"custom_id":"a"}"#, "no result: it has no result that is an object"),
        (r#"{"custom_id":"a","result":[{"type":"x"}]}"#, "no result: it has no result that is an object"),
        (
            r#"{"custom_id":"a","result":{"type":"x"},"result":1}"#,
            "no result: it has no result that is an object",
        ),
        (r#"{"custom_id":"a","result":{"type":null}}"#, "no result: its result has no type that is a string"),
        (r#"{"type":"error","error":{"type":"overloaded_error"}}"#, "no result: it is an error of the API"),
        (r#"{"custom_id":"a","type":"error","error":{}}"#, "no result: it is an error of the API"),
        (r#"{"custom_id":"a","result":{"type":"x"}"#, "not JSON: the text ends inside a value at byte 38"),
        (
            r#"{"custom_id":"a","result":{"type":"x"}}]"#,
            "not JSON: more after the end of the value at byte 39",
        ),
    ] {
        assert_eq!(fields(line), Err(reason.to_string()), "{line}");
    }
}

#[test]
fn a_surrogate_without_partner_is_readable_and_keeps_its_bytes() {
    let line = r#"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x\ud83dy"}]}}}"#;
    let mut reader = Reader::new(1 << 20);
    reader.push(line.as_bytes());
    reader.finish();
    let Next::Record(record) = reader.next() else { panic!("a record") };
    assert_eq!(record.answer(), "x\u{FFFD}y");
    let text = record.fields.texts[0];
    assert!(text.escaped);
    assert_eq!(&line[text.start as usize..][..text.len as usize], r"x\ud83dy");
}

#[test]
fn a_failed_row_is_judged_by_all_that_it_says() {
    for (error, want) in [
        (r#"{"type":"overloaded_error"}"#, RowRetry::Now),
        (r#"{"type":"invalid_request_error","message":"x"}"#, RowRetry::Never),
        (
            r#"{"details":{"error_code":"enforced_spend_limit_reached"},"type":"rate_limit_error"}"#,
            RowRetry::Never,
        ),
        (r#"{"type":"rate_limit_error"}"#, RowRetry::Now),
        (r#"{"type":"brand_new"}"#, RowRetry::Once),
    ] {
        let line =
            format!(r#"{{"result":{{"error":{{"error":{error}}},"type":"errored"}},"custom_id":"a"}}"#);
        let mut reader = Reader::new(1 << 20);
        reader.push(line.as_bytes());
        reader.finish();
        let Next::Record(record) = reader.next() else { panic!("a record") };
        assert_eq!(record.fields.retry, want, "{error}");
    }
}

#[test]
fn a_hundred_thousand_levels_are_read_past() {
    let deep = 100_000;
    let line = format!(
        r#"{{"custom_id":"a","deep":{}1{},"result":{{"type":"succeeded","message":{{"content":[{{"type":"text","text":"ok","more":{}{{}}{}}}]}}}}}}"#,
        r#"{"a":["#.repeat(deep),
        "]}".repeat(deep),
        "[".repeat(deep),
        "]".repeat(deep),
    );
    let mut reader = Reader::new(1 << 24);
    reader.push(line.as_bytes());
    reader.push(b"\n");
    let Next::Record(record) = reader.next() else { panic!("a record") };
    assert_eq!(record.answer(), "ok");
}

/// Trees over the keys that matter, right and wrong shapes alike.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(&["succeeded", "errored", "text", "error", "us", "\u{2028}\"\\\u{1}"][..])
            .prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let keys = [
            "custom_id",
            "result",
            "type",
            "message",
            "error",
            "content",
            "text",
            "usage",
            "model",
            "stop_reason",
            "request_id",
            "details",
            "error_code",
            "input_tokens",
            "x",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..8).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(k, v)| (k.to_string(), v)).collect())
            }),
        ]
    })
}

/// Puts `wild` where the API puts things, so that most lines are results of a kind.
fn line(wild: &[Value], kind: &str) -> Value {
    let at = |i: usize| wild.get(i).cloned().unwrap_or_default();
    json!({
        "custom_id": "id",
        "result": {
            "type": kind,
            "message": {"content": [at(0), {"type": "text", "text": at(1)}, {"type": "text", "text": "t"}], "usage": at(2), "model": at(3), "extra": at(4)},
            "error": {"error": at(5), "request_id": at(6)},
            "extra": at(7),
        },
        "extra": at(8),
    })
}

/// Writes a tree with its keys turned about and, where `twice`, every member twice: first with a wrong value.
fn put(value: &Value, twice: bool, turn: usize, out: &mut String) {
    match value {
        Value::Object(map) => {
            out.push('{');
            let mut members: Vec<_> = map.iter().collect();
            let by = turn % members.len().max(1);
            members.rotate_left(by);
            for (at, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if at > 0 { " , " } else { " " });
                let key = Value::from(key.as_str()).to_string();
                if twice {
                    write!(out, "{key}:{{\"type\":\"text\",\"text\":\"wrong\",\"model\":\"wrong\"}},")
                        .unwrap();
                }
                write!(out, "{key}\t: ").unwrap();
                put(value, twice, turn, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                put(item, twice, turn, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_walk_and_the_tree_agree(
        wild in prop::collection::vec(tree(), 9),
        whole in tree(),
        kind in prop::sample::select(&["succeeded", "errored", "canceled", "new"][..]),
        twice in any::<bool>(),
        turn in 0_usize..8,
    ) {
        for value in [line(&wild, kind), whole] {
            let mut text = String::new();
            put(&value, twice, turn, &mut text);
            prop_assert_eq!(fields(&text).ok(), by_tree(&value), "{}", text);
        }
    }
}

/// A map keeps the last of repeated keys, as JavaScript does: the oracle above leans on it.
#[test]
fn the_oracle_keeps_the_last_of_repeated_keys() {
    let map: Map<String, Value> = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
    assert_eq!(map.get("a"), Some(&json!(2)));
}
