//! The life of a batch: objects, list, cancel, expiry, archive, delete.

use batchwise::emulator::{Options, Rates};
use serde_json::{Value, json};

use super::tools::{BATCHES, Caller, HOUR, requests};

#[test]
fn a_created_batch_has_the_ten_keys_in_the_order_of_the_real_api() {
    let mut caller = Caller::new(Options { processing_ms: Some(120_000), ..Options::default() });
    let body = json!({ "requests": requests(2) }).to_string();
    let response = caller.call("POST", BATCHES, body.as_bytes());
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert!(response.header("request-id").is_some_and(|id| id.starts_with("req_01")));
    assert_eq!(response.header("retry-after"), None);
    let text = String::from_utf8(response.body.into_bytes()).expect("UTF-8");
    let id = text.split('"').nth(3).expect("an id");
    assert!(id.starts_with("msgbatch_01"), "{id}");
    let created = text.split("created_at\":\"").nth(1).and_then(|rest| rest.get(..32)).expect("a time");
    assert_eq!((created.get(..23), created.get(26..)), (Some("2026-11-18T11:06:40.000"), Some("+00:00")));
    let next_day = created.replace("-18T", "-19T");
    assert_eq!(
        text,
        format!(
            "{{\"id\":\"{id}\",\"type\":\"message_batch\",\"processing_status\":\"in_progress\",\"request_counts\":{{\
             \"processing\":2,\"succeeded\":0,\"errored\":0,\"canceled\":0,\"expired\":0}},\"ended_at\":null,\
             \"created_at\":\"{created}\",\"expires_at\":\"{next_day}\",\"archived_at\":null,\
             \"cancel_initiated_at\":null,\"results_url\":null}}"
        )
    );
}

#[test]
fn counts_stay_in_processing_until_the_end_and_the_poll_hint_goes_with_it() {
    let mut caller = Caller::new(Options { processing_ms: Some(100_000), ..Options::default() });
    let id = caller.create(&requests(10));
    let target = format!("{BATCHES}/{id}");
    caller.now += 99_000;
    let response = caller.call("GET", &target, b"");
    assert_eq!(response.header("retry-after"), Some("10"));
    let batch: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
    assert_eq!(batch["request_counts"]["processing"], 10);
    caller.now += 1_000;
    let response = caller.call("GET", &target, b"");
    assert_eq!(response.header("retry-after"), None);
    let batch: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
    assert_eq!(batch["processing_status"], "ended");
    assert_eq!(batch["request_counts"]["succeeded"], 10);
    assert_eq!(batch["results_url"], format!("https://api.anthropic.com{BATCHES}/{id}/results"));
    assert!(batch["ended_at"].is_string());
}

#[test]
fn counts_move_where_that_is_switched_on() {
    let options = Options { processing_ms: Some(100_000), progressive_counts: true, ..Options::default() };
    let mut caller = Caller::new(options);
    let id = caller.create(&requests(100));
    caller.now += 50_000;
    let counts = caller.retrieve(&id)["request_counts"].clone();
    assert!((20..80).contains(&counts["processing"].as_u64().expect("a count")), "{counts}");
    let sum: u64 = counts.as_object().expect("counts").values().filter_map(Value::as_u64).sum();
    assert_eq!(sum, 100);
}

#[test]
fn a_scaled_clock_shortens_the_poll_hint() {
    for (scale, want) in [(1.0, "10"), (60.0, "0.167"), (3_600.0, "0.003"), (0.5, "20")] {
        let mut caller = Caller::new(Options { time_scale: scale, ..Options::default() });
        let id = caller.create(&requests(1));
        let response = caller.call("GET", &format!("{BATCHES}/{id}"), b"");
        assert_eq!(response.header("retry-after"), Some(want));
    }
}

#[test]
fn a_batch_takes_one_to_four_minutes_unless_told_otherwise() {
    let mut caller = Caller::new(Options { queue_limit: None, ..Options::default() });
    for count in [1, 100, 5_000] {
        caller.create(&requests(count));
    }
    for batch in caller.server.batches(caller.now) {
        let length = batch.ends_ms - batch.created_ms;
        assert!((60_000..=240_000).contains(&length), "{batch:?}");
    }
}

