//! Pictures, documents, long prompts and models at their end: each refused, beside a neighbour that passes.

use serde_json::{Value, json};

use super::params::{user, verdict};
use crate::pictures;

fn image(kind: &str, data: &str, more: &Value) -> Value {
    let source = json!({ "type": "base64", "media_type": format!("image/{kind}"), "data": data });
    let mut block = json!({ "type": "image", "source": source });
    for (key, value) in more.as_object().into_iter().flatten() {
        block[key] = value.clone();
    }
    block
}

fn document(data: &str) -> Value {
    let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
    json!({ "type": "document", "source": source })
}

fn asked(model: &str, blocks: Value) -> Value {
    json!({ "model": model, "messages": [user(blocks)] })
}

#[test]
fn pictures_and_documents_have_bounds() {
    let none = json!({});
    let small = image("png", &pictures::png(10, 10), &none);
    let strict = json!({ "transformations": { "oversized_image": "error" } });
    let many = |count: usize, block: &Value| Value::from(vec![block.clone(); count]);
    let large = image("png", &pictures::png(2_001, 5), &none);
    let huge = "iVBORw0KGgo".to_owned() + &"A".repeat((10 << 20) + 4 - 11);
    for (params, want) in [
        (asked("claude-opus-5", many(600, &small)), ""),
        (asked("claude-opus-5", many(601, &small)), "messages: too many images: 601 > 600"),
        (asked("claude-haiku-4-5", many(101, &small)), "messages: too many images: 101 > 100"),
        (asked("claude-opus-5", json!([image("gif", &pictures::gif(8_000, 1), &none)])), ""),
        (
            asked("claude-opus-5", json!([image("gif", &pictures::gif(1, 8_001), &none)])),
            "max allowed size: 8000 pixels",
        ),
        (
            asked("claude-opus-5", json!([image("jpeg", &pictures::jpeg(9_000, 1), &none)])),
            "max allowed size: 8000 pixels",
        ),
        (
            asked("claude-opus-5", json!([image("webp", &pictures::webp(1, 9_000), &none)])),
            "max allowed size: 8000 pixels",
        ),
        (asked("claude-opus-5", many(20, &large)), ""),
        (asked("claude-opus-5", many(21, &large)), "max allowed size for many-image requests: 2000 pixels"),
        (asked("claude-opus-5", json!([image("png", &pictures::png(2_576, 9), &strict)])), ""),
        (
            asked("claude-opus-5", json!([image("png", &pictures::png(2_577, 9), &strict)])),
            "image dimensions too large",
        ),
        (
            asked("claude-haiku-4-5", json!([image("png", &pictures::png(1_569, 9), &strict)])),
            "image dimensions too large",
        ),
        (
            asked("claude-opus-5", json!([image("png", "aGVsbG8=", &none)])),
            "messages.0.content.0.image.source.base64.data: The file format is invalid",
        ),
        (asked("claude-opus-5", json!([image("png", &huge, &none)])), "image exceeds 10 MB maximum"),
        (asked("claude-opus-5", json!([document(&pictures::pdf_for_the_web(600))])), ""),
        (
            asked("claude-opus-5", json!([document(&pictures::pdf_for_the_web(601))])),
            "A maximum of 600 PDF pages",
        ),
        (asked("claude-haiku-4-5", json!([document(&pictures::pdf(101))])), "A maximum of 100 PDF pages"),
        (asked("claude-opus-5", json!([document(&pictures::locked_pdf())])), "password protected"),
    ] {
        let message = verdict("2026-10-21", "", &params);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{message}, {want}");
    }
}

#[test]
fn a_prompt_that_no_context_holds_is_refused() {
    let long = |model: &str, bytes: usize| asked(model, Value::from("x".repeat(bytes)));
    assert_eq!(verdict("2026-10-21", "", &long("claude-haiku-4-5", 1_599_900)), "");
    let message = verdict("2026-10-21", "", &long("claude-haiku-4-5", 1_700_000));
    assert!(message.starts_with("prompt is too long: 2125"), "{message}");
}

#[test]
fn a_model_is_gone_on_the_day_that_was_announced() {
    use batchwise::emulator::Options;
    let params = json!({ "model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [user("Hi")] });
    let request = json!([{ "custom_id": "a", "params": params }]);
    for (now, want) in [(1_795_996_799_000, Value::Null), (1_795_996_800_000, json!("not_found_error"))] {
        let mut caller = super::tools::Caller::new(Options::default());
        caller.now = now;
        let id = caller.create(&request);
        caller.now += super::tools::HOUR;
        assert_eq!(caller.rows(&id)[0]["result"]["error"]["error"]["type"], want, "{now}");
    }
}

#[test]
fn schemas_of_strict_tools_are_compiled_like_those_of_the_output() {
    let tool = |schema: Value| json!({ "tools": [{ "name": "t", "strict": true, "input_schema": schema }] });
    let properties: serde_json::Map<_, _> =
        (0..25).map(|n| (format!("p{n}"), json!({ "type": "string" }))).collect();
    for (more, want) in [
        (tool(json!({ "type": "object", "additionalProperties": false })), ""),
        (tool(json!({ "type": "object" })), "'additionalProperties' must be explicitly set to false"),
        (
            tool(
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": { "$ref": "#" } } }),
            ),
            "recursive schemas are not supported",
        ),
        (
            tool(json!({
                "type": "object",
                "additionalProperties": false,
                "properties": { "a": { "$ref": "#/$defs/a" } },
                "$defs": { "a": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/b" }] }, "b": { "type": "string" } },
            })),
            "",
        ),
        (
            tool(
                json!({ "type": "object", "additionalProperties": false, "properties": { "a": { "type": "date" } } }),
            ),
            "'date' is not a valid type",
        ),
        (
            tool(json!({ "type": "object", "additionalProperties": false, "properties": properties })),
            "Schema is too complex for compilation.",
        ),
    ] {
        let message = verdict("2026-10-21", "", &more);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{message}, {want}");
    }
}
