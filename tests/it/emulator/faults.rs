//! Every fault: what the caller sees, and what stands at the server all the same.

use std::collections::BTreeSet;

use batchwise::emulator::{
    Ending, Endpoint, Fault, Hits, Opening, Options, Pace, Response, RetryAfter, StatusFault, When, WireFault,
};
use serde_json::{Value, json};

use super::tools::{BATCHES, Caller, HOUR, START, requests};

fn always() -> Hits {
    Hits::Rate(1.0)
}

fn with(on: Option<Endpoint>, fault: Fault, hits: Hits) -> Caller {
    let mut caller = Caller::new(Options::default());
    caller.server.faults().add(on, fault, hits);
    caller
}

fn create(caller: &mut Caller) -> Response {
    let body = json!({ "requests": requests(2) }).to_string();
    caller.call("POST", BATCHES, body.as_bytes())
}

/// The lines of a results body of 50 rows that went through a fault.
fn faulty_lines(fault: Fault) -> (Caller, WireFault, Vec<u8>) {
    let mut caller = with(Some(Endpoint::Results), fault, always());
    let id = caller.create(&requests(50));
    caller.now += HOUR;
    let response = caller.call("GET", &format!("{BATCHES}/{id}/results"), b"");
    let wire = response.wire;
    (caller, wire, response.body.into_bytes())
}

fn lines(body: &[u8]) -> usize {
    body.split(|byte| *byte == b'\n').count() - 1
}

