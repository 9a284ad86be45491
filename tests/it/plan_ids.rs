//! Ids made for the wire: bodies that carry them, and plans that measure them.

use batchwise::error::ErrorCode;
use batchwise::plan::{Ids, Intake, Nonce, Numbering, Plan, PlanOptions, Validate};
use batchwise::request::ViolationCode as Code;
use batchwise::request::envelope::CLOSE;
use batchwise::rows::{Dialect, Format, Header, Recipe, RecipeOptions, Table};
use proptest::prelude::*;
use serde_json::Value;

const CSV: Format = Format::Csv { dialect: Dialect::CSV, header: Header::First };

fn options() -> PlanOptions {
    PlanOptions { ids: Ids::Made, max_requests: 3, ..PlanOptions::default() }
}

fn requests(options: PlanOptions, jsonl: &str) -> Plan {
    let mut intake = Intake::requests(options, Numbering::Lines);
    intake.push(jsonl.as_bytes());
    intake.finish().unwrap()
}

fn table(options: PlanOptions, key: Option<&'static str>) -> Intake {
    let model = "claude-haiku-4-5";
    let recipe = RecipeOptions { prompt: "{{text}}", model, max_tokens: 5, key, ..RecipeOptions::default() };
    Intake::table(options, Table::new(Recipe::new(&recipe).unwrap(), CSV, 1 << 20).unwrap(), Numbering::Lines)
}

fn nonce() -> Nonce {
    Nonce::parse("a1b2c3").unwrap()
}

/// The body of a part, as it is sent.
fn body(plan: &Plan, source: &str, part: usize) -> String {
    let mut body = Vec::new();
    let numbers: Vec<u32> = plan.requests_in(&plan.parts[part]).collect();
    let prefix = nonce().prefix(part as u32);
    plan.append(&numbers, 0, Some(&prefix), source.as_bytes(), 0, &mut body).unwrap();
    body.extend_from_slice(CLOSE);
    String::from_utf8(body).unwrap()
}

/// The ids a body carries, in the caller's own words.
fn own_ids(plan: &Plan, part: u32, body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let made =
        body["requests"].as_array().unwrap().iter().map(|request| request["custom_id"].as_str().unwrap());
    made.map(|id| {
        let (of, number) = nonce().read(id).unwrap();
        assert_eq!(of, part);
        plan.ids.get(number).unwrap().to_owned()
    })
    .collect()
}

