//! What is refused at once, what becomes an errored row, and who is let in.

use batchwise::emulator::{Options, Request, Server};
use serde_json::{Value, json};

use super::tools::{BATCHES, Caller, HOUR, START, params, request, requests};

type Headers = [(&'static str, &'static str)];

#[test]
fn the_envelope_is_refused_with_the_words_of_the_real_api() {
    let long = "a".repeat(65);
    let ok = request("a");
    let table: &[(Value, String)] = &[
        (json!({}), "requests: Field required".into()),
        (json!({ "requests": {} }), "requests: Input should be a valid list".into()),
        (json!({ "requests": "many" }), "requests: Input should be a valid list".into()),
        (
            json!({ "requests": [] }),
            "requests: List should have at least 1 item after validation, not 0".into(),
        ),
        (json!({ "requests": [7] }), "requests.0: Input should be a valid dictionary".into()),
        (json!({ "requests": [ok, { "params": {} }] }), "requests.1.custom_id: Field required".into()),
        (
            json!({ "requests": [{ "custom_id": 1, "params": {} }] }),
            "requests.0.custom_id: Input should be a valid string".into(),
        ),
        (
            json!({ "requests": [request(&long)] }),
            "requests.0.custom_id: String should have at most 64 characters".into(),
        ),
        (
            json!({ "requests": [request("a b")] }),
            "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'".into(),
        ),
        (json!({ "requests": [{ "custom_id": "a" }] }), "requests.0.params: Field required".into()),
        (
            json!({ "requests": [ok, request("b"), ok, request("b")] }),
            "requests: custom_id's must be unique within a batch. Duplicate custom_id found: a".into(),
        ),
        (
            json!({ "requests": [{ "custom_id": "a", "params": {}, "betas": [] }] }),
            "requests.0.betas: Extra inputs are not permitted".into(),
        ),
        (json!({ "requests": [ok], "name": "mine" }), "name: Extra inputs are not permitted".into()),
    ];
    for (body, want) in table {
        let mut caller = Caller::new(Options::default());
        let response = caller.call("POST", BATCHES, body.to_string().as_bytes());
        assert_eq!((response.status, response.header("x-should-retry")), (400, Some("false")), "{body}");
        let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
        assert_eq!(refusal["type"], "error");
        assert_eq!(refusal["error"]["type"], "invalid_request_error");
        assert_eq!(refusal["error"]["message"].as_str(), Some(want.as_str()));
        assert_eq!(caller.server.commits(), 0);
    }
}

#[test]
fn what_is_not_json_is_refused_with_a_reason() {
    let whole = json!({ "requests": requests(3) }).to_string();
    let cut = whole.get(..whole.len() - 40).expect("a prefix");
    for body in ["", "{", "[]", "nonsense", cut, "{\"requests\":[]} and more", "\u{feff}{}"] {
        let mut caller = Caller::new(Options::default());
        let (status, refusal) = caller.json("POST", BATCHES, body.as_bytes());
        assert_eq!(status, 400, "{body}");
        let message = refusal["error"]["message"].as_str().unwrap_or_default();
        assert!(message.starts_with("The request body is not valid JSON: "), "{message}");
    }
}

#[test]
fn half_a_character_refuses_the_body_in_the_apis_words() {
    for text in ["\\ud83d", "\\ude00", "\\ud83d\\n", "\\ud83d\\u0041"] {
        let body = json!({ "requests": requests(1) }).to_string().replace("What is", text);
        assert!(body.contains(text), "{body}");
        let mut caller = Caller::new(Options::default());
        let (status, refusal) = caller.json("POST", BATCHES, body.as_bytes());
        let message = refusal["error"]["message"].as_str().unwrap_or_default();
        let words = "The request body is not valid JSON: no low surrogate in string: line 1 column ";
        assert!(status == 400 && message.starts_with(words), "{text}: {message}");
        let whole = body.replace(text, "\\ud83d\\ude00");
        assert_eq!(caller.json("POST", BATCHES, whole.as_bytes()).0, 200);
    }
}

