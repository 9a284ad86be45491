//! Every code of a violation is raised by an input of this table, with all that a violation carries.

use std::collections::BTreeSet;

use batchwise::plan::{Intake, Numbering, PlanOptions, Validate};
use batchwise::request::{Severity, Violation, ViolationCode as Code, Violations};
use batchwise::rows::{Dialect, Format, Header, Recipe, RecipeOptions, Table};

use crate::params::{terms, user, with};
use crate::pictures;

/// What raises a code.
enum Input {
    /// Lines of a file, as they are.
    Lines(Vec<u8>),
    /// One request with these members in its parameters.
    Params(String),
    /// The same, under these betas.
    Beta(&'static [&'static str], String),
    /// Rows of a table for a template.
    Rows(&'static str),
    /// An item of a list that cannot be written.
    Unwritable,
}

use Input::{Beta, Lines, Params, Rows, Unwritable};

fn lines(bytes: &[u8]) -> Input {
    Lines(bytes.to_vec())
}

fn params(members: &str) -> Input {
    Params(members.to_owned())
}

fn block(block: &str) -> Input {
    Params(user(block))
}

fn data(kind: &str, media_type: &str, data: &str) -> Input {
    block(&format!(
        r#"{{"type":"{kind}","source":{{"type":"base64","media_type":"{media_type}","data":"{data}"}}}}"#
    ))
}

