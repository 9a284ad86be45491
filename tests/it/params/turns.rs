//! Turns: who may speak after whom, what each may say, and calls of tools with their answers. Reference, 5.2.

use super::{table, terms};
use crate::params::problems;

/// Turns as pairs of a role and its content in JSON; a text in quotes stands for itself.
fn said(turns: &[(&str, &str)]) -> String {
    let turns: Vec<_> =
        turns.iter().map(|(role, content)| format!(r#"{{"role":"{role}","content":{content}}}"#)).collect();
    format!(r#""messages":[{}]"#, turns.join(","))
}

const U: (&str, &str) = ("user", "\"x\"");
const A: (&str, &str) = ("assistant", "\"x\"");
const S: (&str, &str) = ("system", "\"x\"");
const USE: &str = r#"{"type":"tool_use","id":"t1","name":"n","input":{}}"#;
const OTHER_USE: &str = r#"{"type":"tool_use","id":"t2","name":"n","input":{}}"#;
const ANSWER: &str = r#"{"type":"tool_result","tool_use_id":"t1"}"#;
const OTHER_ANSWER: &str = r#"{"type":"tool_result","tool_use_id":"t2","content":"y"}"#;
const TEXT: &str = r#"{"type":"text","text":"x"}"#;
const SERVER_USE: &str = r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#;
const SERVER_RESULT: &str = r#"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]}"#;

fn list(blocks: &[&str]) -> String {
    format!("[{}]", blocks.join(","))
}

#[test]
fn the_content_of_a_turn_is_a_text_or_blocks() {
    for (turns, want) in [
        (said(&[U]), ""),
        (said(&[("user", &list(&[TEXT]))]), ""),
        (said(&[("user", "\"\"")]), "params/length /messages/0/content"),
        (said(&[("user", "\" \\n\"")]), "params/length /messages/0/content"),
        (said(&[("user", "[]")]), "params/length? /messages/0/content"),
        (said(&[("user", "null")]), "params/type /messages/0/content"),
        (said(&[("user", "{}")]), "params/type /messages/0/content"),
        (said(&[("user", "[7]")]), "params/type /messages/0/content/0"),
        (said(&[U, ("assistant", "\"\""), U]), "params/length? /messages/1/content"),
        (said(&[("user", "[{\"text\":\"x\"}]")]), "params/required /messages/0/content/0/type"),
        (
            said(&[("user", "[{\"type\":\"txt\",\"text\":\"x\"}]")]),
            "params/unknown-type /messages/0/content/0/type",
        ),
        (said(&[("robot", "\"x\"")]), "params/unknown-type /messages/0/role"),
        (r#""messages":[{"content":"x"}]"#.to_owned(), "params/required /messages/0/role"),
        (r#""messages":[{"role":"user"}]"#.to_owned(), "params/required /messages/0/content"),
        (r#""messages":[{"role":7,"content":"x"}]"#.to_owned(), "params/type /messages/0/role"),
        (
            r#""messages":[{"role":"user","content":"x","name":"n"}]"#.to_owned(),
            "params/unknown-key /messages/0/name",
        ),
        (r#""messages":["x"]"#.to_owned(), "params/type /messages/0"),
        (r#""messages":[]"#.to_owned(), "params/required /messages"),
        (r#""messages":{}"#.to_owned(), "params/type /messages"),
        (said(&[U, U, A, A, U]), ""),
    ] {
        table(terms("2026-10-21", &[]), &[(&turns, want)]);
    }
    let many = said(&vec![U; 100_001]);
    table(terms("2026-10-21", &[]), &[(&many, "params/length /messages")]);
}

#[test]
fn only_older_models_take_the_beginning_of_an_answer() {
    let of = |model: &str, answer: &str, more: &str| {
        format!(r#""model":"{model}",{},{more}"metadata":{{}}"#, said(&[U, ("assistant", answer)]))
    };
    let format = r#""output_config":{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false}}},"#;
    let manual = r#""thinking":{"type":"enabled","budget_tokens":1024},"#;
    for (members, want) in [
        (of("claude-haiku-4-5", "\"x\"", ""), ""),
        (of("claude-haiku-4-5", "\"\"", ""), "params/length? /messages/1/content"),
        (of("claude-haiku-4-5", "\"x \"", ""), "messages/prefill /messages/1/content"),
        (
            of("claude-haiku-4-5", &list(&[TEXT, r#"{"type":"text","text":"y\n"}"#]), ""),
            "messages/prefill /messages/1/content/1/text",
        ),
        (of("claude-haiku-4-5", "\"x\"", format), "messages/prefill /messages/1"),
        (of("claude-haiku-4-5", "\"x\"", manual), "messages/prefill /messages/1"),
        (of("claude-opus-4-6", "\"x\"", ""), "messages/prefill /messages/1"),
        (of("claude-opus-5", "\"x\"", ""), "messages/prefill /messages/1"),
        (of("claude-opus-5", &list(&[SERVER_USE]), ""), ""),
        (of("claude-opus-5", &list(&[SERVER_USE, SERVER_RESULT]), ""), ""),
        (of("claude-next-9", "\"x\"", ""), "params/unknown-model? /model, messages/prefill? /messages/1"),
    ] {
        table(terms("2026-10-21", &[]), &[(&members, want)]);
    }
}

#[test]
fn a_system_turn_follows_the_user_and_precedes_the_assistant() {
    let served = list(&[SERVER_USE, SERVER_RESULT]);
    let called = list(&[USE]);
    let answered = list(&[ANSWER]);
    for (turns, want) in [
        (said(&[U, S]), ""),
        (said(&[U, S, A, U]), ""),
        (said(&[U, ("assistant", &called), ("user", &answered), S]), ""),
        (said(&[U, ("assistant", &served), S, A, U]), ""),
        (said(&[S, U]), "messages/system-turn /messages/0, messages/system-turn /messages/0"),
        (said(&[S, A, U]), "messages/system-turn /messages/0"),
        (said(&[U, A, S]), "messages/system-turn /messages/2"),
        (said(&[U, ("assistant", &list(&[SERVER_USE])), S]), "messages/system-turn /messages/2"),
        (said(&[U, S, U]), "messages/system-turn /messages/1"),
        (said(&[U, S, S]), "messages/system-turn /messages/2"),
        (
            said(&[U, ("assistant", &called), S, A, U]),
            "messages/system-turn /messages/2, messages/tool-result /messages/1/content/0/id",
        ),
        (said(&[U, ("system", "\"\"")]), "params/length? /messages/1/content"),
        (said(&[U, ("system", &list(&[USE]))]), "messages/role /messages/1/content/0/type"),
        (
            r#""messages":[{"role":"user","content":"x"},{"role":"system"}]"#.to_owned(),
            "params/required /messages/1/content",
        ),
        (
            r#""messages":[{"role":"user","content":"x"},{"role":"system","content":7}]"#.to_owned(),
            "params/type /messages/1/content",
        ),
    ] {
        table(terms("2026-10-21", &[]), &[(&format!(r#""model":"claude-opus-5",{turns}"#), want)]);
    }
}

#[test]
fn models_differ_in_whether_they_take_system_turns() {
    let yes = [
        "fable-5",
        "mythos-5",
        "fable-5-1",
        "mythos-5-1",
        "opus-5-5",
        "opus-5",
        "opus-4-8",
        "sonnet-5-5",
        "haiku-5-5",
    ];
    let no = ["sonnet-5", "opus-4-7", "opus-4-6", "sonnet-4-6", "opus-4-5", "haiku-4-5"];
    let unknown = ["fable-5-2", "mythos-5-2"];
    let rows = yes.map(|model| (model, "")).into_iter();
    let rows = rows.chain(no.map(|model| (model, "messages/system-turn /messages/1")));
    for (model, want) in rows.chain(unknown.map(|model| (model, "messages/system-turn? /messages/1"))) {
        let members = format!(r#""model":"claude-{model}",{}"#, said(&[U, S]));
        table(terms("2026-10-21", &[]), &[(&members, want)]);
    }
}

#[test]
fn a_system_turn_has_more_with_betas() {
    let turn = |more: &str| {
        format!(
            r#""model":"claude-opus-5","messages":[{{"role":"user","content":"x"}},{{"role":"system"{more}}}]"#
        )
    };
    let clear = ["mid-conversation-system-clear-at-2026-08-21"];
    let config = ["mid-conversation-output-config-2026-07-01"];
    let tools = ["mid-conversation-tool-changes-2026-07-01"];
    let added = r#","content":[{"type":"tool_addition","tool":{"type":"tool_reference","name":"n"}}]"#;
    let removed =
        r#","content":[{"type":"tool_removal","tool":{"type":"mcp_toolset_reference","server_name":"n"}}]"#;
    for (betas, more, want) in [
        (&[][..], r#","content":"x","clear_at":"never""#, "beta/required /messages/1/clear_at"),
        (&clear, r#","content":"x","clear_at":"never""#, ""),
        (&clear, r#","content":"x","clear_at":null"#, ""),
        (&clear, r#","content":"x","clear_at":"always""#, "params/value /messages/1/clear_at"),
        (
            &[],
            r#","content":"x","output_config":{"effort":"low"}"#,
            "beta/required /messages/1/output_config",
        ),
        (&config, r#","output_config":{"effort":"low"}"#, ""),
        (&config, r#","output_config":{"effort":"lowest"}"#, "params/value /messages/1/output_config/effort"),
        (
            &config,
            r#","output_config":{"format":null}"#,
            "params/unknown-key /messages/1/output_config/format",
        ),
        (&[], added, "beta/required /messages/1/content/0/type"),
        (&tools, added, ""),
        (&tools, removed, ""),
        (&tools, r#","content":[{"type":"tool_addition"}]"#, "params/required /messages/1/content/0/tool"),
    ] {
        table(terms("2026-10-21", betas), &[(&turn(more), want)]);
    }
}

#[test]
fn every_call_of_a_tool_is_answered_at_once_and_before_any_text() {
    let called = list(&[USE]);
    let both = list(&[USE, OTHER_USE]);
    for (turns, want) in [
        (said(&[U, ("assistant", &called), ("user", &list(&[ANSWER, TEXT]))]), ""),
        (said(&[U, ("assistant", &both), ("user", &list(&[OTHER_ANSWER, ANSWER]))]), ""),
        // Turns of one role are one turn.
        (said(&[U, ("assistant", &both), ("user", &list(&[ANSWER])), ("user", &list(&[OTHER_ANSWER]))]), ""),
        (said(&[U, ("assistant", &called), A, ("user", &list(&[ANSWER]))]), ""),
        (said(&[U, ("assistant", &called), U]), "messages/tool-result /messages/1/content/0/id"),
        (
            said(&[U, ("assistant", &called)]),
            "messages/prefill /messages/1, messages/tool-result /messages/1/content/0/id",
        ),
        (
            said(&[U, ("assistant", &both), ("user", &list(&[ANSWER]))]),
            "messages/tool-result /messages/1/content/1/id",
        ),
        (
            said(&[U, ("assistant", &called), ("user", &list(&[TEXT, ANSWER]))]),
            "messages/tool-result /messages/2/content/0",
        ),
        (
            said(&[U, ("assistant", &called), U, ("user", &list(&[ANSWER]))]),
            "messages/tool-result /messages/2/content",
        ),
        (
            said(&[U, ("assistant", &called), U, A, ("user", &list(&[ANSWER]))]),
            "messages/tool-result /messages/1/content/0/id, messages/tool-result? /messages/4/content/0/tool_use_id",
        ),
        // Of an answer without a call the documentation says nothing.
        (said(&[("user", &list(&[ANSWER]))]), "messages/tool-result? /messages/0/content/0/tool_use_id"),
        (
            said(&[U, ("assistant", &list(&[USE, USE])), ("user", &list(&[ANSWER]))]),
            "messages/tool-result? /messages/1/content/1/id",
        ),
        (said(&[("user", &list(&[USE]))]), "messages/role /messages/0/content/0/type"),
        (said(&[U, ("assistant", &list(&[ANSWER])), U]), "messages/role /messages/1/content/0/type"),
    ] {
        table(terms("2026-10-21", &[]), &[(&turns, want)]);
    }
}

#[test]
fn sampling_of_two_kinds_is_refused_by_generation_4_alone() {
    let said = |model: &str, values: &str| {
        let members = format!(
            r#"{{"model":"claude-{model}","max_tokens":1,"messages":[{{"role":"user","content":"x"}}],{values}}}"#
        );
        problems(&members, terms("2023-06-01", &[])).join(", ")
    };
    let usual = r#""temperature":1,"top_p":0.99"#;
    assert_eq!(said("haiku-4-5", r#""temperature":0.3,"top_k":1"#), "");
    for model in ["haiku-4-5", "sonnet-4-6", "opus-4-7", "opus-4-8"] {
        assert_eq!(said(model, usual), "params/not-accepted /top_p", "{model}");
    }
    assert_eq!(said("opus-5", usual), "params/not-accepted? /top_p");
    assert_eq!(
        said("sonnet-5", r#""temperature":0.5,"top_p":0.98,"top_k":0"#),
        "params/not-accepted /temperature, params/not-accepted /top_p, params/not-accepted /top_k, params/not-accepted? /top_p"
    );
}