#[test]
fn sixty_four_characters_and_every_allowed_one_are_an_id() {
    let mut caller = Caller::new(Options::default());
    let ids =
        ["a".repeat(64), "-".into(), "_".into(), "__proto__".into(), "1e3".into(), "A".into(), "a".into()];
    let list: Value = ids.iter().map(|id| request(id)).collect();
    let id = caller.create(&list);
    assert_eq!(caller.server.custom_ids(&id), ids);
}

#[test]
fn too_many_requests_and_too_many_bytes_are_refused() {
    let mut caller = Caller::new(Options { max_requests: 3, max_body_bytes: 1_000, ..Options::default() });
    let body = json!({ "requests": requests(4) }).to_string();
    let (status, refusal) = caller.json("POST", BATCHES, body.as_bytes());
    let want = "requests: List should have at most 3 items after validation, not 4";
    assert_eq!((status, refusal["error"]["message"].as_str()), (400, Some(want)));

    let body = json!({ "requests": requests(40) }).to_string();
    let response = caller.call("POST", BATCHES, body.as_bytes());
    assert_eq!(response.status, 413);
    assert_eq!(
        response.body.into_bytes(),
        br#"{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#
    );
}

#[test]
fn the_edge_counts_bytes_before_anybody_looks_at_the_key() {
    let mut server = Server::new(Options { max_body_bytes: 2, ..Options::default() });
    let response = server.handle(START, &Request::new("POST", BATCHES).body(b"123"));
    assert_eq!(response.status, 413);
}

#[test]
fn faulty_params_become_errored_rows_with_the_words_of_the_real_api() {
    let invalid = "invalid_request_error";
    let table: &[(&str, Value, &str, &str)] = &[
        ("messages", Value::Null, invalid, "messages: Input should be a valid list"),
        ("messages", json!([]), invalid, "messages: at least one message is required"),
        ("stream", json!(true), invalid, "\"stream=True\" is not supported in the Message Batches API"),
        ("max_tokens", json!(0), invalid, "max_tokens: must be greater than or equal to 1"),
        ("max_tokens", json!("9"), invalid, "max_tokens: Input should be a valid integer"),
        (
            "max_tokens",
            json!(9_999_999),
            invalid,
            "max_tokens: 9999999 > 64000, which is the maximum allowed number of output tokens for \
             claude-haiku-4-5-20251001",
        ),
        ("model", json!("claude-opus-5-20260723"), "not_found_error", "model: claude-opus-5-20260723"),
        ("temperature", json!(1), invalid, "temperature: Extra inputs are not permitted"),
        ("top_k", json!(5), invalid, "top_k: Extra inputs are not permitted"),
        ("mesages", json!([]), invalid, "mesages: Extra inputs are not permitted"),
        ("betas", json!(["a"]), invalid, "betas: Extra inputs are not permitted"),
        (
            "tool_choice",
            json!({ "type": "tool", "name": "x" }),
            invalid,
            "Tool 'x' not found in provided tools",
        ),
    ];
    for (key, value, kind, message) in table {
        let mut caller = Caller::new(Options::default());
        let mut params = params();
        params[*key] = value.clone();
        let row = only_row(&mut caller, &params);
        assert_eq!(row["result"]["type"], "errored");
        let error = json!({
            "type": "error",
            "error": { "type": kind, "message": message, "details": { "error_visibility": "user_facing" } },
            "request_id": null,
        });
        assert_eq!(row["result"]["error"], error, "{key}: {value}");
    }
}

#[test]
fn a_missing_key_is_named() {
    for key in ["messages", "max_tokens", "model"] {
        let mut caller = Caller::new(Options::default());
        let mut params = params();
        params.as_object_mut().expect("an object").remove(key);
        let row = only_row(&mut caller, &params);
        assert_eq!(row["result"]["error"]["error"]["message"], format!("{key}: Field required"));
    }
}

