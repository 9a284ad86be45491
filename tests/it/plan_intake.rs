//! Whole sources become plans, and plans become bodies again.

use batchwise::error::ErrorCode;
use batchwise::plan::{Intake, Numbering, Plan, PlanOptions, Rejected, Validate};
use batchwise::request::ViolationCode as Code;
use batchwise::request::envelope::CLOSE;
use batchwise::rows::{Dialect, Format, Header, Recipe, RecipeOptions, Table};
use proptest::prelude::*;

const CSV: Format = Format::Csv { dialect: Dialect::CSV, header: Header::First };

fn options(validate: Validate) -> PlanOptions {
    PlanOptions { max_requests: 3, validate, ..PlanOptions::default() }
}

fn table(format: Format, options: PlanOptions, numbering: Numbering) -> Intake {
    let recipe = RecipeOptions {
        prompt: "Rate {{text}}",
        model: "claude-haiku-4-5",
        max_tokens: 5,
        key: Some("id"),
        ..RecipeOptions::default()
    };
    let table = Table::new(Recipe::new(&recipe).unwrap(), format, 1 << 20).unwrap();
    Intake::table(options, table, numbering)
}

fn plan(mut intake: Intake, bytes: &[u8]) -> Result<Plan, Rejected> {
    intake.push(bytes);
    intake.finish()
}

/// The body of requests `numbers`, read from the source in pieces of `step` requests.
fn body(plan: &Plan, source: &[u8], numbers: &[u32], step: usize) -> Vec<u8> {
    let mut body = Vec::new();
    for (at, piece) in numbers.chunks(step).enumerate() {
        let spans: Vec<_> = piece.iter().map(|&number| plan.source_span(number).unwrap()).collect();
        let from = spans.iter().map(|span| span.offset).min().unwrap();
        let to = spans.iter().map(|span| span.offset + u64::from(span.len)).max().unwrap();
        let slice = &source[from as usize..to as usize];
        plan.append(piece, (at * step) as u32, None, slice, from, &mut body).unwrap();
    }
    body.extend_from_slice(CLOSE);
    body
}

fn request(id: &str, text: &str) -> serde_json::Value {
    serde_json::json!({"custom_id": id, "params": {"model": "claude-haiku-4-5", "max_tokens": 5,
        "messages": [{"role": "user", "content": format!("Rate {text}")}]}})
}

#[test]
fn every_kind_of_source_gives_the_same_bodies() {
    let rows = [("a", "x"), ("b", "\"y\"\n"), ("c", "é"), ("d", "")];
    let jsonl = rows.iter().map(|(id, text)| format!("{}\n", request(id, text))).collect::<Vec<_>>().concat();
    let csv: String = ["id,text\n".to_owned()]
        .into_iter()
        .chain(rows.iter().map(|(id, text)| format!("{id},\"{}\"\n", text.replace('"', "\"\""))))
        .collect();
    let objects = rows
        .iter()
        .map(|(id, text)| format!("{}\n", serde_json::json!({"id": id, "text": text})))
        .collect::<Vec<_>>()
        .concat();
    let strict = options(Validate::Strict);
    for (intake, bytes) in [
        (Intake::requests(strict, Numbering::Lines), jsonl),
        (table(CSV, strict, Numbering::Lines), csv),
        (table(Format::Jsonl, strict, Numbering::Index), objects),
    ] {
        let plan = plan(intake, bytes.as_bytes()).unwrap();
        assert_eq!(plan.parts.iter().map(|part| part.count).collect::<Vec<_>>(), [3, 1]);
        for part in &plan.parts {
            let numbers: Vec<u32> = plan.requests_in(part).collect();
            let body = body(&plan, bytes.as_bytes(), &numbers, 2);
            assert_eq!(body.len() as u64, part.body_bytes);
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let want: Vec<_> =
                numbers.iter().map(|&n| request(rows[n as usize].0, rows[n as usize].1)).collect();
            assert_eq!(body, serde_json::json!({"requests": want}));
        }
        let retry: serde_json::Value =
            serde_json::from_slice(&body(&plan, bytes.as_bytes(), &[3, 1], 9)).unwrap();
        assert_eq!(retry, serde_json::json!({"requests": [request("d", ""), request("b", "\"y\"\n")]}));
    }
}

#[test]
fn a_source_that_changed_is_noticed() {
    let bytes = format!("{}\n{}\n", request("a", "x"), request("b", "y"));
    let planned =
        plan(Intake::requests(options(Validate::Strict), Numbering::Lines), bytes.as_bytes()).unwrap();
    let moved = format!(" {bytes}");
    for source in [moved.as_bytes(), &bytes.as_bytes()[..bytes.len() - 3]] {
        let error = planned.append(&[1], 0, None, source, 0, &mut Vec::new()).unwrap_err();
        assert_eq!((error.code(), error.place().line), (ErrorCode::InputChanged, Some(2)));
    }
    let planned = plan(table(CSV, options(Validate::Strict), Numbering::Lines), b"id,text\na,xyz\n").unwrap();
    let moved = planned.append(&[0], 0, None, b"id,txet\na,xyz\n", 0, &mut Vec::new());
    assert!(moved.is_ok(), "only its own bytes count");
    for changed in [&b"id,text\na,xyzz\n"[..], b"id,text\na,\"z\"\n", b"id,text\n"] {
        assert!(planned.append(&[0], 0, None, changed, 0, &mut Vec::new()).is_err());
    }
}

