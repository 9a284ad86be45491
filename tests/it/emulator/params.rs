//! The rules for what stands in params, each with the words it is refused in and a neighbour that passes.

use batchwise::emulator::Options;
use serde_json::{Value, json};

use super::tools::Caller;

/// The outcome of a request to Opus 5 with these parameters beside the usual ones: its error, or "".
pub(super) fn verdict(version: &'static str, betas: &'static str, more: &Value) -> String {
    let mut params = json!({ "model": "claude-opus-5", "max_tokens": 4_096, "messages": [user("Hi")] });
    for (key, value) in more.as_object().expect("an object") {
        params[key] = value.clone();
    }
    let mut caller = Caller::new(Options::default());
    (caller.version, caller.betas) = (version, betas);
    let id = caller.create(&json!([{ "custom_id": "a", "params": params }]));
    caller.now += super::tools::HOUR;
    let row = caller.rows(&id).remove(0);
    row["result"]["error"]["error"]["message"].as_str().unwrap_or_default().to_owned()
}

pub(super) fn user(content: impl Into<Value>) -> Value {
    json!({ "role": "user", "content": content.into() })
}

fn assistant(content: impl Into<Value>) -> Value {
    json!({ "role": "assistant", "content": content.into() })
}

fn now(more: &Value) -> String {
    verdict("2026-10-21", "", more)
}

