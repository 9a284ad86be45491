//! The check on anything at all: it ends, in linear time, whatever it is given.

use batchwise::request::{Checker, Depth, Terms, Violations, check};
use proptest::prelude::*;

const GOOD: &str = r#"{"custom_id":"a","params":{"model":"claude-opus-4-6","max_tokens":4096,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"tools":[{"name":"t","strict":true,"input_schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}],"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},{"text":"x","type":"text"}]},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"t","input":{"a":[1,{"b":null}]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"1"}]}]}}"#;

fn said(request: &[u8]) -> Vec<String> {
    let mut found = Violations::default();
    check(request, Depth::Full, Terms::default(), &mut found);
    found.kept().iter().map(|violation| format!("{violation:?}")).collect()
}

#[test]
fn the_good_request_is_good() {
    assert_eq!(said(GOOD.as_bytes()), [""; 0]);
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        said(&bytes);
    }

    #[test]
    fn a_request_that_was_damaged_is_judged(
        at in 0..GOOD.len(), cut in 0..40_usize, put in "[\\[\\]{}\",:0-9a-z\\\\]{0,6}",
    ) {
        let end = (at + cut).min(GOOD.len());
        let damaged = [&GOOD.as_bytes()[..at], put.as_bytes(), &GOOD.as_bytes()[end..]].concat();
        said(&damaged);
    }

    #[test]
    fn what_one_request_had_says_nothing_of_the_next(at in 0..GOOD.len(), end in 0..GOOD.len()) {
        let damaged = [&GOOD.as_bytes()[..at.min(end)], &GOOD.as_bytes()[at.max(end)..]].concat();
        let mut checker = Checker::new(Terms::default());
        let mut found = Violations::default();
        checker.check(&damaged, Depth::Full, &mut found);
        checker.check(GOOD.as_bytes(), Depth::Full, &mut found);
        prop_assert!(found.is_empty());
        checker.check(&damaged, Depth::Full, &mut found);
        let again: Vec<_> = found.kept().iter().map(|violation| format!("{violation:?}")).collect();
        prop_assert_eq!(again, said(&damaged));
    }
}

#[test]
fn depth_and_length_are_no_danger() {
    let request = |inner: &str| {
        format!(r#"{{"custom_id":"a","params":{{"model":"claude-opus-5","max_tokens":1,{inner}}}}}"#)
    };
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
    for inner in [
        format!(r#""messages":{}"#, deep("[", "]")),
        format!(r#""tools":[{{"name":"t","strict":true,"input_schema":{}}}]"#, deep(r#"{"type":"object","properties":{"a":"#, "}}")),
        format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{}}}}}"#, deep(r#"{"anyOf":["#, "]}")),
        format!(r#""messages":[{}]"#, vec![r#"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"n","input":{}}]}"#; 20_000].join(",")),
        format!(r#""tools":[{}]"#, vec![r#"{"name":"n","input_schema":{"type":"object"}}"#; 20_000].join(",")),
        format!(r#""messages":[{}]"#, vec![r#"{"content":[{"content":[{"text":"","type":"text"}],"tool_use_id":"?","type":"tool_result"}],"role":"user"}"#; 20_000].join(",")),
    ] {
        let said = said(request(&inner).as_bytes());
        assert!(!said.is_empty() && said.len() < 1000, "{}", said.len());
    }
}