fn ids(body: &[u8]) -> Vec<String> {
    let rows =
        body.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    rows.map(|row| row["custom_id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_status_comes_before_or_after_the_commit_with_the_type_of_the_real_api() {
    let table = [
        (408, "timeout_error"),
        (409, "conflict_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (503, "api_error"),
        (504, "timeout_error"),
        (529, "overloaded_error"),
        (402, "billing_error"),
        (403, "permission_error"),
    ];
    for (code, kind) in table {
        for (when, commits) in [(When::Before, 0), (When::After, 1)] {
            let fault = StatusFault { code, when, ..StatusFault::default() };
            let mut caller = with(Some(Endpoint::Create), Fault::Status(fault), always());
            let response = create(&mut caller);
            assert_eq!((response.status, caller.server.commits()), (code, commits));
            assert_eq!((response.header("retry-after"), response.header("x-should-retry")), (None, None));
            let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
            assert_eq!(refusal["error"]["type"], kind);
            assert!(refusal["request_id"].is_string());
        }
    }
}

#[test]
fn every_form_of_retry_after_is_sent() {
    let table = [
        (RetryAfter::Ms(1_500), 1.0, "retry-after-ms", "1500"),
        (RetryAfter::Seconds(30_000), 1.0, "retry-after", "30"),
        (RetryAfter::Seconds(1_500), 1.0, "retry-after", "1.5"),
        (RetryAfter::Seconds(60_000), 60.0, "retry-after", "1"),
        (RetryAfter::Date(90_000), 1.0, "retry-after", "Wed, 18 Nov 2026 11:08:10 GMT"),
    ];
    for (retry_after, time_scale, header, want) in table {
        let mut caller = Caller::new(Options { time_scale, ..Options::default() });
        let fault =
            StatusFault { code: 429, retry_after, should_retry: Some(true), ..StatusFault::default() };
        caller.server.faults().add(None, Fault::Status(fault), always());
        let response = caller.call("GET", BATCHES, b"");
        assert_eq!(response.header(header), Some(want));
        assert_eq!(response.header("x-should-retry"), Some("true"));
        assert_eq!(response.header("date"), Some("Wed, 18 Nov 2026 11:06:40 GMT"));
    }
}

#[test]
fn a_spend_limit_and_a_gateway_look_like_themselves() {
    let spend = StatusFault {
        code: 429,
        error_code: Some("enforced_spend_limit_reached".into()),
        message: Some("Enough.".into()),
        ..StatusFault::default()
    };
    let mut caller = with(None, Fault::Status(spend), always());
    let (_, refusal) = caller.json("GET", BATCHES, b"");
    assert_eq!(refusal["error"]["details"]["error_code"], "enforced_spend_limit_reached");
    assert_eq!(refusal["error"]["message"], "Enough.");

    let gateway = StatusFault { code: 502, html: true, ..StatusFault::default() };
    let mut caller = with(None, Fault::Status(gateway), always());
    let response = caller.call("GET", BATCHES, b"");
    assert_eq!((response.status, response.header("content-type")), (502, Some("text/html; charset=UTF-8")));
    assert!(response.body.into_bytes().starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn a_lost_connection_leaves_the_effect_that_it_had() {
    for (when, commits) in [(When::Before, 0), (When::After, 1)] {
        for (fault, opening) in
            [(Fault::Reset(when), Opening::Reset), (Fault::Stall { ms: 5_000, when }, Opening::Stall(5_000))]
        {
            let mut caller = with(Some(Endpoint::Create), fault, always());
            let response = create(&mut caller);
            assert_eq!(response.wire.opening, opening);
            assert_eq!(response.body.into_bytes(), b"");
            assert_eq!(caller.server.commits(), commits);
            assert_eq!(caller.server.batches(caller.now).len() as u64, commits);
        }
    }
}

#[test]
fn a_refused_call_stays_refused_under_a_fault_after_the_commit() {
    let mut caller = with(Some(Endpoint::Create), Fault::Reset(When::After), always());
    assert_eq!(caller.json("POST", BATCHES, b"{}").0, 400);
}

#[test]
fn an_html_page_comes_in_place_of_the_answer() {
    let mut caller = with(Some(Endpoint::Create), Fault::Html(When::After), always());
    let response = create(&mut caller);
    assert_eq!((response.status, response.header("content-type")), (200, Some("text/html; charset=UTF-8")));
    assert_eq!(caller.server.commits(), 1);
}

#[test]
fn a_reply_is_late_or_cut_in_the_middle() {
    let mut caller = with(Some(Endpoint::Create), Fault::Slow { ms: 700 }, always());
    assert_eq!(create(&mut caller).wire.opening, Opening::After(700));

    for ending in [Ending::Clean, Ending::Reset, Ending::Stall(9)] {
        let mut caller = with(Some(Endpoint::Create), Fault::CutReply(ending), always());
        let response = create(&mut caller);
        assert_eq!((response.status, response.wire.ending), (200, ending));
        let body = response.body.into_bytes();
        assert!(body.len() > 50 && serde_json::from_slice::<Value>(&body).is_err());
        assert_eq!(caller.server.commits(), 1);
    }
}

#[test]
fn a_body_cut_at_a_line_is_whole_lines_and_too_few() {
    for ending in [Ending::Clean, Ending::Reset, Ending::Stall(9)] {
        let (_, wire, body) = faulty_lines(Fault::CutAtLine(ending));
        assert_eq!(wire.ending, ending);
        assert!(body.is_empty() || body.ends_with(b"\n"));
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        assert_eq!(lines, ids(&body).len());
        assert!(lines < 50);
    }
}

#[test]
fn a_body_cut_within_a_line_ends_in_no_json() {
    let (_, wire, body) = faulty_lines(Fault::CutMidLine(Ending::Reset));
    assert_eq!(wire.ending, Ending::Reset);
    let last = body.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    assert!(!last.is_empty() && serde_json::from_slice::<Value>(last).is_err());
    assert!(ids(&body).len() < 50);
}

#[test]
fn blank_lines_and_crlf_change_no_row() {
    let (_, _, body) = faulty_lines(Fault::BlankLines);
    assert!(body.windows(2).any(|pair| pair == b"\n\n"));
    assert_eq!(ids(&body).len(), 50);

    let (_, _, body) = faulty_lines(Fault::Crlf);
    let feeds = lines(&body);
    let pairs = body.windows(2).filter(|pair| *pair == b"\r\n").count();
    assert_eq!((feeds, pairs), (50, 50));
    let text = String::from_utf8(body).expect("UTF-8").replace('\r', "");
    assert_eq!(ids(text.as_bytes()).len(), 50);
}

#[test]
fn rows_are_spoiled_doubled_invented_and_left_out() {
    let distinct = |body: &[u8]| ids(body).into_iter().collect::<BTreeSet<_>>().len();

    let (_, _, body) = faulty_lines(Fault::BadLine(3));
    assert_eq!((lines(&body), ids(&body).len()), (50, 47));

    let (_, _, body) = faulty_lines(Fault::DuplicateId(3));
    assert_eq!((lines(&body), ids(&body).len(), distinct(&body)), (53, 53, 50));

    let (caller, _, body) = faulty_lines(Fault::UnknownId(2));
    let sent: BTreeSet<String> = caller.server.fates().into_keys().collect();
    assert_eq!((lines(&body), ids(&body).iter().filter(|id| !sent.contains(*id)).count()), (52, 2));

    let (_, _, body) = faulty_lines(Fault::MissingId(4));
    assert_eq!((lines(&body), distinct(&body)), (46, 46));

    let (_, _, body) = faulty_lines(Fault::UnknownType(2));
    let text = String::from_utf8(body).expect("UTF-8");
    assert_eq!(text.lines().filter(|line| line.contains("\"type\":\"withheld\"")).count(), 2);
    assert_eq!(ids(text.as_bytes()).len(), 50);
}

#[test]
fn one_line_is_huge_and_still_json() {
    let (_, _, body) = faulty_lines(Fault::HugeLine(300_000));
    let longest = body.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
    assert!(longest.is_some_and(|longest| (300_000..400_000).contains(&longest)), "{longest:?}");
    assert_eq!(ids(&body).len(), 50);
}

#[test]
fn a_slow_body_says_its_pace() {
    let (_, wire, _) = faulty_lines(Fault::SlowBody { bytes: 10, every_ms: 250 });
    assert_eq!(wire.pace, Some(Pace { bytes: 10, every_ms: 250 }));
}

#[test]
fn a_late_commit_loses_its_reply_and_appears_later() {
    let mut caller = with(Some(Endpoint::Create), Fault::LateCommit(5_000), always());
    let response = create(&mut caller);
    assert_eq!(response.wire.opening, Opening::Reset);
    let id = caller.server.batches(caller.now)[0].id.clone();
    let target = format!("{BATCHES}/{id}");
    caller.now += 4_999;
    assert_eq!(caller.json("GET", &target, b"").0, 404);
    assert_eq!(caller.json("GET", BATCHES, b"").1["data"], json!([]));
    caller.now += 2;
    let batch = caller.retrieve(&id);
    assert!(batch["created_at"].as_str().is_some_and(|at| at.starts_with("2026-11-18T11:06:45.")), "{batch}");
    assert_eq!(caller.json("GET", BATCHES, b"").1["first_id"], id);
}

#[test]
fn a_late_commit_can_follow_a_gateway_timeout() {
    let mut caller = with(Some(Endpoint::Create), Fault::LateCommit(5_000), always());
    let timeout = StatusFault { code: 504, ..StatusFault::default() };
    caller.server.faults().add(Some(Endpoint::Create), Fault::Status(timeout), always());
    assert_eq!(create(&mut caller).status, 504);
    caller.now += 6_000;
    assert_eq!(caller.json("GET", BATCHES, b"").1["data"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_list_lags_and_a_new_batch_is_unknown_for_a_while() {
    let mut caller = with(None, Fault::ListLag(5_000), always());
    let id = caller.create(&requests(1));
    assert_eq!(caller.json("GET", BATCHES, b"").1["data"], json!([]));
    assert_eq!(caller.retrieve(&id)["id"], id);
    caller.now += 5_001;
    assert_eq!(caller.json("GET", BATCHES, b"").1["first_id"], id);

    let mut caller = with(None, Fault::NotFoundAfterCreate(5_000), always());
    let id = caller.create(&requests(1));
    assert_eq!(caller.json("GET", &format!("{BATCHES}/{id}"), b"").0, 404);
    assert_eq!(caller.json("GET", BATCHES, b"").1["first_id"], id);
    caller.now += 5_001;
    assert_eq!(caller.retrieve(&id)["id"], id);
}

#[test]
fn exact_calls_are_struck_and_no_others() {
    let mut caller = with(Some(Endpoint::List), Fault::Reset(When::Before), Hits::Calls(vec![2, 4]));
    create(&mut caller);
    let struck: Vec<bool> =
        (0..5).map(|_| caller.call("GET", BATCHES, b"").wire.opening == Opening::Reset).collect();
    assert_eq!(struck, [false, true, false, true, false]);
    assert_eq!(caller.server.faults().struck().get("reset"), Some(&2));
    assert_eq!((caller.server.calls(Endpoint::List), caller.server.calls(Endpoint::Create)), (5, 1));
}

#[test]
fn a_rate_strikes_its_share_the_same_way_for_the_same_seed() {
    let run = |seed: u64| -> Vec<bool> {
        let mut caller = Caller::new(Options { seed, requests_per_minute: None, ..Options::default() });
        caller.server.faults().add(None, Fault::Reset(When::Before), Hits::Rate(0.3));
        (0..1_000).map(|_| caller.call("GET", BATCHES, b"").wire.opening == Opening::Reset).collect()
    };
    let share = run(1).iter().filter(|struck| **struck).count();
    assert!((250..350).contains(&share), "{share}");
    assert!(run(1) == run(1));
    assert!(run(1) != run(2));
}

#[test]
fn faults_are_changed_between_calls_and_the_first_rule_wins() {
    let mut caller = Caller::new(Options::default());
    let faults = caller.server.faults();
    faults.set_json("list", r#"{"status": [{"code": 500}, {"code": 503}]}"#).expect("faults");
    faults.set_json("*", r#"{"slow": true}"#).expect("faults");
    assert_eq!(caller.call("GET", BATCHES, b"").status, 500);
    caller.server.faults().set_json("list", "{}").expect("faults");
    let response = caller.call("GET", BATCHES, b"");
    assert_eq!((response.status, response.wire.opening), (200, Opening::After(1_000)));
    caller.server.faults().clear();
    assert_eq!(caller.call("GET", BATCHES, b"").wire, WireFault::default());
    assert!(caller.server.faults().set_json("everywhere", "{}").is_err());
}

#[test]
fn faults_of_one_endpoint_leave_the_others_alone() {
    let mut caller = Caller::new(Options::default());
    caller.server.faults().add(None, Fault::CutAtLine(Ending::Clean), always());
    caller.server.faults().add(Some(Endpoint::Cancel), Fault::Reset(When::Before), always());
    let id = caller.create(&requests(2));
    assert_eq!(caller.retrieve(&id)["id"], id);
    assert_eq!(caller.call("POST", &format!("{BATCHES}/{id}/cancel"), b"").wire.opening, Opening::Reset);
    assert_eq!(caller.retrieve(&id)["cancel_initiated_at"], Value::Null);
    assert!(caller.server.faults().struck().get("cutAtLine").is_none());
    assert!(caller.now == START);
}