#[test]
fn models_have_their_own_rules() {
    let prefill = json!([{ "role": "user", "content": "Hi" }, { "role": "assistant", "content": "Well" }]);
    let thinking = json!({ "type": "enabled", "budget_tokens": 1_024 });
    let table = [
        ("claude-opus-5", "messages", prefill.clone(), Some("assistant message prefill")),
        ("claude-haiku-4-5", "messages", prefill, None),
        ("claude-opus-5", "thinking", thinking.clone(), Some("\"thinking.type.enabled\" is not supported")),
        ("claude-opus-4-6", "thinking", thinking, None),
        ("claude-opus-5", "max_tokens", json!(128_000), None),
        ("claude-opus-5", "max_tokens", json!(128_001), Some("128001 > 128000")),
    ];
    for (model, key, value, want) in table {
        let mut caller = Caller::new(Options::default());
        let mut params = params();
        params["model"] = json!(model);
        params["max_tokens"] = json!(2_048);
        params[key] = value;
        let row = only_row(&mut caller, &params);
        let message = row["result"]["error"]["error"]["message"].as_str();
        assert_eq!(message.is_some(), want.is_some(), "{row}");
        assert!(message.unwrap_or_default().contains(want.unwrap_or_default()), "{row}");
    }
}

#[test]
fn the_version_and_the_betas_of_the_create_govern_its_rows() {
    let mut params = params();
    params["temperature"] = json!(0.5);
    let mut caller = Caller::new(Options::default());
    caller.version = "2023-06-01";
    assert_eq!(only_row(&mut caller, &params)["result"]["type"], "succeeded");

    let mut params = super::tools::params();
    params["model"] = json!("claude-sonnet-5-5");
    params["max_tokens"] = json!(300_000);
    let mut caller = Caller::new(Options::default());
    assert_eq!(only_row(&mut caller, &params)["result"]["type"], "errored");
    caller.betas = "message-batches-2024-09-24, output-300k-2026-03-24";
    assert_eq!(only_row(&mut caller, &params)["result"]["type"], "succeeded");
}

#[test]
fn both_ways_to_send_a_key_work_and_a_bad_key_is_refused() {
    let any = Options::default();
    let mine = Options { keys: Some(vec!["mine".into()]), ..Options::default() };
    let table: &[(&Options, &Headers, u16)] = &[
        (&any, &[("x-api-key", "anything")], 200),
        (&any, &[("Authorization", "Bearer anything")], 200),
        (&any, &[("authorization", "bearer anything")], 200),
        (&any, &[], 401),
        (&any, &[("x-api-key", "")], 401),
        (&any, &[("authorization", "Basic anything")], 401),
        (&any, &[("x-api-key", "sk-ant-invalid-key")], 401),
        (&mine, &[("x-api-key", "mine")], 200),
        (&mine, &[("x-api-key", "other")], 401),
        (&mine, &[("x-api-key", "mine"), ("authorization", "Bearer other")], 200),
        (&mine, &[("x-api-key", "other"), ("authorization", "Bearer mine")], 401),
    ];
    for (options, headers, want) in table {
        let mut server = Server::new((*options).clone());
        let mut request = Request::new("GET", BATCHES).header("anthropic-version", "2023-06-01");
        request.headers.extend_from_slice(headers);
        let response = server.handle(START, &request);
        assert_eq!(response.status, *want, "{headers:?}");
        if *want == 401 {
            assert_eq!(response.header("x-should-retry"), Some("false"));
            assert_eq!(response.header("anthropic-workspace-id"), None);
            let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
            assert_eq!(refusal["error"]["type"], "authentication_error");
        } else {
            assert!(response.header("anthropic-workspace-id").is_some());
        }
    }
}

