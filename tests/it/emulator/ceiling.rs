//! The ceiling of an estimate is a bound: the model of the API bills its own count of tokens, and never more.

use batchwise::cost::row_cost;
use batchwise::emulator::{Options, Rates};
use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner, Validate};
use batchwise::wire::Usage;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::tools::{Caller, HOUR};
use crate::pictures::{gif, jpeg, pdf, pdf_for_the_web, png, webp};

const MODELS: [&str; 5] =
    ["claude-haiku-4-5", "claude-haiku-5-5", "claude-opus-4-6", "claude-opus-4-8", "claude-sonnet-5-5"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "[ -~]{1,200}", "[\u{4e00}-\u{4eff}é🙂\"\\\\\n]{1,60}"]
        .prop_filter("the API takes no blank text", |text| !text.trim().is_empty())
}

fn data(media_type: &str, data: &str) -> Value {
    let of = if media_type == "application/pdf" { "document" } else { "image" };
    json!({ "type": of, "source": { "type": "base64", "media_type": media_type, "data": data } })
}

fn block() -> impl Strategy<Value = Value> {
    let side = || prop_oneof![1_u32..60, 500_u32..1_999];
    let long = |side: u32| u16::try_from(side).unwrap();
    prop_oneof![
        6 => text().prop_map(|text| json!({ "type": "text", "text": text })),
        1 => (side(), side()).prop_map(|(w, h)| data("image/png", &png(w, h))),
        1 => (side(), side()).prop_map(move |(w, h)| data("image/gif", &gif(long(w), long(h)))),
        1 => (side(), side()).prop_map(move |(w, h)| data("image/jpeg", &jpeg(long(w), long(h)))),
        1 => (side(), side()).prop_map(|(w, h)| data("image/webp", &webp(w, h))),
        1 => Just(json!({ "type": "image", "source": { "type": "url", "url": "https://x.test/a.png" } })),
        1 => (1_u32..90).prop_map(|pages| data("application/pdf", &pdf_for_the_web(pages))),
        1 => (1_u32..90).prop_map(|pages| data("application/pdf", &pdf(pages))),
        1 => Just(json!({ "type": "document", "source": { "type": "url", "url": "https://x.test/a.pdf" } })),
    ]
}

fn content() -> impl Strategy<Value = Value> {
    prop_oneof![text().prop_map(Value::from), proptest::collection::vec(block(), 1..5).prop_map(Value::from)]
}

fn request() -> impl Strategy<Value = Value> {
    let turns = proptest::collection::vec((content(), text()), 0..3);
    let tool = json!({ "name": "t", "description": "d", "input_schema": { "type": "object" } });
    (proptest::sample::select(MODELS.as_slice()), 1_u32..300, turns, content(), text(), 0_usize..3).prop_map(
        move |(model, max_tokens, turns, last, system, tools)| {
            let mut messages: Vec<Value> = turns
                .into_iter()
                .flat_map(|(asked, said)| {
                    let turn = |role: &str, content: Value| json!({ "role": role, "content": content });
                    [turn("user", asked), turn("assistant", said.into())]
                })
                .collect();
            messages.push(json!({ "role": "user", "content": last }));
            let mut params = json!({ "model": model, "max_tokens": max_tokens, "messages": messages });
            if tools > 0 {
                params["tools"] = json!([tool]);
            }
            if system.len() % 2 == 0 {
                params["system"] = json!(system);
            }
            params
        },
    )
}

fn planned(requests: &[Value], validate: Validate) -> Plan {
    let mut planner = Planner::new(PlanOptions { validate, ..PlanOptions::default() });
    for (number, request) in (0..).zip(requests) {
        planner.push(request.to_string().as_bytes(), Origin { place: Place::Index(number), offset: 0 });
    }
    planner.finish().unwrap_or_else(|rejected| panic!("{:?}", rejected.violations))
}

/// What the rows of a batch cost, in the order of their requests; 0 where the API refused one.
fn billed(requests: &[Value]) -> Vec<f64> {
    let rates = Rates { truncated: 0.5, ..Rates::default() };
    let mut caller = Caller::new(Options { rates, queue_limit: None, ..Options::default() });
    let id = caller.create(&Value::from(requests));
    caller.now += HOUR;
    let mut costs = vec![0.0; requests.len()];
    for row in caller.rows(&id) {
        let message = &row["result"]["message"];
        let Some(model) = message["model"].as_str() else { continue };
        let count = |name: &str| message["usage"][name].as_u64().unwrap();
        let usage =
            Usage { input: count("input_tokens"), output: count("output_tokens"), ..Usage::default() };
        let number: usize = row["custom_id"].as_str().unwrap()[1..].parse().unwrap();
        costs[number] = row_cost(model, &usage).unwrap();
    }
    costs
}

proptest! {
    #[test]
    fn no_request_ever_costs_more_than_its_ceiling(
        params in proptest::collection::vec(request(), 1..12), checks in any::<bool>(),
    ) {
        let requests: Vec<Value> = (0..)
            .zip(params)
            .map(|(number, params): (usize, Value)| json!({ "custom_id": format!("r{number}"), "params": params }))
            .collect();
        let plan = planned(&requests, if checks { Validate::Warn } else { Validate::Off });
        let costs = billed(&requests);
        prop_assert!(costs.iter().sum::<f64>() > 0.0);
        for (number, cost) in costs.iter().enumerate() {
            let ceiling = f64::from(plan.ceilings.get(number).unwrap());
            prop_assert!(*cost <= ceiling, "{cost} > {ceiling}: {}", requests[number]);
        }
        let total = plan.estimator.estimate().total.unwrap();
        prop_assert!(costs.iter().sum::<f64>() <= total.ceiling);
        prop_assert!(0.0 < total.low && total.low <= total.high && total.high <= total.ceiling, "{total:?}");
    }
}

#[test]
fn the_shortest_requests_cost_no_more_than_their_ceiling_and_lie_in_the_range() {
    for model in MODELS {
        let params = |text: &str| json!({ "model": model, "max_tokens": 1, "messages": [{ "role": "user", "content": text }] });
        let requests = [json!({ "custom_id": "r0", "params": params("a") })];
        let plan = planned(&requests, Validate::Strict);
        let [cost] = billed(&requests)[..] else { panic!("one row") };
        let total = plan.estimator.estimate().total.unwrap();
        assert!(total.low <= cost && cost <= total.high && cost <= total.ceiling, "{cost} {total:?}");
    }
}
