//! Planning as a whole: what goes in, what comes out, and the body that is really assembled.

use batchwise::error::ErrorCode;
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner, Rejected, Validate};
use batchwise::request::envelope::{CLOSE, COMMA, OPEN};
use batchwise::request::{Severity, Violation, ViolationCode as Code};
use proptest::prelude::*;

/// Plans a JSONL source as a host does: line by line, with the offset of each.
fn plan(source: &str, options: PlanOptions) -> Result<Plan, Rejected> {
    let mut planner = Planner::new(options);
    let mut offset = 0;
    for (number, line) in (1..).zip(source.split('\n')) {
        if !line.trim().is_empty() {
            planner.push(line.as_bytes(), Origin { place: Place::Line(number), offset });
        }
        offset += line.len() as u64 + 1;
    }
    planner.finish()
}

fn warn(source: &str) -> Plan {
    plan(source, PlanOptions { validate: Validate::Warn, ..PlanOptions::default() }).unwrap()
}

fn request(id: &str, text: &str) -> String {
    let id = serde_json::to_string(id).unwrap();
    let text = serde_json::to_string(text).unwrap();
    format!(
        r#"{{"custom_id":{id},"params":{{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{{"role":"user","content":{text}}}]}}}}"#
    )
}

/// The body of a part, assembled from the source by the plan's spans.
fn body(plan: &Plan, source: &[u8], part: usize) -> Vec<u8> {
    let mut body = OPEN.to_vec();
    for (at, request) in plan.requests_in(&plan.parts[part]).enumerate() {
        let span = plan.spans.get(request).unwrap();
        if at > 0 {
            body.extend_from_slice(COMMA);
        }
        body.extend_from_slice(&source[span.offset as usize..][..span.len as usize]);
    }
    body.extend_from_slice(CLOSE);
    body
}

fn codes(violations: &[Violation]) -> Vec<&'static str> {
    violations.iter().map(|violation| violation.code.as_str()).collect()
}

proptest! {
    #[test]
    fn planning_loses_and_repeats_nothing_and_passes_no_limit(
        texts in proptest::collection::vec(".{0,40}", 1..60), max_requests in 1u32..20, room in 400u64..3000,
    ) {
        let lines = texts.iter().enumerate().map(|(i, text)| format!(" {}\t\r\n", request(&format!("r{i}"), &format!("x{text}"))));
        let source: String = lines.collect();
        let options = PlanOptions { max_requests, max_body_bytes: room, ..PlanOptions::default() };
        let plan = plan(&source, options).unwrap();
        let mut next = 0;
        for (index, part) in plan.parts.iter().enumerate() {
            prop_assert_eq!((part.index, part.first), (index as u32, next));
            prop_assert!(part.count >= 1 && part.count <= max_requests && part.body_bytes <= room);
            next += part.count;
            let body = body(&plan, source.as_bytes(), index);
            prop_assert_eq!(body.len() as u64, part.body_bytes);
            let parsed: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let requests = parsed["requests"].as_array().unwrap();
            prop_assert_eq!(requests.len(), part.count as usize);
            for (number, sent) in plan.requests_in(part).zip(requests) {
                let want: serde_json::Value =
                    serde_json::from_str(&request(&format!("r{number}"), &format!("x{}", texts[number as usize]))).unwrap();
                prop_assert_eq!(sent, &want);
                prop_assert_eq!(plan.ids.get(number), sent["custom_id"].as_str());
            }
        }
        prop_assert_eq!(next as usize, texts.len());
    }
}

#[test]
fn a_part_is_filled_to_the_byte() {
    let one = request("a", "x").len() as u64;
    let source = [request("a", "x"), request("b", "y"), request("c", "z")].join("\n");
    let exact = OPEN.len() as u64 + CLOSE.len() as u64 + 2 * one + 1;
    let counts = |max_body_bytes| {
        let plan = plan(&source, PlanOptions { max_body_bytes, ..PlanOptions::default() }).unwrap();
        plan.parts.iter().map(|part| part.count).collect::<Vec<_>>()
    };
    assert_eq!(counts(exact), [2, 1]);
    assert_eq!(counts(exact - 1), [1, 1, 1]);
}