#[test]
fn only_the_id_is_replaced_wherever_it_stands_and_however_it_is_written() {
    let params = r#""params" : {"model":"claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user","content":"custom_id"}]}"#;
    let lines = [
        r#"{"custom_id":"süß","#.to_owned() + params + "}",
        format!(r#"{{{params}, "custom_id" : "a b" }}"#),
        format!(r#"{{ "custom_id": "q\"\u00e9\\/", {params}}}"#),
        format!(r#"{{"custom_id":"{}",{params}}}"#, "x".repeat(300)),
    ];
    let source = lines.join("\n");
    let plan = requests(options(), &source);
    assert_eq!(plan.ids.get(2), Some("q\"é\\/"));
    assert_eq!(
        body(&plan, &source, 0),
        format!(
            r#"{{"requests":[{{"custom_id":"a1b2c3-0-0",{params}}},{{{params}, "custom_id" : "a1b2c3-0-1" }},{{ "custom_id": "a1b2c3-0-2", {params}}}]}}"#
        )
    );
    assert_eq!(body(&plan, &source, 1), format!(r#"{{"requests":[{{"custom_id":"a1b2c3-1-3",{params}}}]}}"#));
    for (part, at) in plan.parts.iter().zip(0..) {
        assert_eq!(part.body_bytes, body(&plan, &source, at).len() as u64);
    }
}

#[test]
fn the_rows_of_a_table_carry_made_ids_too() {
    let csv = "id,text\nNo. 1,x\n\"a\"\"b\",y\n";
    let mut intake = table(options(), Some("id"));
    intake.push(csv.as_bytes());
    let plan = intake.finish().unwrap();
    let body = body(&plan, csv, 0);
    assert_eq!(plan.parts[0].body_bytes, body.len() as u64);
    assert!(body.starts_with(r#"{"requests":[{"custom_id":"a1b2c3-0-0","params":{"#), "{body}");
    assert_eq!(own_ids(&plan, 0, &body), ["No. 1", "a\"b"]);
}

#[test]
fn any_name_will_do_but_it_must_be_one_and_unique() {
    let line = |id: &str| {
        format!(
            r#"{{"custom_id":{id},"params":{{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{{"role":"user","content":"x"}}]}}}}"#
        )
    };
    let source =
        [line(r#""a b""#), line(r#""""#), line("7"), line(r#""a\u0020b""#), line(r#""é""#)].join("\n");
    let found = |ids| {
        let plan = requests(PlanOptions { ids, validate: Validate::Warn, ..options() }, &source);
        plan.violations.kept().iter().map(|v| (v.line.unwrap(), v.code)).collect::<Vec<_>>()
    };
    let made = [(2, Code::IdInvalid), (3, Code::IdInvalid), (1, Code::IdDuplicate), (4, Code::IdDuplicate)];
    assert_eq!(found(Ids::Made), made);
    assert_eq!(found(Ids::Verbatim).iter().filter(|(_, code)| *code == Code::IdInvalid).count(), 5);
}

#[test]
fn an_id_the_api_refuses_is_reported_with_both_ways_out() {
    let mut intake = Intake::requests(
        PlanOptions { validate: Validate::Warn, ..PlanOptions::default() },
        Numbering::Lines,
    );
    for id in ["a b", &"x".repeat(65)] {
        intake.push(format!("{{\"custom_id\":\"{id}\",\"params\":{{}}}}\n").as_bytes());
    }
    let plan = intake.finish().unwrap();
    let hints =
        plan.violations.kept().iter().filter(|v| v.code == Code::IdInvalid).map(|v| v.hint.clone().unwrap());
    let hints: Vec<_> = hints.collect();
    assert!(
        hints.len() == 2
            && hints.iter().all(|hint| hint.starts_with("use ") && hint.contains("set ids to \"nonce\""))
    );
}

#[test]
fn a_key_that_does_not_name_the_rows_is_reported_with_the_way_out() {
    let rejected = |key, csv: &str| {
        let mut intake = table(PlanOptions::default(), Some(key));
        intake.push(csv.as_bytes());
        intake.finish().unwrap_err().violations.kept()[0].clone()
    };
    let twice = rejected("id", "id,text\na,x\na,y\n");
    assert_eq!(twice.code, Code::IdDuplicate);
    assert!(twice.hint.unwrap().ends_with("or name none: ids are then row-1, row-2 and so on"));
    let absent = rejected("number", "id,text\na,x\n");
    assert_eq!(absent.code, Code::TemplateUnknownColumn);
    assert!(absent.hint.unwrap().ends_with("name none: ids are then row-1, row-2 and so on"));
}

#[test]
fn a_source_whose_ids_have_changed_is_noticed() {
    let line = r#"{"custom_id":"ab","params":{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{"role":"user","content":"x"}]}}"#;
    let plan = requests(options(), line);
    for changed in [
        line.replace("\"ab\"", "\"ac\""),
        line.replacen("\"ab\"", "12345678", 1),
        line.replace("ab\",\"p", "abc\"\"p"),
    ] {
        let error =
            plan.append(&[0], 0, Some("a1b2c3-0-"), changed.as_bytes(), 0, &mut Vec::new()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InputChanged, "{changed}");
    }
}

proptest! {
    #[test]
    fn a_plan_with_made_ids_is_measured_to_the_byte(
        ids in proptest::collection::btree_set("[a-z\"\\\\é😀]{1,30}", 1..60), room in 200u64..900, leads: bool,
    ) {
        let lines: Vec<String> = ids.iter().enumerate().map(|(n, id)| {
            let (id, text) = (serde_json::json!(id), "x".repeat(n % 7));
            let params = format!(
                r#""params":{{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{{"role":"user","content":"x{text}"}}]}}"#
            );
            if leads { format!(r#"{{"custom_id":{id},{params}}}"#) } else { format!(r#"{{{params},"custom_id":{id}}}"#) }
        }).collect();
        let source = lines.join("\n");
        let plan = requests(PlanOptions { max_body_bytes: room, ..options() }, &source);
        let mut all = Vec::new();
        for (part, at) in plan.parts.iter().zip(0..) {
            let body = body(&plan, &source, at);
            prop_assert!(body.len() as u64 == part.body_bytes && part.body_bytes <= room);
            all.extend(own_ids(&plan, at as u32, &body));
            if let Some(next) = plan.parts.get(at + 1) {
                let more = part.body_bytes + 1 + u64::from(plan.sent_bytes(next.first, at as u32));
                prop_assert!(part.count == 3 || more > room, "cut too early");
            }
        }
        prop_assert!(all.iter().eq(plan.ids.iter()));
    }
}
