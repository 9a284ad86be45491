//! Result rows and their bytes.

use std::collections::{BTreeSet, HashSet};

use batchwise::emulator::{Body, Options, Rates};
use serde_json::{Value, json};

use super::tools::{BATCHES, Caller, HOUR, params, requests};

fn ended(options: Options, count: usize) -> (Caller, String) {
    let mut caller = Caller::new(Options { queue_limit: None, ..options });
    let id = caller.create(&requests(count));
    caller.now += HOUR;
    (caller, id)
}

#[test]
fn a_succeeded_row_has_the_keys_and_the_order_of_a_real_one() {
    let (mut caller, id) = ended(Options { answers: vec!["10".into()], ..Options::default() }, 1);
    let line = String::from_utf8(caller.body(&id)).expect("UTF-8");
    let message_id = line.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    assert!(message_id.starts_with("msg_01"));
    let want = format!(
        "{{\"custom_id\":\"row-0\",\"result\":{{\"type\":\"succeeded\",\"message\":{{\
         \"model\":\"claude-haiku-4-5-20251001\",\"id\":\"{message_id}\",\"type\":\"message\",\"role\":\"assistant\",\
         \"content\":[{{\"type\":\"text\",\"text\":\"10\"}}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\
         \"stop_details\":null,\"usage\":{{\"input_tokens\":16,\"cache_creation_input_tokens\":0,\
         \"cache_read_input_tokens\":0,\"cache_creation\":{{\"ephemeral_5m_input_tokens\":0,\
         \"ephemeral_1h_input_tokens\":0}},\"output_tokens\":1,\"service_tier\":\"batch\",\
         \"inference_geo\":\"not_available\"}}}}}}}}\n"
    );
    assert_eq!(line, want);
}

#[test]
fn a_newer_model_reports_thinking_and_geography() {
    let mut caller = Caller::new(Options::default());
    let mut params = params();
    params["model"] = json!("claude-sonnet-5");
    let id = caller.create(&json!([{ "custom_id": "a", "params": params }]));
    caller.now += HOUR;
    let usage = caller.rows(&id)[0]["result"]["message"]["usage"].clone();
    assert_eq!(
        (&usage["output_tokens_details"]["thinking_tokens"], &usage["inference_geo"]),
        (&json!(0), &json!("global"))
    );
}

#[test]
fn usage_follows_the_sizes() {
    let mut caller = Caller::new(Options { answers: vec!["x".repeat(400)], ..Options::default() });
    let list: Value = [0_usize, 4_000]
        .iter()
        .map(|size| {
            let content = "x".repeat(*size + 1);
            let mut params = params();
            params["messages"] = json!([{ "role": "user", "content": content }]);
            json!({ "custom_id": format!("a{size}"), "params": params })
        })
        .collect();
    let id = caller.create(&list);
    caller.now += HOUR;
    let usage = |caller: &mut Caller, custom_id: &str, key: &str| {
        let rows = caller.rows(&id);
        let row = rows.iter().find(|row| row["custom_id"] == custom_id).expect("a row");
        row["result"]["message"]["usage"][key].as_u64().expect("a count")
    };
    assert_eq!(usage(&mut caller, "a4000", "input_tokens") - usage(&mut caller, "a0", "input_tokens"), 1_000);
    assert_eq!(usage(&mut caller, "a0", "output_tokens"), 100);
}

#[test]
fn an_answer_longer_than_max_tokens_is_cut_and_says_so() {
    for answer in ["x".repeat(100), "東京".repeat(20), "🙂".repeat(30)] {
        let mut caller = Caller::new(Options { answers: vec![answer], ..Options::default() });
        let mut params = params();
        params["max_tokens"] = json!(5);
        let id = caller.create(&json!([{ "custom_id": "a", "params": params }]));
        caller.now += HOUR;
        let message = caller.rows(&id)[0]["result"]["message"].clone();
        assert_eq!(
            (&message["stop_reason"], &message["usage"]["output_tokens"]),
            (&json!("max_tokens"), &json!(5))
        );
        assert!(message["content"][0]["text"].as_str().is_some_and(|text| text.len() <= 20));
    }
}