#[test]
fn unknown_versions_and_betas_are_refused() {
    let table = [
        ("2023-06-01", "", 200),
        ("2026-10-21", "files-api-2025-04-14,mine-2026-01-01", 200),
        ("2024-01-01", "", 400),
        ("2026-10-21", "unknown-2030-01-01", 400),
    ];
    for (version, betas, want) in table {
        let mut caller = Caller::new(Options { betas: vec!["mine-2026-01-01".into()], ..Options::default() });
        (caller.version, caller.betas) = (version, betas);
        let (status, body) = caller.json("GET", BATCHES, b"");
        assert_eq!(status, want, "{body}");
    }
    let mut server = Server::new(Options::default());
    let response = server.handle(START, &Request::new("GET", BATCHES).header("x-api-key", "k"));
    assert_eq!(response.status, 400);
}

#[test]
fn a_full_queue_refuses_and_an_ended_batch_makes_room() {
    let mut caller = Caller::new(Options { queue_limit: Some(10), ..Options::default() });
    caller.create(&requests(6));
    let body = json!({ "requests": requests(5) }).to_string();
    let response = caller.call("POST", BATCHES, body.as_bytes());
    assert_eq!(response.status, 429);
    assert!(response.header("retry-after").is_some());
    assert_eq!(response.header("x-should-retry"), None);
    let refusal: Value = serde_json::from_slice(&response.body.into_bytes()).expect("JSON");
    assert_eq!(refusal["error"]["type"], "rate_limit_error");
    caller.create(&requests(4));
    caller.now += HOUR;
    caller.create(&requests(10));
}

#[test]
fn calls_beyond_the_rate_are_refused_until_the_bucket_has_refilled() {
    let mut caller = Caller::new(Options { requests_per_minute: Some(60), ..Options::default() });
    for _ in 0..60 {
        assert_eq!(caller.call("GET", BATCHES, b"").status, 200);
    }
    let response = caller.call("GET", BATCHES, b"");
    assert_eq!((response.status, response.header("retry-after")), (429, Some("1")));
    caller.now += 1_000;
    assert_eq!(caller.call("GET", BATCHES, b"").status, 200);
    assert_eq!(caller.call("GET", BATCHES, b"").status, 429);
}

#[test]
fn unknown_paths_and_methods_are_refused_and_an_unknown_batch_is_named() {
    let mut caller = Caller::new(Options::default());
    assert_eq!(caller.json("GET", "/v1/messages", b"").0, 404);
    let response = caller.call("PUT", BATCHES, b"");
    assert_eq!((response.status, response.header("x-should-retry")), (405, Some("false")));
    let (status, refusal) = caller.json("GET", &format!("{BATCHES}/msgbatch_nobody"), b"");
    let message = refusal["error"]["message"].as_str();
    assert_eq!((status, message), (404, Some("Message Batch msgbatch_nobody not found.")));
}

#[test]
fn browsers_are_not_answered_unless_that_is_switched_on() {
    let preflight = Request::new("OPTIONS", BATCHES)
        .header("origin", "https://page.example")
        .header("access-control-request-headers", "x-api-key,content-type");
    let response = Server::new(Options::default()).handle(START, &preflight);
    assert!(response.headers.iter().all(|(name, _)| !name.starts_with("access-control")));

    let mut server = Server::new(Options { cors: true, ..Options::default() });
    let response = server.handle(START, &preflight);
    assert_eq!(response.status, 204);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("access-control-allow-headers"), Some("x-api-key,content-type"));
    assert!(
        response.header("access-control-allow-methods").is_some_and(|methods| methods.contains("DELETE"))
    );

    let plain = Request::new("GET", BATCHES)
        .header("origin", "https://page.example")
        .header("x-api-key", "k")
        .header("anthropic-version", "2026-10-21");
    let response = server.handle(START, &plain);
    assert_eq!((response.status, response.header("access-control-allow-origin")), (401, Some("*")));
    let opted = plain.header("anthropic-dangerous-direct-browser-access", "true");
    let response = server.handle(START, &opted);
    assert_eq!((response.status, response.header("access-control-expose-headers")), (200, Some("*")));
}

fn only_row(caller: &mut Caller, params: &Value) -> Value {
    let id = caller.create(&json!([{ "custom_id": "a", "params": params }]));
    caller.now += HOUR;
    caller.rows(&id).remove(0)
}