#[test]
fn both_uses_of_an_id_are_reported_and_the_first_is_planned() {
    let source = [request("a", "1"), request("b", "2"), request("a", "3"), request("a", "4")].join("\n");
    let plan = warn(&source);
    let found = plan.violations.kept();
    assert_eq!(codes(found), ["id/duplicate"; 3]);
    assert_eq!(found.iter().map(|v| v.line).collect::<Vec<_>>(), [Some(1), Some(3), Some(4)]);
    let said = "requests: custom_id's must be unique within a batch. Duplicate custom_id found: a";
    assert_eq!(found[0].message, format!("\"a\" is used by lines 1 and 3; the API says: {said}"));
    assert_eq!((plan.ids.len(), plan.spans.get(0).unwrap().offset), (2, 0));
}

#[test]
fn a_strict_plan_is_refused_with_all_its_violations() {
    let source = format!("{}\n{{\"custom_id\": 7}}\nnot json\n", request("a b", "x"));
    let rejected = plan(&source, PlanOptions::default()).unwrap_err();
    assert_eq!(rejected.error.code(), ErrorCode::Invalid);
    assert_eq!(
        codes(rejected.violations.kept()),
        ["id/invalid", "id/invalid", "params/required", "json/syntax"]
    );
    let said = "the API refuses ' ' in an id (character 2); \
                the API says: custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'";
    assert_eq!(rejected.error.message(), format!("line 1: {said}; and 3 more"));
}

#[test]
fn warning_only_leaves_out_what_cannot_be_placed_and_plans_the_rest() {
    let source = format!("{}\n[]\n{}\n{{\"params\":{{}}}}", request("a b", "x"), request("ok", "y"));
    let plan = warn(&source);
    assert_eq!(plan.ids.iter().collect::<Vec<_>>(), ["a b", "ok"]);
    assert_eq!((plan.parts.len(), plan.parts[0].count), (1, 2));
    assert!(plan.violations.count(Code::IdMissing) == 1 && plan.violations.count(Code::RequestType) == 1);
}

#[test]
fn without_checks_only_what_cannot_be_placed_is_refused() {
    let options = PlanOptions { validate: Validate::Off, ..PlanOptions::default() };
    let planned = plan("{\"custom_id\":\"a b\",\"params\":1,\"x\":2}", options).unwrap();
    assert_eq!((planned.ids.len(), planned.violations.total()), (1, 0));
    for bad in ["{}", "{\"custom_id\":1}", "{", "[]"] {
        assert_eq!(plan(bad, options).unwrap_err().error.code(), ErrorCode::Invalid, "{bad}");
    }
}

#[test]
fn a_request_too_large_for_any_part_is_named_and_harms_no_other() {
    let source = [request("a", "x"), request("big", &"x".repeat(500)), request("c", "z")].join("\n");
    let options = PlanOptions { max_body_bytes: 400, validate: Validate::Warn, ..PlanOptions::default() };
    let plan = plan(&source, options).unwrap();
    assert_eq!(plan.ids.iter().collect::<Vec<_>>(), ["a", "c"]);
    let found = &plan.violations.kept()[0];
    assert_eq!((found.code, found.line, found.custom_id.as_deref()), (Code::SizeChunk, Some(2), Some("big")));
}

#[test]
fn an_empty_source_is_said_to_be_empty() {
    assert_eq!(plan("\n\n", PlanOptions::default()).unwrap_err().error.code(), ErrorCode::Empty);
    let empty = warn("");
    assert_eq!((empty.parts.len(), codes(empty.violations.kept())), (0, vec!["source/empty"]));
}

#[test]
fn impossible_limits_are_refused() {
    let base = PlanOptions::default();
    for options in [
        PlanOptions { max_requests: 0, ..base },
        PlanOptions { max_requests: 100_001, ..base },
        PlanOptions { max_body_bytes: 3, ..base },
        PlanOptions { max_body_bytes: 256_000_001, ..base },
    ] {
        assert_eq!(options.checked().unwrap_err().code(), ErrorCode::Option);
    }
    assert!(base.checked().is_ok());
}

#[test]
fn a_violation_says_where_what_and_what_to_do() {
    let source = "\n\n  {\"custom_id\":\"x\",\"params\":{\"model\":\"m\",\"max_tokens\":0,\"messages\":[]}}";
    let plan = warn(source);
    let found = plan.violations.kept();
    assert_eq!(codes(found), ["params/unknown-model", "params/max-tokens", "params/required"]);
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(found[1].path, "/params/max_tokens");
    assert!(source[found[1].offset.unwrap() as usize..].starts_with("0,"));
    assert_eq!((found[2].line, found[2].path.as_str()), (Some(3), "/params/messages"));
    assert_eq!(found[2].custom_id.as_deref(), Some("x"));
    assert!(found.iter().all(|violation| violation.hint.is_some()));
}