#[test]
fn rows_with_problems_are_listed_with_their_lines() {
    let csv = b"id,text\na,x\n\nb\na b,\na,z\n\xff,q\n";
    let planned = plan(table(CSV, options(Validate::Warn), Numbering::Lines), csv).unwrap();
    let found: Vec<_> = planned
        .violations
        .kept()
        .iter()
        .map(|v| (v.code.as_str(), v.line, v.offset, v.custom_id.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("data/ragged", Some(4), Some(13), None),
            ("id/invalid", Some(5), Some(15), Some("a b")),
            ("template/empty", Some(5), Some(15), None),
            ("id/duplicate", Some(2), Some(8), Some("a")),
            ("id/duplicate", Some(6), Some(20), Some("a")),
            ("data/encoding", Some(7), Some(24), None),
        ]
    );
    assert_eq!(planned.ids.iter().collect::<Vec<_>>(), ["a", "a b"]);
    let rejected = plan(table(CSV, options(Validate::Strict), Numbering::Lines), csv).unwrap_err();
    assert!(
        rejected.error.message().starts_with("line 4: 1 cell where the header has 2"),
        "{}",
        rejected.error
    );
}

#[test]
fn lists_are_numbered_from_nought_and_have_no_bytes() {
    let mut intake = Intake::requests(options(Validate::Warn), Numbering::Index);
    intake.push(format!("{}\n\n[]\n", request("a", "x")).as_bytes());
    intake.unwritable(1, "/params/x".to_owned(), "a BigInt is not JSON".to_owned());
    let plan = intake.finish().unwrap();
    let found: Vec<_> =
        plan.violations.kept().iter().map(|v| (v.code.as_str(), v.line, v.index, v.offset)).collect();
    assert_eq!(found, [("request/type", None, Some(2), None), ("json/value", None, Some(1), None)]);
}

#[test]
fn an_unknown_column_is_one_violation_and_no_request() {
    let rejected =
        plan(table(CSV, options(Validate::Strict), Numbering::Lines), b"id,txet\na,x\nb,y\n").unwrap_err();
    assert_eq!(rejected.violations.count(Code::TemplateUnknownColumn), 1);
    assert_eq!(rejected.error.message(), "line 1: there is no column \"text\"; did you mean \"txet\"?");
    let empty = plan(table(CSV, options(Validate::Strict), Numbering::Lines), b"id,text\n").unwrap_err();
    assert_eq!(empty.error.code(), ErrorCode::Empty);
}

#[test]
fn neighbours_are_read_in_one_piece() {
    let far = " ".repeat(70_000);
    let lines = [request("a", "x"), request("b", "y"), request("c", "z")].map(|line| line.to_string());
    let bytes = format!("{}\n{}\n{far}{}\n", lines[0], lines[1], lines[2]);
    let planned =
        plan(Intake::requests(options(Validate::Strict), Numbering::Lines), bytes.as_bytes()).unwrap();
    let counts = |numbers: &[u32], most| {
        let runs = planned.runs(numbers, most);
        assert!(runs.iter().all(|run| run.end <= bytes.len() as u64 && run.start < run.end));
        runs.iter().map(|run| run.count).collect::<Vec<_>>()
    };
    assert_eq!(counts(&[0, 1, 2], 1 << 20), [2, 1]);
    assert_eq!(counts(&[0, 1, 2], 10), [1, 1, 1]);
    assert_eq!(counts(&[1, 0], 1 << 20), [1, 1]);
    assert!(counts(&[], 10).is_empty());
}

#[test]
fn a_plan_knows_what_it_may_cost() {
    let bytes = format!("{}\n{}\n", request("a", "x"), request("b", "y"));
    let planned =
        plan(Intake::requests(options(Validate::Strict), Numbering::Lines), bytes.as_bytes()).unwrap();
    let estimate = planned.estimator.estimate();
    let output = estimate.output.unwrap();
    assert!((output.ceiling - 2.0 * 5.0 * 2.5e-6).abs() < 1e-12);
    let (model, sum) = &estimate.models[0];
    assert_eq!((model.as_str(), sum.requests), ("claude-haiku-4-5", 2));
    // `[{"content":"Rate x","role":"user"}]` is 36 bytes, 30 of them around any text; a quarter of a token each.
    assert!((sum.input_tokens.low - 2.0 * (1.5 * 0.7 + 5.0)).abs() < 1e-9, "{sum:?}");
    assert!((sum.input_tokens.high - 2.0 * (36.0 * 0.25 * 1.3 + 15.0)).abs() < 1e-9, "{sum:?}");
}

proptest! {
    #[test]
    fn the_cutting_of_a_source_changes_nothing(cuts in proptest::collection::vec(0usize..200, 0..6)) {
        let jsonl = format!("{}\n\n{}\r\n{{\n", request("a", "é"), request("b", "y"));
        let csv = "\u{feff}id,text\r\na,\"é\n\"\nb\n";
        let warn = options(Validate::Warn);
        for (make, bytes) in [
            (&(|| Intake::requests(warn, Numbering::Lines)) as &dyn Fn() -> Intake, jsonl.as_bytes()),
            (&|| table(CSV, warn, Numbering::Lines), csv.as_bytes()),
        ] {
            let whole = plan(make(), bytes).unwrap();
            let mut cuts: Vec<usize> = cuts.iter().map(|&cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut intake = make();
            cuts.windows(2).for_each(|cut| intake.push(&bytes[cut[0]..cut[1]]));
            let cut = intake.finish().unwrap();
            prop_assert_eq!(cut.violations.kept(), whole.violations.kept());
            prop_assert_eq!(&cut.parts, &whole.parts);
            for number in 0..whole.ids.len() {
                prop_assert_eq!(cut.ids.get(number), whole.ids.get(number));
                prop_assert_eq!(cut.source_span(number), whole.source_span(number));
                prop_assert_eq!(cut.places.get(number), whole.places.get(number));
            }
        }
    }
}
