//! The endpoints beside the batches: models and counts of tokens.

use batchwise::emulator::Options;
use serde_json::json;

use super::tools::{Caller, HOUR, params, requests};

#[test]
fn models_are_listed_until_their_day_and_say_what_they_take() {
    let mut caller = Caller::new(Options::default());
    let (status, list) = caller.json("GET", "/v1/models", b"");
    assert_eq!(status, 200);
    let models = list["data"].as_array().expect("a list").clone();
    assert!(models.iter().all(|model| model["capabilities"]["batch"]["supported"] == true));
    assert!(models.iter().any(|model| model["id"] == "claude-sonnet-4-5-20250929"));
    let (status, model) = caller.json("GET", "/v1/models/claude-haiku-5-5", b"");
    assert_eq!((status, &model["max_tokens"]), (200, &json!(128_000)));
    caller.now += 20 * 24 * HOUR;
    let (status, _) = caller.json("GET", "/v1/models/claude-sonnet-4-5-20250929", b"");
    assert_eq!(status, 404);
}

#[test]
fn a_count_is_what_the_row_is_billed_and_its_mistakes_are_refused() {
    let mut caller = Caller::new(Options::default());
    let mut body = params();
    body.as_object_mut().expect("params").remove("max_tokens");
    let (status, count) = caller.json("POST", "/v1/messages/count_tokens", body.to_string().as_bytes());
    assert_eq!(status, 200, "{count}");
    let id = caller.create(&requests(1));
    caller.now += HOUR;
    let rows = caller.rows(&id);
    assert_eq!(count["input_tokens"], rows[0]["result"]["message"]["usage"]["input_tokens"]);

    body["max_tokens"] = json!(5);
    let (status, refused) = caller.json("POST", "/v1/messages/count_tokens", body.to_string().as_bytes());
    assert_eq!((status, &refused["error"]["type"]), (400, &json!("invalid_request_error")));
    body["model"] = json!("claude-none");
    let _ = body.as_object_mut().expect("params").remove("max_tokens");
    assert_eq!(caller.json("POST", "/v1/messages/count_tokens", body.to_string().as_bytes()).0, 404);
}
