//! Thinking, effort, forced tools and prefill by model: one line per row of the matrix. Reference, 5.6.

use batchwise::request::models;

use super::{problems, table, terms};

/// What one model does: ` ` it takes it, `x` it refuses it, `?` nobody has said, `h` up to effort `high`.
struct Row {
    models: &'static [&'static str],
    adaptive: char,
    enabled: char,
    disabled: char,
    between_tools: char,
    prefill: char,
    forced: char,
    /// The levels of effort that it takes.
    efforts: &'static str,
    /// Most tokens of output, and with the beta for long output.
    most: (u64, u64),
}

const ALL: &str = "low medium high xhigh max";
const NO_XHIGH: &str = "low medium high max";
const K128: (u64, u64) = (128_000, 128_000);
const K300: (u64, u64) = (128_000, 300_000);
const K64: (u64, u64) = (64_000, 64_000);

#[rustfmt::skip]
const MATRIX: &[Row] = &[
    Row { models: &["fable-5-1", "mythos-5-1"], adaptive: ' ', enabled: 'x', disabled: 'x', between_tools: 'x', prefill: 'x', forced: 'x', efforts: ALL, most: K128 },
    Row { models: &["fable-5-2", "mythos-5-2"], adaptive: ' ', enabled: 'x', disabled: 'x', between_tools: 'x', prefill: 'x', forced: 'x', efforts: ALL, most: (128_000, 0) },
    Row { models: &["fable-5", "mythos-5"], adaptive: ' ', enabled: 'x', disabled: 'x', between_tools: 'x', prefill: 'x', forced: '?', efforts: ALL, most: K128 },
    Row { models: &["opus-5-5"], adaptive: ' ', enabled: 'x', disabled: 'x', between_tools: 'x', prefill: 'x', forced: 'x', efforts: ALL, most: K300 },
    Row { models: &["sonnet-5-5"], adaptive: ' ', enabled: 'x', disabled: 'x', between_tools: 'h', prefill: 'x', forced: 'x', efforts: ALL, most: K300 },
    Row { models: &["haiku-5-5"], adaptive: ' ', enabled: 'x', disabled: 'h', between_tools: 'x', prefill: 'x', forced: '?', efforts: ALL, most: K300 },
    Row { models: &["opus-5"], adaptive: ' ', enabled: 'x', disabled: 'h', between_tools: 'x', prefill: 'x', forced: ' ', efforts: ALL, most: K300 },
    Row { models: &["sonnet-5"], adaptive: ' ', enabled: 'x', disabled: ' ', between_tools: 'x', prefill: 'x', forced: ' ', efforts: ALL, most: K300 },
    Row { models: &["opus-4-8", "opus-4-7"], adaptive: ' ', enabled: 'x', disabled: ' ', between_tools: 'x', prefill: 'x', forced: ' ', efforts: ALL, most: K300 },
    Row { models: &["opus-4-6", "sonnet-4-6"], adaptive: ' ', enabled: ' ', disabled: ' ', between_tools: 'x', prefill: 'x', forced: ' ', efforts: NO_XHIGH, most: K300 },
    Row { models: &["opus-4-5", "opus-4-5-20251101"], adaptive: 'x', enabled: ' ', disabled: ' ', between_tools: 'x', prefill: ' ', forced: ' ', efforts: "low medium high", most: K64 },
    Row { models: &["sonnet-4-5", "sonnet-4-5-20250929", "haiku-4-5", "haiku-4-5-20251001"], adaptive: 'x', enabled: ' ', disabled: ' ', between_tools: 'x', prefill: ' ', forced: ' ', efforts: "", most: K64 },
    Row { models: &["mythos-preview"], adaptive: ' ', enabled: ' ', disabled: 'x', between_tools: 'x', prefill: 'x', forced: 'x', efforts: NO_XHIGH, most: K128 },
];