#[test]
fn shapes_are_refused_with_a_path_that_names_the_variant() {
    let image = |source: Value| json!({ "messages": [user(json!([{ "type": "image", "source": source }]))] });
    let tool = |tool: Value| json!({ "tools": [tool] });
    let table = [
        (json!({ "metadata": { "name": "x" } }), "metadata.name: Extra inputs are not permitted"),
        (json!({ "system": 7 }), "system: Input should be a valid list"),
        (
            json!({ "system": [{ "type": "image" }] }),
            "system.0: Input tag 'image' found using 'type' does not match any of the expected tags: 'text', 'tool_addition', 'tool_removal'",
        ),
        (json!({ "stop_sequences": [" "] }), "stop_sequences.0: String should match pattern '\\S'"),
        (json!({ "service_tier": "batch" }), "service_tier: Input should be 'auto' or 'standard_only'"),
        (
            json!({ "thinking": { "type": "adaptive", "budget_tokens": 1 } }),
            "thinking.adaptive.budget_tokens: Extra inputs are not permitted",
        ),
        (
            json!({ "tool_choice": { "type": "none", "disable_parallel_tool_use": true } }),
            "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
        ),
        (
            image(json!({ "type": "base64", "media_type": "image/bmp", "data": "AAAA" })),
            "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
        ),
        (
            image(json!({ "type": "base64", "media_type": "image/png", "data": "no!" })),
            "messages.0.content.0.image.source.base64.data: String should match pattern '^[A-Za-z0-9+/]*={0,2}$'",
        ),
        (image(json!({ "type": "url" })), "messages.0.content.0.image.source.url.url: Field required"),
        (
            json!({ "messages": [user(json!([{ "type": "text", "text": "" }]))] }),
            "messages.0.content.0.text.text: String should have at least 1 character",
        ),
        (json!({ "messages": [user(json!([]))] }), "messages.0: all messages must have non-empty content"),
        (tool(json!({ "name": "a" })), "tools.0.input_schema: Field required"),
        (
            tool(json!({ "name": "a b", "input_schema": { "type": "object" } })),
            "tools.0.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        ),
        (
            tool(json!({ "type": "web_fetch_20250910", "name": "web_fetch", "_requestedType": 1 })),
            "tools.0.web_fetch_20250910._requestedType: Extra inputs are not permitted",
        ),
        (
            tool(json!({ "type": "bash_20250124", "name": "shell" })),
            "tools.0.bash_20250124.name: Input should be 'bash'",
        ),
        (
            tool(json!({ "type": "web_search_20250305", "name": "web_search", "max_uses": 0 })),
            "tools.0.web_search_20250305.max_uses: Input should be greater than or equal to 1",
        ),
        (
            json!({ "container": { "skills": vec![json!({ "type": "custom", "skill_id": "x" }); 21] } }),
            "container.skills: List should have at most 20 items after validation, not 21",
        ),
    ];
    for (more, want) in table {
        assert_eq!(now(&more), want, "{more}");
    }
}

#[test]
fn turns_and_tools_have_to_fit_together() {
    let call = |id: &str| json!({ "type": "tool_use", "id": id, "name": "a", "input": {} });
    let answer = |id: &str| json!({ "type": "tool_result", "tool_use_id": id });
    let said = json!({ "type": "text", "text": "Well." });
    let system = json!({ "role": "system", "content": "Be brief." });
    let tool = |name: &str| json!({ "name": name, "input_schema": { "type": "object" } });
    let table = [
        (
            json!({ "messages": [user("a"), assistant(json!([call("1")])), user(json!([answer("1"), said]))] }),
            "",
        ),
        (
            json!({ "messages": [user("a"), assistant(json!([call("1")])), user(json!([answer("1")])), user("b")] }),
            "",
        ),
        (
            json!({ "messages": [user("a"), assistant(json!([call("1")])), user(json!([said, answer("1")]))] }),
            "without `tool_result`",
        ),
        (
            json!({ "messages": [user("a"), assistant(json!([call("1")])), user("b")] }),
            "without `tool_result`",
        ),
        (json!({ "messages": [user(json!([answer("1")]))] }), "unexpected `tool_use_id`"),
        (json!({ "messages": [user(json!([call("1")]))] }), "can only be in `assistant` messages"),
        (json!({ "messages": [user("a"), system] }), ""),
        (json!({ "messages": [system, user("a")] }), "a `system` message must follow"),
        (json!({ "messages": [user("a"), system, user("b")] }), "a `system` message must follow"),
        (
            json!({ "model": "claude-sonnet-5", "messages": [user("a"), system] }),
            "not supported on this model",
        ),
        (json!({ "tools": [tool("a"), tool("a")] }), "Tool names must be unique"),
        (json!({ "tool_choice": { "type": "any" } }), "tools must be given"),
        (json!({ "tools": [tool("a")], "tool_choice": { "type": "tool", "name": "a" } }), ""),
        (
            json!({ "tools": [tool("a")], "tool_choice": { "type": "any" }, "model": "claude-opus-5-5" }),
            "not supported for this model",
        ),
    ];
    for (more, want) in table {
        let message = now(&more);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{more}: {message}");
    }
}

#[test]
fn caches_are_at_most_four_and_the_long_ones_come_first() {
    let block = |ttl: &str| json!({ "type": "text", "text": "a", "cache_control": { "type": "ephemeral", "ttl": ttl } });
    let table = [
        (
            json!({ "system": [block("1h")], "messages": [user(json!([block("5m"), block("5m"), block("5m")]))] }),
            "",
        ),
        (json!({ "system": vec![block("5m"); 5] }), "A maximum of 4 blocks"),
        (json!({ "system": vec![block("5m"); 4], "cache_control": { "type": "ephemeral" } }), "Found 5"),
        (json!({ "system": [block("5m")], "messages": [user(json!([block("1h")]))] }), "must not come after"),
        (
            json!({ "messages": [user(json!([block("1h")]))], "cache_control": { "type": "ephemeral" } }),
            "conflicts",
        ),
    ];
    for (more, want) in table {
        let message = now(&more);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{more}: {message}");
    }
}

#[test]
fn thinking_effort_and_formats_depend_on_the_model() {
    let effort = |model: &str, effort: &str| json!({ "model": model, "output_config": { "effort": effort } });
    let format =
        |schema: Value| json!({ "output_config": { "format": { "type": "json_schema", "schema": schema } } });
    let thinking = |model: &str, thinking: Value| json!({ "model": model, "thinking": thinking });
    let table = [
        (effort("claude-haiku-4-5", "low"), "does not support the effort parameter"),
        (effort("claude-opus-4-5", "max"), "'max' is not supported"),
        (effort("claude-sonnet-4-6", "xhigh"), "'xhigh' is not supported"),
        (effort("claude-opus-4-7", "xhigh"), ""),
        (thinking("claude-haiku-4-5", json!({ "type": "adaptive" })), "adaptive thinking is not supported"),
        (
            thinking("claude-haiku-4-5", json!({ "type": "enabled", "budget_tokens": 4_096 })),
            "must be greater than",
        ),
        (thinking("claude-haiku-4-5", json!({ "type": "enabled", "budget_tokens": 2_048 })), ""),
        (thinking("claude-opus-5-5", json!({ "type": "disabled" })), "not supported for this model"),
        (thinking("claude-sonnet-5-5", json!({ "type": "between_tools" })), ""),
        (
            thinking("claude-opus-5", json!({ "type": "adaptive", "display": "updates" })),
            "thinking.adaptive.display",
        ),
        (format(json!({ "type": "object", "additionalProperties": false })), ""),
        (format(json!({ "type": "object" })), "'additionalProperties' must be explicitly set to false"),
        (format(json!({ "type": "string", "maxLength": 3 })), "'maxLength' is not supported"),
        (json!({ "inference_geo": "us", "model": "claude-haiku-4-5" }), "inference_geo: not supported"),
    ];
    for (more, want) in table {
        let message = now(&more);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{more}: {message}");
    }
}

#[test]
fn what_a_version_or_a_beta_brings_exists_only_with_it() {
    let document = json!({ "type": "document", "source": { "type": "url", "url": "https://a.example" } });
    let replayed = json!({ "messages": [user("a"), assistant(json!([document])), user("b")] });
    let servers = json!({ "mcp_servers": [{ "type": "url", "name": "a", "url": "https://a.example" }] });
    let fallbacks = json!({ "fallbacks": "default" });
    let table = [
        ("2026-10-21", "", &replayed, "cannot be placed directly in `assistant` messages"),
        ("2023-06-01", "", &replayed, ""),
        ("2026-10-21", "", &servers, "mcp_servers: Extra inputs are not permitted"),
        ("2026-10-21", "files-api-2025-04-14", &servers, "mcp_servers: Extra inputs are not permitted"),
        ("2026-10-21", "mcp-client-2025-11-20", &servers, ""),
        (
            "2026-10-21",
            "server-side-fallback-2026-06-01",
            &fallbacks,
            "not supported in the Message Batches API",
        ),
    ];
    for (version, betas, more, want) in table {
        let message = verdict(version, betas, more);
        assert!(message.is_empty() == want.is_empty() && message.contains(want), "{more}: {message}");
    }
}