#[test]
fn rows_come_shuffled_and_each_once() {
    let (mut caller, id) = ended(Options::default(), 1_000);
    let got: Vec<String> =
        caller.rows(&id).iter().map(|row| row["custom_id"].as_str().expect("an id").to_owned()).collect();
    let sent = caller.server.custom_ids(&id);
    assert_ne!(got, sent);
    assert_eq!(got.iter().collect::<BTreeSet<_>>(), sent.iter().collect::<BTreeSet<_>>());
    assert_eq!(got.len(), 1_000);
}

#[test]
fn headers_name_the_type_and_the_file() {
    let (mut caller, id) = ended(Options::default(), 1);
    let target = format!("{BATCHES}/{id}/results");
    let response = caller.call("GET", &target, b"");
    assert_eq!(response.header("content-type"), Some("application/x-jsonl"));
    let want = format!("attachment; filename*=utf-8''{id}_results.jsonl");
    assert_eq!(response.header("content-disposition"), Some(want.as_str()));
    assert!(matches!(response.body, Body::Results(_)));

    let (mut caller, id) = ended(Options { results_content_type: false, ..Options::default() }, 1);
    assert_eq!(caller.call("GET", &format!("{BATCHES}/{id}/results"), b"").header("content-type"), None);
}

#[test]
fn chunks_are_cut_anywhere_and_add_up_to_the_same_bytes() {
    let (mut caller, id) =
        ended(Options { answers: vec!["東京 ☕ naïve".into()], ..Options::default() }, 200);
    let whole = caller.body(&id);
    let mut inside_a_character = 0;
    for max in [1, 2, 7, 100, 65_536] {
        let mut body = caller.call("GET", &format!("{BATCHES}/{id}/results"), b"").body;
        let (mut all, mut sizes) = (Vec::new(), HashSet::new());
        while let Some(chunk) = body.next_chunk(max) {
            assert!((1..=max).contains(&chunk.len()));
            sizes.insert(chunk.len());
            inside_a_character += usize::from(chunk.first().is_some_and(|byte| byte & 0xc0 == 0x80));
            all.extend_from_slice(&chunk);
        }
        assert!(all == whole, "{max}");
        assert!(max == 1 || sizes.len() > 1, "{max}");
        assert!(body.next_chunk(max).is_none());
    }
    assert!(inside_a_character > 100);
}

#[test]
fn results_are_404_before_the_end() {
    let mut caller = Caller::new(Options::default());
    let id = caller.create(&requests(1));
    let response = caller.call("GET", &format!("{BATCHES}/{id}/results"), b"");
    assert_eq!((response.status, response.header("x-should-retry")), (404, Some("false")));
    let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
    assert_eq!(refusal["error"]["message"], format!("Message Batch {id} has no available results."));
}

#[test]
fn what_fails_while_it_runs_has_a_request_id_of_the_worker() {
    let table = [
        (Rates { overloaded: 1.0, ..Rates::default() }, "overloaded_error", "Overloaded"),
        (Rates { api_error: 1.0, ..Rates::default() }, "api_error", "Internal server error"),
        (Rates { timeout: 1.0, ..Rates::default() }, "timeout_error", "Request timed out"),
    ];
    for (rates, kind, message) in table {
        let (mut caller, id) = ended(Options { rates, ..Options::default() }, 1);
        let error = caller.rows(&id)[0]["result"]["error"].clone();
        assert_eq!((&error["error"]["type"], &error["error"]["message"]), (&json!(kind), &json!(message)));
        assert!(error["request_id"].as_str().is_some_and(|id| id.starts_with("workerreq_01")), "{error}");
        assert_eq!(error["error"].get("details"), None);
    }
}

