//! Plans in which requests that are the same are sent once.

use batchwise::plan::{Ids, Intake, Numbering, Plan, PlanOptions};
use proptest::prelude::*;

fn plan(options: PlanOptions, lines: &[String]) -> Plan {
    let mut intake = Intake::requests(options, Numbering::Lines);
    intake.push(lines.join("\n").as_bytes());
    intake.finish().unwrap()
}

fn line(n: usize, text: &str) -> String {
    format!(
        r#"{{"custom_id":"r{n}","params":{{"model":"claude-haiku-4-5","max_tokens":5,"messages":[{{"role":"user","content":"{text}"}}]}}}}"#
    )
}

fn options() -> PlanOptions {
    PlanOptions { dedupe: Some([1, 2]), ..PlanOptions::default() }
}

#[test]
fn what_differs_in_one_byte_is_sent() {
    let lines =
        [line(0, "a"), line(1, "b"), line(2, "a"), line(3, "a").replace("\"params\":", "\"params\": ")];
    let made = plan(options(), &lines);
    assert_eq!(made.riders.iter().collect::<Vec<_>>(), [(0, 2)]);
    assert_eq!(made.requests_in(&made.parts[0]).collect::<Vec<_>>(), [0, 1, 3]);
    assert_eq!((made.ids.len(), made.parts[0].count), (4, 3));
}

#[test]
fn nothing_rides_unless_it_is_asked_for() {
    let lines = [line(0, "a"), line(1, "a")];
    let made = plan(PlanOptions::default(), &lines);
    assert!(made.riders.is_empty());
    assert_eq!((made.parts[0].count, made.spared.estimate().total.unwrap().ceiling), (2, 0.0));
}

#[test]
fn the_estimate_is_of_what_is_sent_and_the_rest_is_spared() {
    let lines: Vec<String> = (0..10).map(|n| line(n, "the same question")).collect();
    let made = plan(options(), &lines);
    let one = plan(options(), &lines[..1]).estimator.estimate().total.unwrap();
    let total = made.estimator.estimate().total.unwrap();
    let spared = made.spared.estimate().total.unwrap();
    assert_eq!(total, one);
    assert!((spared.ceiling - 9.0 * one.ceiling).abs() < 1e-7 && (spared.low - 9.0 * one.low).abs() < 1e-7);
    assert!(made.ceilings.iter().skip(1).eq(&[0.0; 9]));
    assert_eq!(made.digest.to_string(), plan(PlanOptions::default(), &lines).digest.to_string());
}

proptest! {
    #[test]
    fn every_question_is_sent_once_and_the_first_who_asks_sends_it(
        texts in proptest::collection::vec("[ab]{1,3}", 1..60), each in 1u32..9, made: bool, key: [u64; 2],
    ) {
        let lines: Vec<String> = texts.iter().enumerate().map(|(n, text)| line(n, text)).collect();
        let ids = if made { Ids::Made } else { Ids::Verbatim };
        let plan = plan(PlanOptions { max_requests: each, ids, dedupe: Some(key), ..options() }, &lines);
        let sent: Vec<u32> = plan.parts.iter().flat_map(|part| {
            let numbers: Vec<u32> = plan.requests_in(part).collect();
            assert!(numbers.len() == part.count as usize && part.count <= each);
            assert!(numbers.first() == Some(&part.first) && numbers.last() == Some(&part.last));
            numbers
        }).collect();
        let first = |n: usize| texts.iter().position(|text| *text == texts[n]).unwrap();
        let want: Vec<u32> = (0..texts.len()).filter(|&n| first(n) == n).map(|n| n as u32).collect();
        prop_assert_eq!(&sent, &want);
        for n in 0..texts.len() {
            let riders: Vec<u32> = plan.riders.of(n as u32).collect();
            let want: Vec<u32> = (n + 1..texts.len()).filter(|&m| first(m) == n).map(|m| m as u32).collect();
            prop_assert_eq!(riders, want);
        }
    }
}