fn schema(schema: &str) -> Input {
    Params(format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#))
}

/// Each code, what raises it, and whether a machine can tell how to mend that.
#[expect(clippy::too_many_lines, reason = "one row for each code")]
fn table() -> Vec<(Code, Input, bool)> {
    let long = "x".repeat(6_100_000);
    let deep = format!(r#"{{"custom_id":"a","params":{}1{}}}"#, "[".repeat(300), "]".repeat(300));
    let images = vec![r#"{"type":"image","source":{"type":"file","file_id":"f"}}"#; 601].join(",");
    let breakpoint = r#"{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}"#;
    let hour = r#"{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}"#;
    let unions: Vec<_> = (0..17).map(|n| format!(r#"{{"type":["string","null"],"title":"{n}"}}"#)).collect();
    let assistant = r#""messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]"#;
    let tool = r#"{"name":"n","input_schema":{"type":"object"}}"#;
    let mut png = pictures::png(9, 9).replace('=', "");
    png.push_str(&"A".repeat((10 << 20) + 4 - png.len()));
    vec![
        (Code::Encoding, lines(b"{\"custom_id\":\"\xff\"}"), false),
        (Code::Ragged, Rows("id,text\na\n"), false),
        (Code::SourceEmpty, lines(b"\n"), false),
        (Code::JsonSyntax, lines(b"{"), false),
        (Code::JsonValue, Unwritable, false),
        (Code::JsonDuplicateKey, lines(br#"{"custom_id":"a","params":{},"params":{}}"#), false),
        (Code::JsonTooDeep, Lines(deep.into_bytes()), false),
        (Code::JsonSurrogate, lines(br#"{"custom_id":"a","params":{"system":"cut \ud83d"}}"#), false),
        (Code::RequestType, lines(b"[]"), false),
        (Code::RequestUnknownKey, lines(br#"{"custom_id":"a","params":{},"method":"POST"}"#), true),
        (Code::IdMissing, lines(br#"{"params":{}}"#), false),
        (Code::IdInvalid, lines(br#"{"custom_id":"a b","params":{}}"#), false),
        (
            Code::IdDuplicate,
            lines(b"{\"custom_id\":\"a\",\"params\":{}}\n{\"custom_id\":\"a\",\"params\":{}}"),
            false,
        ),
        (Code::ParamsRequired, params(r#""messages":[]"#), false),
        (Code::ParamsType, params(r#""messages":7"#), false),
        (Code::ParamsUnknownKey, params(r#""max_token":7"#), true),
        (Code::ParamsUnknownType, block(r#"{"type":"txt","text":"x"}"#), true),
        (Code::ParamsValue, params(r#""service_tier":"autos""#), true),
        (Code::ParamsRange, params(r#""thinking":{"type":"enabled","budget_tokens":1}"#), false),
        (Code::ParamsLength, params(r#""messages":[{"role":"user","content":""}]"#), false),
        (Code::ParamsPattern, params(r#""stop_sequences":[" "]"#), false),
        (Code::ParamsMaxTokens, params(r#""max_tokens":999999999"#), true),
        (Code::ParamsStream, params(r#""stream":true"#), true),
        (Code::ParamsSpeed, params(r#""speed":"fast""#), true),
        (
            Code::ParamsBatch,
            Beta(&["server-side-fallback-2026-07-01"], r#""fallbacks":"default""#.to_owned()),
            true,
        ),
        (Code::ParamsModel, params(r#""model":"claude-opus-55""#), true),
        (Code::ParamsNotAccepted, params(r#""temperature":1"#), true),
        (
            Code::ParamsConflict,
            params(
                r#""tools":[{"type":"web_search_20250305","name":"web_search","allowed_domains":[],"blocked_domains":[]}]"#,
            ),
            false,
        ),
        (Code::BetaRequired, params(r#""mcp_servers":[]"#), false),
        (Code::BetaUnknown, Beta(&["output-301k-2026-03-24"], String::new()), false),
        (Code::ModelRetired, params(r#""model":"claude-3-opus-20240229""#), false),
        (Code::ModelRetiring, params(r#""model":"claude-sonnet-4-5""#), false),
        (
            Code::ThinkingMode,
            params(r#""model":"claude-opus-5","thinking":{"type":"enabled","budget_tokens":1024}"#),
            true,
        ),
        (Code::ThinkingBudget, params(r#""thinking":{"type":"enabled","budget_tokens":9999}"#), false),
        (Code::MessagesRole, block(r#"{"type":"tool_use","id":"t","name":"n","input":{}}"#), false),
        (
            Code::MessagesSystem,
            params(r#""messages":[{"role":"system","content":"x"},{"role":"user","content":"x"}]"#),
            false,
        ),
        (Code::MessagesPrefill, params(assistant), true),
        (Code::MessagesToolResult, block(r#"{"type":"tool_result","tool_use_id":"t"}"#), false),
        (Code::ToolsDuplicate, Params(format!(r#""tools":[{tool},{tool}]"#)), false),
        (Code::ToolsChoice, params(r#""tool_choice":{"type":"any"}"#), false),
        (
            Code::McpServer,
            Beta(
                &["mcp-client-2025-11-20"],
                r#""tools":[{"type":"mcp_toolset","mcp_server_name":"n"}]"#.to_owned(),
            ),
            false,
        ),
        (Code::CacheTooMany, Params(user(&[breakpoint; 5].join(","))), true),
        (
            Code::CacheConflict,
            Params(format!(r#"{},"cache_control":{{"type":"ephemeral"}}"#, user(hour))),
            true,
        ),
        (Code::CacheOrder, Params(user(&[breakpoint, hour].join(","))), false),
        (Code::SchemaUnsupported, schema(r#"{"type":"string","maxLength":7}"#), true),
        (Code::SchemaLimit, schema(&format!(r#"{{"anyOf":[{}]}}"#, unions.join(","))), false),
        (Code::MediaBase64, data("image", "image/png", "iVBORw0KGgo"), false),
        (Code::MediaType, data("image", "image/jpeg", "iVBORw0KGgo="), true),
        (Code::MediaSize, data("image", "image/png", &png), false),
        (Code::MediaCount, Params(user(&images)), false),
        (Code::MediaPixels, data("image", "image/png", &pictures::png(8_001, 1)), false),
        (Code::MediaPages, data("document", "application/pdf", &pictures::pdf_for_the_web(601)), false),
        (Code::MediaEncrypted, data("document", "application/pdf", &pictures::locked_pdf()), false),
        (Code::SizeContext, Params(format!(r#""messages":[{{"role":"user","content":"{long}"}}]"#)), false),
        (Code::SizeChunk, Params(format!(r#""system":"{}""#, &long[..70_000])), false),
        (Code::TemplateUnknownColumn, Rows("id,txt\na,b\n"), false),
        (Code::TemplateEmpty, Rows("id,text\na,\n"), false),
    ]
}

/// All that is said of an input, and how many of its violations have a place in the source.
fn said(code: Code, input: &Input) -> Violations {
    let betas = if let Beta(betas, _) = input { betas } else { &[][..] };
    let (terms, strangers) = {
        let names: Vec<String> = betas.iter().map(|beta| (*beta).to_owned()).collect();
        (terms("2026-10-21", betas), batchwise::request::Terms::default().of_batch(None, &names).1)
    };
    let max_body_bytes = if code == Code::SizeChunk { 60_000 } else { PlanOptions::default().max_body_bytes };
    let options = PlanOptions { validate: Validate::Warn, terms, max_body_bytes, ..PlanOptions::default() };
    let request = |members: &str| format!(r#"{{"custom_id":"a","params":{}}}"#, with(members));
    let mut intake = match input {
        Rows(_) => {
            let recipe = RecipeOptions {
                prompt: "Rate {{text}}",
                model: "claude-haiku-4-5",
                max_tokens: 5,
                key: Some("id"),
                ..RecipeOptions::default()
            };
            let format = Format::Csv { dialect: Dialect::CSV, header: Header::First };
            let table = Table::new(Recipe::new(&recipe).unwrap(), format, 1 << 20).unwrap();
            Intake::table(options, table, Numbering::Lines)
        }
        Unwritable => Intake::requests(options, Numbering::Index),
        _ => Intake::requests(options, Numbering::Lines),
    };
    match input {
        Lines(bytes) => intake.push(bytes.clone()),
        Params(members) | Beta(_, members) => intake.push(request(members).as_bytes()),
        Rows(rows) => intake.push(rows.as_bytes()),
        Unwritable => intake.unwritable(0, "/params/n".to_owned(), "a BigInt is no JSON".to_owned()),
    }
    for stranger in strangers {
        intake.note(stranger);
    }
    intake.finish().unwrap().violations
}

/// Violations that no request has: of the source, or of the options.
fn is_of_no_request(code: Code) -> bool {
    matches!(code, Code::SourceEmpty | Code::BetaUnknown)
}

fn complete(violation: &Violation) {
    let Violation { code, line, index, offset, message, hint, .. } = violation;
    assert!(!message.is_empty() && !message.ends_with('.'), "{violation:?}");
    assert!(hint.as_ref().is_some_and(|hint| !hint.is_empty()), "{violation:?}");
    if is_of_no_request(*code) {
        return;
    }
    assert!(line.is_some() != index.is_some(), "a line or an index: {violation:?}");
    assert!(line.is_none() || offset.is_some(), "a byte of the file: {violation:?}");
}

#[test]
fn every_code_is_raised_and_says_what_where_and_what_to_do() {
    let table = table();
    let listed: BTreeSet<_> = table.iter().map(|(code, ..)| *code).collect();
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !listed.contains(code)).collect();
    assert!(missing.is_empty(), "no input raises {missing:?}");
    let mut wrong = Vec::new();
    for (code, input, is_mendable) in &table {
        let found = said(*code, input);
        found.kept().iter().for_each(complete);
        let all: Vec<_> = found.kept().iter().map(|violation| violation.code.as_str()).collect();
        let of_code: Vec<_> = found.kept().iter().filter(|violation| violation.code == *code).collect();
        if of_code.is_empty() {
            wrong.push(format!("{} is not raised, but {all:?}", code.as_str()));
        }
        if of_code.iter().any(|violation| violation.fix.is_some()) != *is_mendable {
            wrong.push(format!("{}: {of_code:?}", code.as_str()));
        }
        let has_id = matches!(input, Params(_) | Beta(..)) && !is_of_no_request(*code);
        if has_id && of_code.iter().any(|violation| violation.custom_id.as_deref() != Some("a")) {
            wrong.push(format!("{} has no id", code.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_million_violations_are_counted_and_the_first_of_each_code_are_kept() {
    let line = |n: u32| {
        format!(
            "{{\"custom_id\":\"{n:x}\",\"params\":{{\"model\":\"claude-opus-5\",\"max_tokens\":0,\"messages\":[],\"speed\":1,\
             \"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1}}}}\n"
        )
    };
    let options = PlanOptions { validate: Validate::Warn, ..PlanOptions::default() };
    let mut intake = Intake::requests(options, Numbering::Lines);
    let requests = 100_000;
    for n in 0..requests {
        intake.push(line(n).into_bytes());
    }
    let found = intake.finish().unwrap().violations;
    assert_eq!((found.total(), found.errors()), (1_000_000, 1_000_000));
    assert_eq!(found.count(Code::ParamsUnknownKey), 700_000);
    assert_eq!(found.kept().len(), 4 * batchwise::request::KEPT_PER_CODE);
    assert!(found.kept().iter().all(|violation| violation.severity == Severity::Error));
    // The first ones, whole requests at a time: the file is read from the top.
    assert!(found.kept().iter().all(|violation| violation.line <= Some(100)));
}
