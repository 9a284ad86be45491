//! One request after the other against every table of the API's parameters: what must be said, and what must not.

mod blocks;
mod echoes;
mod lifecycle;
mod media;
mod schemas;
mod thinking;
mod tools;
mod turns;

use batchwise::request::{Depth, Severity, Terms, Version, Violations, check};

/// The terms that a table's rows are checked under.
pub(super) fn terms(version: &str, betas: &[&str]) -> Terms {
    let betas: Vec<String> = betas.iter().map(|beta| (*beta).to_owned()).collect();
    Terms::default().of_batch(Some(version), &betas).0
}

/// The problems of a request with these parameters: `code /path`, warnings with a question mark.
pub(super) fn problems(params: &str, terms: Terms) -> Vec<String> {
    let request = format!(r#"{{"custom_id":"a","params":{params}}}"#);
    let mut found = Violations::default();
    let facts = check(request.as_bytes(), Depth::Full, terms, &mut found);
    assert!(facts.is_object, "{request}: {found:?}");
    let said = found.kept().iter().map(|problem| {
        assert!(!problem.message.ends_with('.') && !problem.message.is_empty(), "{}", problem.message);
        assert!(problem.hint.as_ref().is_some_and(|hint| !hint.is_empty()));
        let doubt = if problem.severity == Severity::Warning { "?" } else { "" };
        let path = problem.path.strip_prefix("/params").unwrap_or(&problem.path);
        format!("{}{doubt} {path}", problem.code.as_str())
    });
    said.collect()
}

/// Parameters that are good, with these members before the others.
pub(super) fn with(members: &str) -> String {
    let mut params: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(r#"{"model":"claude-opus-4-6","max_tokens":4096}"#).unwrap();
    params.insert("messages".to_owned(), serde_json::json!([{"role": "user", "content": "x"}]));
    let given: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&format!("{{{members}}}")).unwrap_or_else(|error| panic!("{members}: {error}"));
    params.extend(given);
    serde_json::to_string(&params).unwrap()
}

/// A user's turn with these blocks.
pub(super) fn user(blocks: &str) -> String {
    format!(r#""messages":[{{"role":"user","content":[{blocks}]}}]"#)
}

/// Checks a table: members of the parameters, and what is said of them, joined by commas.
pub(super) fn table(terms: Terms, rows: &[(&str, &str)]) {
    for (members, want) in rows {
        let (mut said, mut want) = (problems(&with(members), terms), want.split(", ").collect::<Vec<_>>());
        said.sort_unstable();
        want.sort_unstable();
        want.retain(|want| !want.is_empty());
        assert_eq!(said, want, "{}", members.get(..400).unwrap_or(members));
    }
}

#[test]
fn the_top_level_is_checked_field_by_field() {
    let terms = terms("2023-06-01", &[]);
    table(
        terms,
        &[
            (r#""system":"x""#, ""),
            (r#""system":[{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}]"#, ""),
            (r#""system":7"#, "params/type /system"),
            (r#""system":[{"type":"text","text":""}]"#, "params/length /system/0/text"),
            (
                r#""system":[{"type":"image","source":{"type":"url","url":"https://u"}}]"#,
                "messages/role /system/0/type",
            ),
            (r#""system":[]"#, "params/length? /system"),
            (r#""cache_control":null"#, ""),
            (r#""cache_control":{"type":"ephemeral","ttl":"5m"}"#, ""),
            (r#""cache_control":{"type":"persistent"}"#, "params/value /cache_control/type"),
            (r#""cache_control":{"type":"ephemeral","ttl":"2h"}"#, "params/value /cache_control/ttl"),
            (r#""cache_control":{}"#, "params/required /cache_control/type"),
            (r#""metadata":{"user_id":null}"#, ""),
            (r#""metadata":{"user_id":"u","name":"n"}"#, "params/unknown-key /metadata/name"),
            (r#""metadata":null"#, "params/type /metadata"),
            (r#""stop_sequences":["a"," b"]"#, ""),
            (r#""stop_sequences":["a","\n "]"#, "params/pattern /stop_sequences/1"),
            (r#""stop_sequences":"a""#, "params/type /stop_sequences"),
            (r#""stop_sequences":[7]"#, "params/type /stop_sequences/0"),
            (r#""stream":true"#, "params/stream /stream"),
            (r#""stream":"no""#, "params/type /stream"),
            (r#""service_tier":"auto""#, ""),
            (r#""service_tier":"priority""#, "params/value /service_tier"),
            (r#""inference_geo":"us""#, ""),
            (r#""inference_geo":null"#, ""),
            (r#""inference_geo":"mars""#, "params/value? /inference_geo"),
            (r#""model":"claude-haiku-4-5","inference_geo":"us""#, "params/not-accepted /inference_geo"),
            (r#""container":"c""#, ""),
            (r#""container":null"#, ""),
            (r#""container":{"id":null,"skills":[{"type":"custom","skill_id":"s","version":"1"}]}"#, ""),
            (
                r#""container":{"skills":[{"type":"own","skill_id":""}]}"#,
                "params/value /container/skills/0/type, params/length /container/skills/0/skill_id",
            ),
            (r#""diagnostics":{"previous_message_id":"m"}"#, ""),
            (r#""diagnostics":{"previous":1}"#, "params/unknown-key /diagnostics/previous"),
            (r#""speed":"standard""#, "params/speed /speed"),
            (r#""speed":null"#, ""),
            (r#""temperature":0.5"#, ""),
            (r#""temperature":1.5"#, "params/range /temperature"),
            (r#""temperature":"hot""#, "params/type /temperature"),
            (r#""top_p":0.5"#, ""),
            (r#""top_p":-1"#, "params/range /top_p"),
            (r#""top_k":40"#, ""),
            (r#""top_k":-1"#, "params/range /top_k"),
            (r#""top_k":1.5"#, "params/type /top_k"),
            (r#""temperature":0.5,"top_p":0.5"#, "params/not-accepted /top_p"),
            (r#""user_profile_id":"p""#, "params/not-accepted? /user_profile_id"),
            (r#""workspace_id":"w""#, "params/unknown-key /workspace_id"),
            (r#""betas":["x"]"#, "params/unknown-key /betas"),
            (r#""max_token":5"#, "params/unknown-key /max_token"),
            (r#""max_tokens":128000"#, ""),
            (r#""max_tokens":128001"#, "params/max-tokens /max_tokens"),
            (r#""model":"claude-haiku-4-5","max_tokens":64001"#, "params/max-tokens /max_tokens"),
        ],
    );
    let long = format!(r#""metadata":{{"user_id":"{}"}}"#, "é".repeat(513));
    table(terms, &[(&long, "params/length /metadata/user_id"), (&long.replace("éé", "é"), "")]);
    let skills = [r#"{"type":"custom","skill_id":"s"}"#; 21].join(",");
    let skills = format!(r#""container":{{"skills":[{skills}]}}"#);
    table(terms, &[(&skills, "params/length /container/skills")]);
}

#[test]
fn a_version_decides_what_exists() {
    let sampling = r#""temperature":1,"top_p":0.999,"top_k":5"#;
    let said = |version| problems(&with(sampling), terms(version, &[])).join(", ");
    let three = |code: &str| format!("{code} /temperature, {code} /top_k, {code} /top_p");
    assert_eq!(said("2026-10-21"), three("params/not-accepted"));
    assert_eq!(said("2023-06-01"), "params/not-accepted /top_p");
    assert_eq!(said("2030-01-01"), format!("{}, params/not-accepted? /top_p", three("params/not-accepted?")));
    assert_eq!(Version::named("2030-01-01"), Version::Other);
    // What a version that we do not know adds is its own business.
    let new = with(r#""novel":1,"tools":[{"type":"teleport_20300101"}]"#);
    assert_eq!(
        problems(&new, terms("2030-01-01", &[])),
        ["params/unknown-key? /novel", "params/unknown-type? /tools/0/type"]
    );
    assert_eq!(problems(&new, terms("2026-10-21", &["new-thing-2030-01-01"])).len(), 2);
    assert!(problems(&new, terms("2026-10-21", &[])).iter().all(|said| !said.contains('?')));
    let cited = user(
        r#"{"type":"text","text":"x","citations":[{"type":"char_location","cited_text":"c","document_index":0,"document_title":null,"start_char_index":0,"end_char_index":1}]}"#,
    );
    let of_assistant = r#"{"type":"document","source":{"type":"url","url":"https://u"}}"#;
    let of_assistant = format!(
        r#""messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{of_assistant}]}},{{"role":"user","content":"x"}}]"#
    );
    table(
        terms("2026-10-21", &[]),
        &[
            (&cited, "params/not-accepted /messages/0/content/0/citations"),
            (&of_assistant, "messages/role /messages/1/content/0"),
        ],
    );
    table(terms("2023-06-01", &[]), &[(&cited, ""), (&of_assistant, "")]);
}

#[test]
fn what_a_beta_adds_needs_the_beta() {
    for (members, beta, path) in [
        (
            r#""mcp_servers":[{"type":"url","name":"n","url":"https://u"}]"#,
            "mcp-client-2025-11-20",
            "/mcp_servers",
        ),
        (
            r#""context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":1}}]}"#,
            "context-management-2025-06-27",
            "/context_management",
        ),
        (r#""compaction":{"type":"summarize"}"#, "compact-2026-09-04", "/compaction"),
        (
            r#""output_config":{"task_budget":{"type":"tokens","total":1024}}"#,
            "task-budgets-2026-03-13",
            "/output_config/task_budget",
        ),
        (
            r#""billing_policy":{"type":"billing_policy","bill_to":"self"}"#,
            "user-profiles-billing-2026-10-01",
            "/billing_policy",
        ),
        (
            r#""thinking":{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"error"}}"#,
            "thinking-binding-controls-2026-08-01",
            "/thinking/block_binding",
        ),
        (
            r#""thinking":{"type":"adaptive","display":"updates"}"#,
            "thinking-display-updates-2026-08-18",
            "/thinking/display",
        ),
        (
            r#""tools":[{"type":"computer_20251124","name":"computer","display_width_px":1,"display_height_px":1}]"#,
            "computer-use-2025-11-24",
            "/tools/0/type",
        ),
        (
            r#""tools":[{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5"}]"#,
            "advisor-tool-2026-03-01",
            "/tools/0/type",
        ),
    ] {
        let without = problems(&with(members), Terms::default());
        assert_eq!(without.first(), Some(&format!("beta/required {path}")), "{members}");
        assert_eq!(problems(&with(members), terms("2026-10-21", &[beta])), [""; 0], "{members}");
        assert!(problems(&with(members), terms("2026-10-21", &["x-2030-01-01"]))[0].contains("required?"));
    }
    let both = terms("2026-10-21", &["compact-2026-09-04", "context-management-2025-06-27"]);
    table(
        both,
        &[(r#""compaction":{"type":"summarize"},"context_management":{}"#, "params/conflict /compaction")],
    );
    let single = terms(
        "2026-10-21",
        &["server-side-fallback-2026-06-01", "message-threads-2026-08-12", "fallback-credit-2026-06-01"],
    );
    table(
        single,
        &[
            (r#""fallbacks":"default""#, "params/not-in-batches /fallbacks"),
            (r#""thread":{"type":"create"}"#, "params/not-in-batches? /thread"),
            (r#""fallback_credit_token":"t""#, "params/not-in-batches? /fallback_credit_token"),
        ],
    );
}

#[test]
fn names_that_nobody_knows_are_warned_about_once() {
    let betas =
        ["output-300k-2026-03-24, files-api-2025-04-14".to_owned(), "output-300k-2026-03-25".to_owned()];
    let (terms, strangers) = Terms::default().of_batch(Some("2026-10-12"), &betas);
    assert!(terms.may_know_more());
    assert_eq!(strangers.len(), 2);
    for (stranger, near) in strangers.iter().zip(["2026-10-21", "output-300k-2026-03-24"]) {
        assert_eq!((stranger.code.as_str(), stranger.severity), ("beta/unknown", Severity::Warning));
        assert!(stranger.hint.as_ref().unwrap().contains(near));
    }
}