/// What is said of a request to the model with these members, but for the model itself.
fn said(model: &str, members: &str, betas: &[&str]) -> String {
    let params = format!(
        r#"{{"model":"claude-{model}","max_tokens":4096,"messages":[{{"role":"user","content":"x"}}]{}{members}}}"#,
        if members.is_empty() { "" } else { "," }
    );
    let said = problems(&params, terms("2026-10-21", betas));
    said.into_iter().filter(|said| !said.starts_with("model/reti")).collect::<Vec<_>>().join(", ")
}

fn cell(works: char, code: &str, path: &str) -> String {
    match works {
        'x' => format!("{code} {path}"),
        '?' => format!("{code}? {path}"),
        _ => String::new(),
    }
}

#[test]
fn the_matrix_has_every_model_of_the_table() {
    let listed: Vec<_> =
        MATRIX.iter().flat_map(|row| row.models).map(|model| format!("claude-{model}")).collect();
    for id in models::known() {
        assert!(listed.iter().any(|listed| listed == id), "{id} has no row");
    }
    assert_eq!(listed.len(), models::known().count());
}

#[test]
fn every_cell_of_the_matrix() {
    let tool = r#""tools":[{"name":"n","input_schema":{"type":"object"}}]"#;
    for row in MATRIX {
        for model in row.models {
            for (kind, more, works) in [
                ("adaptive", "", row.adaptive),
                ("enabled", r#","budget_tokens":1024"#, row.enabled),
                ("disabled", "", row.disabled),
                ("between_tools", "", row.between_tools),
            ] {
                let thinking = format!(r#""thinking":{{"type":"{kind}"{more}}}"#);
                assert_eq!(
                    said(model, &thinking, &[]),
                    cell(works, "thinking/mode", "/thinking"),
                    "{model} {kind}"
                );
                if works == 'h' {
                    let high = format!(r#"{thinking},"output_config":{{"effort":"high"}}"#);
                    assert_eq!(said(model, &high, &[]), "", "{model} {kind}");
                    let above = format!(r#"{thinking},"output_config":{{"effort":"xhigh"}}"#);
                    assert_eq!(
                        said(model, &above, &[]),
                        "thinking/mode /output_config/effort",
                        "{model} {kind}"
                    );
                }
            }
            for choice in [r#"{"type":"any"}"#, r#"{"type":"tool","name":"n"}"#] {
                let forced = format!(r#"{tool},"tool_choice":{choice}"#);
                assert_eq!(
                    said(model, &forced, &[]),
                    cell(row.forced, "tools/choice", "/tool_choice"),
                    "{model} {choice}"
                );
            }
            let prefill = format!(
                r#"{{"model":"claude-{model}","max_tokens":1,"messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":"y"}}]}}"#
            );
            let mut refused = problems(&prefill, terms("2026-10-21", &[]));
            refused.retain(|said| !said.starts_with("model/reti"));
            assert_eq!(
                refused.join(", "),
                cell(row.prefill, "messages/prefill", "/messages/1"),
                "{model} prefill"
            );
        }
    }
}

#[test]
fn levels_of_effort() {
    for row in MATRIX {
        for level in ALL.split(' ') {
            let takes = row.efforts.split(' ').any(|known| known == level);
            let want = if takes { "" } else { "params/not-accepted /output_config/effort" };
            for model in row.models {
                let effort = format!(r#""output_config":{{"effort":"{level}"}}"#);
                assert_eq!(said(model, &effort, &[]), want, "{model} {level}");
            }
        }
    }
}

#[test]
fn how_much_may_come_out() {
    let long = ["output-300k-2026-03-24"];
    let tokens = |model: &str, tokens: u64, betas: &[&str]| {
        let params = format!(
            r#"{{"model":"claude-{model}","max_tokens":{tokens},"messages":[{{"role":"user","content":"x"}}]}}"#
        );
        let mut said = problems(&params, terms("2026-10-21", betas));
        said.retain(|said| !said.starts_with("model/reti"));
        said.join(", ")
    };
    let refused = "params/max-tokens /max_tokens";
    for row in MATRIX {
        let (most, raised) = row.most;
        for model in row.models {
            assert_eq!(
                (tokens(model, most, &[]).as_str(), tokens(model, most + 1, &[]).as_str()),
                ("", refused),
                "{model}"
            );
            if raised == 0 {
                // Of these nobody has said whether the beta raises the limit.
                assert_eq!(tokens(model, most + 1, &long), "params/max-tokens? /max_tokens", "{model}");
                assert_eq!(tokens(model, 300_001, &long), refused, "{model}");
            } else {
                assert_eq!(
                    (tokens(model, raised, &long).as_str(), tokens(model, raised + 1, &long).as_str()),
                    ("", refused),
                    "{model}"
                );
            }
        }
    }
}

#[test]
fn shapes_of_thinking() {
    let think = |thinking: &str| format!(r#""model":"claude-opus-4-6","thinking":{thinking}"#);
    table(
        terms("2026-10-21", &[]),
        &[
            (&think(r#"{"type":"enabled","budget_tokens":4095,"display":"omitted"}"#), ""),
            (&think(r#"{"type":"enabled","budget_tokens":4096}"#), "thinking/budget /thinking/budget_tokens"),
            (&think(r#"{"type":"enabled","budget_tokens":1023}"#), "params/range /thinking/budget_tokens"),
            (&think(r#"{"type":"enabled"}"#), "params/required /thinking/budget_tokens"),
            (
                &think(r#"{"type":"adaptive","budget_tokens":1024}"#),
                "params/unknown-key /thinking/budget_tokens",
            ),
            (&think(r#"{"type":"adaptive","display":null}"#), ""),
            (&think(r#"{"type":"adaptive","display":"all"}"#), "params/value /thinking/display"),
            (&think(r#"{"type":"disabled","display":null}"#), "params/unknown-key /thinking/display"),
            (&think(r#"{"type":"on"}"#), "params/unknown-type /thinking/type"),
            (&think("true"), "params/type /thinking"),
            (&think("null"), "params/type /thinking"),
        ],
    );
    // Spread over several turns, the budget may be larger than one answer.
    let spread = think(r#"{"type":"enabled","budget_tokens":9000}"#);
    table(
        terms("2026-10-21", &["interleaved-thinking-2025-05-14"]),
        &[(&spread, "thinking/budget? /thinking/budget_tokens")],
    );
}

#[test]
fn what_manual_thinking_forbids() {
    let manual = |more: &str| {
        format!(r#""model":"claude-haiku-4-5","thinking":{{"type":"enabled","budget_tokens":1024}},{more}"#)
    };
    let tool = r#""tools":[{"name":"n","input_schema":{"type":"object"}}]"#;
    table(
        terms("2023-06-01", &[]),
        &[
            (&manual(r#""temperature":1"#), ""),
            (&manual(r#""temperature":0.9"#), "params/conflict /temperature"),
            (&manual(r#""top_p":0.95"#), ""),
            (&manual(r#""top_p":0.94"#), "params/conflict /top_p"),
            (&manual(r#""top_k":5"#), "params/conflict /top_k"),
            (&manual(&format!(r#"{tool},"tool_choice":{{"type":"any"}}"#)), "tools/choice /tool_choice"),
            (&manual(&format!(r#"{tool},"tool_choice":{{"type":"auto"}}"#)), ""),
        ],
    );
}

#[test]
fn sampling_by_model() {
    let of = |model: &str, more: &str| format!(r#""model":"claude-{model}",{more}"#);
    for row in MATRIX {
        for model in row.models {
            let is_old = model.contains("4-5") || model.contains("4-6");
            for (sampling, name) in [
                (r#""temperature":0.5"#, "temperature"),
                (r#""top_p":0.9"#, "top_p"),
                (r#""top_k":5"#, "top_k"),
            ] {
                let want = if is_old { String::new() } else { format!("params/not-accepted /{name}") };
                let params = super::with(&of(model, sampling));
                let mut said = problems(&params, terms("2023-06-01", &[]));
                said.retain(|said| !said.starts_with("model/reti"));
                assert_eq!(said.join(", "), want, "{model} {sampling}");
            }
        }
    }
    table(
        terms("2023-06-01", &[]),
        &[(&of("opus-5", r#""temperature":1"#), ""), (&of("opus-5", r#""top_p":0.99"#), "")],
    );
}