#[test]
fn lists_are_newest_first_and_page_both_ways() {
    let mut caller = Caller::new(Options::default());
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..5 {
        ids.insert(0, caller.create(&requests(1)));
        caller.now += 1_000;
    }
    let mut page = |query: &str| {
        let (status, page) = caller.json("GET", &format!("{BATCHES}{query}"), b"");
        assert_eq!(status, 200, "{page}");
        let data = page["data"].as_array().expect("a list").clone();
        let got: Vec<String> =
            data.iter().map(|batch| batch["id"].as_str().expect("an id").to_owned()).collect();
        assert_eq!(page["first_id"].as_str(), got.first().map(String::as_str));
        assert_eq!(page["last_id"].as_str(), got.last().map(String::as_str));
        (got, page["has_more"].as_bool().expect("a flag"))
    };
    assert_eq!(page(""), (ids.clone(), false));
    assert_eq!(page("?limit=2"), (ids[..2].to_vec(), true));
    assert_eq!(page(&format!("?limit=2&after_id={}", ids[1])), (ids[2..4].to_vec(), true));
    assert_eq!(page(&format!("?limit=2&after_id={}", ids[3])), (ids[4..].to_vec(), false));
    assert_eq!(page(&format!("?after_id={}", ids[4])), (Vec::new(), false));
    assert_eq!(page(&format!("?limit=2&before_id={}", ids[4])), (ids[2..4].to_vec(), true));
    assert_eq!(page(&format!("?limit=2&before_id={}&beta=true", ids[2])), (ids[..2].to_vec(), false));
}

#[test]
fn batches_of_one_millisecond_keep_their_order() {
    let mut caller = Caller::new(Options { requests_per_minute: None, ..Options::default() });
    let mut ids: Vec<String> = (0..1_500).map(|_| caller.create(&requests(1))).collect();
    ids.reverse();
    assert_eq!(caller.retrieve(&ids[0])["id"], ids[0]);
    let (_, page) = caller.json("GET", &format!("{BATCHES}?limit=1000"), b"");
    let listed =
        page["data"].as_array().expect("a list").iter().map(|batch| batch["id"].as_str().expect("an id"));
    assert!(listed.eq(ids.iter().take(1_000).map(String::as_str)));
}