#[test]
fn refusals_and_planted_cuts_are_successes_with_another_stop_reason() {
    let (mut caller, id) =
        ended(Options { rates: Rates { refusal: 1.0, ..Rates::default() }, ..Options::default() }, 1);
    let message = caller.rows(&id)[0]["result"]["message"].clone();
    assert_eq!((&message["stop_reason"], &message["content"]), (&json!("refusal"), &json!([])));
    assert_eq!(message["stop_details"]["type"], "refusal");

    let rates = Rates { truncated: 1.0, ..Rates::default() };
    let (mut caller, id) = ended(Options { rates, ..Options::default() }, 1);
    let message = caller.rows(&id)[0]["result"]["message"].clone();
    assert_eq!(
        (&message["stop_reason"], &message["usage"]["output_tokens"]),
        (&json!("max_tokens"), &json!(1_024))
    );
}

#[test]
fn transient_failures_are_thrown_anew_in_the_next_batch_and_planted_ones_stick() {
    let rates = Rates { overloaded: 0.3, expired: 0.2, invalid: 0.2, ..Rates::default() };
    let mut caller = Caller::new(Options { seed: 5, rates, ..Options::default() });
    let mut failed = |kind: &str| -> BTreeSet<String> {
        let id = caller.create(&requests(300));
        caller.now += HOUR;
        let is_kind =
            |row: &&Value| row["result"]["type"] == kind || row["result"]["error"]["error"]["type"] == kind;
        caller
            .rows(&id)
            .iter()
            .filter(is_kind)
            .map(|row| row["custom_id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let (first, second) = (failed("invalid_request_error"), failed("invalid_request_error"));
    assert!((30..90).contains(&first.len()));
    assert_eq!(first, second);
    for kind in ["overloaded_error", "expired"] {
        let (first, second) = (failed(kind), failed(kind));
        assert!(first.len() > 20 && second.len() > 20);
        assert_ne!(first, second);
    }
}

#[test]
fn equal_seeds_and_calls_give_equal_bytes_and_another_seed_gives_others() {
    let run = |seed: u64| {
        let rates = Rates { overloaded: 0.1, ..Rates::default() };
        let (mut caller, id) = ended(Options { seed, rates, ..Options::default() }, 50);
        (id.clone(), caller.retrieve(&id).to_string(), caller.body(&id))
    };
    assert!(run(4) == run(4));
    assert!(run(4) != run(5));
}

#[test]
fn fates_tell_how_often_a_request_was_taken_and_paid() {
    let rates = Rates { invalid: 0.5, ..Rates::default() };
    let mut caller = Caller::new(Options { rates, ..Options::default() });
    caller.create(&requests(20));
    let id = caller.create(&requests(10));
    caller.now += HOUR;
    let paid: HashSet<String> = caller
        .rows(&id)
        .iter()
        .filter(|row| row["result"]["type"] == "succeeded")
        .map(|row| row["custom_id"].as_str().expect("an id").to_owned())
        .collect();
    let fates = caller.server.fates();
    assert_eq!(fates.len(), 20);
    assert_eq!(fates.values().filter(|fate| fate.committed == 2).count(), 10);
    for (custom_id, fate) in &fates {
        if fate.committed == 2 {
            assert_eq!(fate.billed, if paid.contains(custom_id) { 2 } else { 0 });
        }
    }
}

#[test]
fn an_exported_state_goes_on_where_it_was() {
    let (mut caller, id) = ended(Options { seed: 9, ..Options::default() }, 30);
    let other = caller.create(&requests(3));
    let (before, batch) = (caller.body(&id), caller.retrieve(&other));
    let mut heir = Caller::new(Options { seed: 9, ..Options::default() });
    heir.now = caller.now;
    heir.server.import(&caller.server.export()).expect("a state");
    assert!(heir.body(&id).iter().collect::<HashSet<_>>() == before.iter().collect::<HashSet<_>>());
    assert_eq!(heir.rows(&id).len(), 30);
    assert_eq!(heir.retrieve(&other), batch);
    assert_eq!(heir.server.commits(), 2);
    let third = heir.create(&requests(1));
    assert!(third != id && third != other);
    for text in ["", "{}", "{\"version\":99}"] {
        assert!(heir.server.import(text).is_err());
    }
    assert_eq!(heir.server.commits(), 3);
}
