//! What the check finds in one request, and where.

use batchwise::request::{Depth, Facts, Prompt, Terms, Violations, check};

const GOOD: &str = r#"{"custom_id":"a","params":{"model":"claude-opus-5","max_tokens":1,"messages":[{"role":"user","content":"x"}]}}"#;

/// The problems of a request: `code path @ what stands there`.
fn problems(request: &str) -> Vec<String> {
    let mut found = Violations::default();
    check(request.as_bytes(), Depth::Full, Terms::default(), &mut found);
    let said = found.kept().iter().map(|problem| {
        let rest = request.get(problem.offset.unwrap() as usize..).unwrap();
        let there: String = rest.chars().take(5).collect();
        assert!(!problem.message.ends_with('.') && problem.hint.is_some());
        format!("{} {} @ {there}", problem.code.as_str(), problem.path)
    });
    said.collect()
}

/// The good request with one member of its parameters replaced.
fn with(name: &str, value: &str) -> String {
    let good = [r#""claude-opus-5""#, "1", r#"[{"role":"user","content":"x"}]"#];
    let params = ["model", "max_tokens", "messages"].iter().zip(good);
    let mut params: Vec<String> = params
        .filter(|(known, _)| **known != name)
        .map(|(known, value)| format!("\"{known}\":{value}"))
        .collect();
    params.push(format!("\"{name}\":{value}"));
    format!(r#"{{"custom_id":"a","params":{{{}}}}}"#, params.join(","))
}

#[test]
fn a_good_request_has_no_problems() {
    assert_eq!(problems(GOOD), [""; 0]);
    for (name, value) in [
        ("stream", "false"),
        ("speed", "null"),
        ("max_tokens", "1e3"),
        ("max_tokens", "64.0"),
        ("metadata", "{\"user_id\":null}"),
    ] {
        assert_eq!(problems(&with(name, value)), [""; 0], "{name}: {value}");
    }
}

#[test]
fn every_problem_is_named_with_its_place() {
    for (name, value, want) in [
        ("model", "7", "params/type /params/model @ 7}}"),
        ("model", "\"\"", "params/required /params/model @ \"\"}}"),
        ("model", "\"claude-9\"", "params/unknown-model /params/model @ \"clau"),
        ("max_tokens", "0", "params/max-tokens /params/max_tokens @ 0}}"),
        ("max_tokens", "-1", "params/max-tokens /params/max_tokens @ -1}}"),
        ("max_tokens", "1.5", "params/max-tokens /params/max_tokens @ 1.5}}"),
        ("max_tokens", "\"9\"", "params/type /params/max_tokens @ \"9\"}}"),
        ("max_tokens", "[[]]", "params/type /params/max_tokens @ [[]]}"),
        ("messages", "[ ]", "params/required /params/messages @ [ ]}}"),
        ("messages", "{\"a\":[]}", "params/type /params/messages @ {\"a\":"),
        ("messages", "null", "params/type /params/messages @ null}"),
        ("stream", "true", "params/stream /params/stream @ true}"),
        ("speed", "\"fast\"", "params/speed /params/speed @ \"fast"),
        ("speed", "{}", "params/speed /params/speed @ {}}}"),
    ] {
        assert_eq!(problems(&with(name, value)), [want], "{name}: {value}");
    }
}

#[test]
fn the_envelope_is_read_to_its_end() {
    for (request, want) in [
        ("{}", vec!["id/missing /custom_id @ {}", "params/required /params @ {}"]),
        ("[{}]", vec!["request/type  @ [{}]"]),
        ("3", vec!["request/type  @ 3"]),
        (
            r#"{"custom_id":null,"params":[]}"#,
            vec!["id/invalid /custom_id @ null,", "params/type /params @ []}"],
        ),
        (
            r#"{"a/b~c":{"x":1},"custom_id":"é","params":{}}"#,
            vec![
                "request/unknown-key /a~1b~0c @ a/b~c",
                "id/invalid /custom_id @ \"é\",\"",
                "params/required /params/model @ {}}",
                "params/required /params/max_tokens @ {}}",
                "params/required /params/messages @ {}}",
            ],
        ),
    ] {
        assert_eq!(problems(request), want, "{request}");
    }
    let twice = GOOD.replace("\"max_tokens\"", "\"model\":\"claude-opus-5\",\"max_tokens\"");
    assert_eq!(problems(&twice), ["json/duplicate-key /params/model @ model"]);
    let id = format!("{{\"custom_id\":\"{}\",{}", "x".repeat(65), &GOOD[17..]);
    assert_eq!(problems(&id), ["id/invalid /custom_id @ \"xxxx"]);
}

#[test]
fn what_is_no_json_has_that_one_problem() {
    assert_eq!(problems(r#"{"custom_id":7,"params":{},,}"#), ["json/syntax  @ ,}"]);
    assert_eq!(problems(""), ["json/syntax  @ "]);
    assert_eq!(problems(&format!("{GOOD} x")), ["json/syntax  @ x"]);
    let mut found = Violations::default();
    let facts = check(b"{\"custom_id\":\"\xff\"}", Depth::Full, Terms::default(), &mut found);
    let codes: Vec<_> = found.kept().iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!((codes, facts.is_object), (vec!["data/encoding"], false));
}

#[test]
fn placing_needs_no_more_than_an_object_with_an_id() {
    let deep = |request: &str| {
        let mut found = Violations::default();
        check(request.as_bytes(), Depth::Placeable, Terms::default(), &mut found);
        found.kept().iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(deep(r#"{"custom_id":"a b","x":1}"#), [""; 0]);
    assert_eq!(deep(r#"{"custom_id":1}"#), ["id/invalid"]);
    assert_eq!(deep("{}"), ["id/missing"]);
    assert_eq!(deep("[]"), ["request/type"]);
    assert_eq!(deep("{"), ["json/syntax"]);
}

#[test]
fn what_matters_for_the_bill_is_learnt_on_the_way() {
    let facts = |request: &str| {
        let facts: Facts<'_> =
            check(request.as_bytes(), Depth::Placeable, Terms::default(), &mut Violations::default());
        (facts.model.map(std::borrow::Cow::into_owned), facts.max_tokens, facts.us_geo, facts.prompt)
    };
    let request = r#"{"params":{"inference_geo":"us","system":"é","messages":[{}],"tools":[],"max_tokens":2e1,
        "model":"m\u0061"}}"#;
    let prompt = Prompt { ascii_bytes: 2 + 4 + 2, other_bytes: 2, tools: true, ..Prompt::default() };
    assert_eq!(facts(request), (Some("ma".to_owned()), 20, true, prompt));
    let cached = r#"{"params":{"system":[{"cache_control":{"type":"ephemeral","ttl":"1h"}}]}}"#;
    assert!(facts(cached).3.cache && facts(cached).3.long_cache);
}