#[test]
fn an_empty_list_has_null_cursors() {
    let mut caller = Caller::new(Options::default());
    let response = caller.call("GET", BATCHES, b"");
    assert_eq!(response.body.into_bytes(), br#"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#);
}

#[test]
fn impossible_list_queries_are_refused() {
    let mut caller = Caller::new(Options::default());
    let id = caller.create(&requests(1));
    let both = format!("after_id={id}&before_id={id}");
    for query in
        ["limit=0", "limit=1001", "limit=-3", "limit=many", "after_id=nobody", "before_id=nobody", &both]
    {
        let (status, refusal) = caller.json("GET", &format!("{BATCHES}?{query}"), b"");
        assert_eq!((status, &refusal["error"]["type"]), (400, &json!("invalid_request_error")), "{query}");
    }
}

#[test]
fn a_cancel_keeps_what_had_finished_and_cancels_the_rest() {
    let mut caller = Caller::new(Options { processing_ms: Some(200_000), ..Options::default() });
    let id = caller.create(&requests(200));
    caller.now += 100_000;
    let (status, batch) = caller.json("POST", &format!("{BATCHES}/{id}/cancel"), b"{}");
    assert_eq!(status, 200);
    assert_eq!(batch["processing_status"], "canceling");
    assert_eq!(batch["request_counts"]["processing"], 200);
    assert!(batch["cancel_initiated_at"].is_string());
    let (status, again) = caller.json("POST", &format!("{BATCHES}/{id}/cancel"), b"");
    assert_eq!((status, &again["cancel_initiated_at"]), (200, &batch["cancel_initiated_at"]));
    caller.now += 30_000;
    let counts = caller.retrieve(&id)["request_counts"].clone();
    let (succeeded, canceled) =
        (counts["succeeded"].as_u64().unwrap_or(0), counts["canceled"].as_u64().unwrap_or(0));
    assert_eq!(succeeded + canceled, 200);
    assert!((60..160).contains(&succeeded), "{counts}");
    let rows = caller.rows(&id);
    let canceled_rows =
        rows.iter().filter(|row| row["result"] == json!({ "type": "canceled" })).count() as u64;
    assert_eq!(canceled_rows, canceled);
    let (status, refusal) = caller.json("POST", &format!("{BATCHES}/{id}/cancel"), b"");
    assert_eq!((status, &refusal["error"]["type"]), (400, &json!("invalid_request_error")));
}

#[test]
fn a_batch_canceled_at_once_cancels_everything() {
    let mut caller = Caller::new(Options::default());
    let id = caller.create(&requests(3));
    caller.now += 200;
    caller.json("POST", &format!("{BATCHES}/{id}/cancel"), b"");
    caller.now += 30_000;
    let batch = caller.retrieve(&id);
    assert_eq!(
        (&batch["processing_status"], &batch["request_counts"]["canceled"]),
        (&json!("ended"), &json!(3))
    );
}

#[test]
fn what_has_not_run_after_a_day_expires() {
    let mut caller = Caller::new(Options { processing_ms: Some(48 * HOUR), ..Options::default() });
    let id = caller.create(&requests(400));
    caller.now += 24 * HOUR - 1;
    assert_eq!(caller.retrieve(&id)["processing_status"], "in_progress");
    caller.now += 2;
    let batch = caller.retrieve(&id);
    assert_eq!(batch["processing_status"], "ended");
    assert_eq!(batch["ended_at"], batch["expires_at"]);
    let expired = batch["request_counts"]["expired"].as_u64().expect("a count");
    assert!((150..250).contains(&expired), "{batch}");
    let rows = caller.rows(&id);
    let expired_rows = rows.iter().filter(|row| row["result"] == json!({ "type": "expired" })).count() as u64;
    assert_eq!(expired_rows, expired);
}

#[test]
fn results_are_gone_29_days_after_the_creation_and_the_batch_is_not() {
    let mut caller = Caller::new(Options::default());
    let id = caller.create(&requests(1));
    caller.now += 29 * 24 * HOUR - 1;
    assert_eq!(caller.retrieve(&id)["archived_at"], Value::Null);
    assert_eq!(caller.rows(&id).len(), 1);
    caller.now += 2;
    let batch = caller.retrieve(&id);
    assert!(batch["archived_at"].is_string());
    assert_eq!(batch["results_url"], Value::Null);
    let (status, refusal) = caller.json("GET", &format!("{BATCHES}/{id}/results"), b"");
    assert_eq!((status, &refusal["error"]["type"]), (404, &json!("not_found_error")));
}

#[test]
fn only_an_ended_batch_can_be_deleted_and_then_it_is_unknown() {
    let mut caller = Caller::new(Options { processing_ms: Some(100_000), ..Options::default() });
    let (id, other) = (caller.create(&requests(1)), caller.create(&requests(1)));
    let target = format!("{BATCHES}/{id}");
    let refused = |caller: &mut Caller, target: &str, want: &str| {
        let response = caller.call("DELETE", target, b"");
        assert_eq!((response.status, response.header("x-should-retry")), (400, Some("false")));
        let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
        assert_eq!(refusal["error"]["message"], want);
    };
    let want = "In progress batches cannot be deleted. Consider canceling the batch instead.";
    refused(&mut caller, &target, want);
    caller.json("POST", &format!("{target}/cancel"), b"");
    let want = format!(
        "Batch `{id}` has not finished canceling. Please wait for cancellation to completed before deleting."
    );
    refused(&mut caller, &target, &want);
    caller.now += 100_000;
    let (status, deleted) = caller.json("DELETE", &target, b"");
    assert_eq!((status, deleted), (200, json!({ "id": id, "type": "message_batch_deleted" })));
    for (method, target) in [
        ("GET", &target),
        ("DELETE", &target),
        ("GET", &format!("{target}/results")),
        ("POST", &format!("{target}/cancel")),
    ] {
        let (status, refusal) = caller.json(method, target, b"");
        assert_eq!(status, 404);
        assert_eq!(refusal["error"]["message"], format!("Message Batch {id} not found."));
        assert!(refusal["request_id"].as_str().is_some_and(|id| id.starts_with("req_01")));
    }
    let (_, page) = caller.json("GET", BATCHES, b"");
    assert_eq!(page["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["first_id"], other);
}

#[test]
fn counts_agree_with_the_rows_for_every_mixture_of_rates() {
    let rates = Rates { overloaded: 0.2, expired: 0.1, invalid: 0.1, api_error: 0.05, ..Rates::default() };
    let mut caller = Caller::new(Options { seed: 3, rates, ..Options::default() });
    let id = caller.create(&requests(500));
    caller.now += HOUR;
    let counts = caller.retrieve(&id)["request_counts"].clone();
    let rows = caller.rows(&id);
    for kind in ["succeeded", "errored", "canceled", "expired"] {
        let found = rows.iter().filter(|row| row["result"]["type"] == kind).count() as u64;
        assert_eq!(counts[kind].as_u64(), Some(found), "{kind}");
    }
    assert!(counts["errored"].as_u64().is_some_and(|errored| (120..230).contains(&errored)), "{counts}");
}
