//! Blocks: every kind of them, field by field. Reference, 5.3.

use super::{table, terms, user};

/// Checks blocks of a user's turn: each with what is said of it, below the block.
pub(super) fn blocks(betas: &[&str], rows: &[(&str, &str)]) {
    for (block, want) in rows {
        let want: Vec<_> = want
            .split(", ")
            .map(|want| match want.split_once(' ') {
                Some((code, path)) => format!("{code} /messages/0/content/0{path}"),
                None => want.to_owned(),
            })
            .collect();
        table(terms("2026-10-21", betas), &[(&user(block), &want.join(", "))]);
    }
}

/// Blocks inside the answer of a tool.
fn answered(rows: &[(&str, &str)]) {
    for (inner, want) in rows {
        let block = format!(
            r#""messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"t","name":"n","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":[{inner}]}}]}}]"#
        );
        let want = want.replace('@', "/messages/2/content/0/content/0");
        table(terms("2026-10-21", &[]), &[(&block, &want)]);
    }
}

#[test]
fn texts() {
    blocks(
        &[],
        &[
            (r#"{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}"#, ""),
            (r#"{"type":"text","text":"x","cache_control":null,"citations":null}"#, ""),
            (r#"{"type":"text","text":""}"#, "params/length /text"),
            (r#"{"type":"text","text":" \t"}"#, "params/pattern /text"),
            (r#"{"type":"text","text":7}"#, "params/type /text"),
            (r#"{"type":"text"}"#, "params/required /text"),
            (r#"{"type":"text","text":"x","txt":1}"#, "params/unknown-key /txt"),
            (r#"{"type":"text","text":"x","citations":{}}"#, "params/type /citations"),
        ],
    );
}

#[test]
fn citations() {
    let cited = |citation: &str| {
        format!(
            r#""messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{{"type":"text","text":"x","citations":[{citation}]}}]}},{{"role":"user","content":"x"}}]"#
        )
    };
    let long = "x".repeat(501);
    let head = r#""cited_text":"c","document_index":0,"document_title":null"#;
    for (citation, want) in [
        (format!(r#"{{"type":"char_location",{head},"start_char_index":0,"end_char_index":1}}"#), ""),
        (format!(r#"{{"type":"char_location",{head},"start_char_index":-1,"end_char_index":1}}"#), "params/range @/start_char_index"),
        (format!(r#"{{"type":"char_location",{head},"start_char_index":0}}"#), "params/required @/end_char_index"),
        (format!(r#"{{"type":"char_location",{head},"start_char_index":0,"end_char_index":1,"file_id":"f"}}"#), "params/unknown-key @/file_id"),
        (format!(r#"{{"type":"char_location",{head},"start_char_index":0,"end_char_index":1,"cache_control":{{"type":"ephemeral"}}}}"#), "params/unknown-key @/cache_control"),
        (format!(r#"{{"type":"page_location",{head},"start_page_number":1,"end_page_number":2}}"#), ""),
        (format!(r#"{{"type":"page_location",{head},"start_page_number":0,"end_page_number":2}}"#), "params/range @/start_page_number"),
        (format!(r#"{{"type":"content_block_location",{head},"start_block_index":0,"end_block_index":2}}"#), ""),
        (format!(r#"{{"type":"content_block_location","cited_text":"c","document_index":0.5,"document_title":"{long}","start_block_index":0,"end_block_index":2}}"#), "params/type @/document_index, params/length @/document_title"),
        (r#"{"type":"web_search_result_location","cited_text":"c","url":"u","title":"t","encrypted_index":"e"}"#.to_owned(), ""),
        (format!(r#"{{"type":"web_search_result_location","cited_text":"c","url":"","title":"{long}{long}","encrypted_index":"e"}}"#), "params/length @/url, params/length @/title"),
        (r#"{"type":"search_result_location","cited_text":"c","source":"s","title":null,"search_result_index":0,"start_block_index":0,"end_block_index":1}"#.to_owned(), ""),
        (r#"{"type":"search_result_location","cited_text":"c","source":"s","title":null,"search_result_index":"0","start_block_index":0,"end_block_index":1}"#.to_owned(), "params/type @/search_result_index"),
        (r#"{"type":"line_location"}"#.to_owned(), "params/unknown-type @/type"),
    ] {
        let want = want.replace('@', "/messages/1/content/0/citations/0");
        table(terms("2026-10-21", &[]), &[(&cited(&citation), &want)]);
    }
}

#[test]
fn images() {
    let png = crate::pictures::png(1, 1);
    let of = |kind: &str, data: &str| {
        format!(r#"{{"type":"image","source":{{"type":"base64","media_type":"{kind}","data":"{data}"}}}}"#)
    };
    blocks(
        &[],
        &[
            (&of("image/png", &png), ""),
            (&of("image/gif", &crate::pictures::gif(1, 1)), ""),
            (&of("image/jpeg", &crate::pictures::jpeg(1, 1)), ""),
            (&of("image/webp", &crate::pictures::webp(1, 1)), ""),
            (&of("image/bmp", &png), "params/value /source/media_type, media/type? /source/media_type"),
            (&of("image/jpeg", &png), "media/type? /source/media_type"),
            (&of("image/png", "aGVsbG8="), "media/type /source/data"),
            (&of("image/png", "aGVsbG8"), "media/base64 /source/data, media/type /source/data"),
            (&of("image/png", ""), "params/length /source/data"),
            (&of("image/png", &format!("data:image/png;base64,{png}")), "media/base64 /source/data"),
            (r#"{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}}"#, ""),
            (r#"{"type":"image","source":{"type":"url","url":""}}"#, "params/length /source/url"),
            (
                r#"{"type":"image","source":{"type":"url","url":"a.example/b.png"}}"#,
                "params/pattern? /source/url",
            ),
            (r#"{"type":"image","source":{"type":"file","file_id":"file_1"}}"#, ""),
            (r#"{"type":"image","source":{"type":"file","file_id":""}}"#, "params/length /source/file_id"),
            (r#"{"type":"image","source":{"type":"text","data":"x"}}"#, "params/unknown-type /source/type"),
            (
                r#"{"type":"image","source":{"type":"base64","data":"iVBORw0KGgo="}}"#,
                "params/required /source/media_type",
            ),
            (r#"{"type":"image"}"#, "params/required /source"),
            (
                r#"{"type":"image","source":{"type":"url","url":"https://a"},"transformations":{"oversized_image":"downsize"}}"#,
                "",
            ),
            (
                r#"{"type":"image","source":{"type":"url","url":"https://a"},"transformations":{"oversized_image":"crop"}}"#,
                "params/value /transformations/oversized_image",
            ),
            (
                r#"{"type":"image","source":{"type":"url","url":"https://a"},"transformations":{"resize":1}}"#,
                "params/unknown-key /transformations/resize",
            ),
            (
                r#"{"type":"image","source":{"type":"url","url":"https://a"},"title":"t"}"#,
                "params/unknown-key /title",
            ),
        ],
    );
}

#[test]
fn documents() {
    let with = |source: &str, more: &str| format!(r#"{{"type":"document","source":{source}{more}}}"#);
    let text = r#"{"type":"text","media_type":"text/plain","data":"x"}"#;
    let long = format!(r#","title":"{}""#, "x".repeat(501));
    blocks(
        &[],
        &[
            (&with(r#"{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}"#, ""), ""),
            (
                &with(r#"{"type":"base64","media_type":"application/pdf","data":"aGVsbG8="}"#, ""),
                "media/type? /source/data",
            ),
            (
                &with(r#"{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}"#, ""),
                "params/value /source/media_type",
            ),
            (&with(text, ""), ""),
            (
                &with(r#"{"type":"text","media_type":"text/html","data":"x"}"#, ""),
                "params/value /source/media_type",
            ),
            (&with(r#"{"type":"content","content":"x"}"#, ""), ""),
            (
                &with(
                    r#"{"type":"content","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"url","url":"https://a"}}]}"#,
                    "",
                ),
                "",
            ),
            (
                &with(r#"{"type":"content","content":[{"type":"document","source":{}}]}"#, ""),
                "messages/role /source/content/0/type, params/required /source/content/0/source/type",
            ),
            (&with(r#"{"type":"url","url":"https://a.example/b.pdf"}"#, ""), ""),
            (&with(r#"{"type":"file","file_id":"file_1"}"#, ""), ""),
            (&with(r#"{"type":"ftp","url":"x"}"#, ""), "params/unknown-type /source/type"),
            (
                &with(
                    text,
                    r#","title":"t","context":"c","citations":{"enabled":true},"cache_control":{"type":"ephemeral"}"#,
                ),
                "",
            ),
            (&with(text, r#","title":null,"context":null,"citations":null,"cache_control":null"#), ""),
            (&with(text, r#","title":"","context":"""#), "params/length /title, params/length /context"),
            (&with(text, &long), "params/length /title"),
            (&with(text, r#","citations":{"enabled":"yes"}"#), "params/type /citations/enabled"),
            (&with(text, r#","citations":true"#), "params/type /citations"),
        ],
    );
}

#[test]
fn search_results_and_containers() {
    blocks(
        &[],
        &[
            (
                r#"{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}],"citations":{"enabled":false}}"#,
                "",
            ),
            (
                r#"{"type":"search_result","source":"s","title":"t","content":[{"type":"image","source":{"type":"url","url":"https://a"}}]}"#,
                "messages/role /content/0/type",
            ),
            (r#"{"type":"search_result","source":"s","title":"t","content":"x"}"#, "params/type /content"),
            (r#"{"type":"search_result","content":[]}"#, "params/required /source, params/required /title"),
            (r#"{"type":"container_upload","file_id":"file_1","cache_control":{"type":"ephemeral"}}"#, ""),
            (r#"{"type":"container_upload"}"#, "params/required /file_id"),
        ],
    );
}

#[test]
fn thinking_is_replayed_unchanged() {
    let cached = r#","cache_control":{"type":"ephemeral"}"#;
    blocks(
        &[],
        &[
            (r#"{"type":"thinking","thinking":"","signature":"s"}"#, ""),
            (r#"{"type":"thinking","thinking":"x"}"#, "params/required /signature"),
            (
                &format!(r#"{{"type":"thinking","thinking":"x","signature":"s"{cached}}}"#),
                "params/unknown-key /cache_control",
            ),
            (r#"{"type":"redacted_thinking","data":"d"}"#, ""),
            (
                &format!(r#"{{"type":"redacted_thinking","data":"d"{cached}}}"#),
                "params/unknown-key /cache_control",
            ),
        ],
    );
}

#[test]
fn calls_of_tools_and_their_answers() {
    let long = "n".repeat(201);
    let called = |call: &str| {
        format!(
            r#""messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{{"type":"tool_use",{call}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t"}}]}}]"#
        )
    };
    for (call, want) in [
        (r#""id":"t","name":"n","input":{"a":1},"caller":{"type":"direct"},"toolset_name":null,"cache_control":{"type":"ephemeral"}"#.to_owned(), ""),
        (r#""id":"t","name":"n","input":{},"caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_1"}"#.to_owned(), ""),
        (r#""id":"t","name":"n","input":{},"caller":{"type":"code_execution_20260120","tool_id":"t"}"#.to_owned(), "params/pattern @/caller/tool_id"),
        (r#""id":"t","name":"n","input":{},"caller":{"type":"nobody"}"#.to_owned(), "params/unknown-type @/caller/type"),
        (r#""id":"t","name":"n","input":"{}""#.to_owned(), "params/type @/input"),
        (r#""id":"t","name":"n""#.to_owned(), "params/required @/input"),
        (r#""id":"t","name":"","input":{}"#.to_owned(), "params/length @/name"),
        (format!(r#""id":"t","name":"{long}","input":{{}}"#), "params/length @/name"),
        (r#""id":"t","name":"n","input":{},"toolset_name":"""#.to_owned(), "params/length @/toolset_name"),
        (r#""id":"t","name":"n","input":{},"result":1"#.to_owned(), "params/unknown-key @/result"),
    ] {
        table(terms("2026-10-21", &[]), &[(&called(&call), &want.replace('@', "/messages/1/content/0"))]);
    }
    let id = r#"{"type":"tool_result","tool_use_id":"a b"}"#;
    blocks(&[], &[(id, "params/pattern /tool_use_id, messages/tool-result? /tool_use_id")]);
    answered(&[
        (r#"{"type":"text","text":"x"}"#, ""),
        (r#"{"type":"image","source":{"type":"url","url":"https://a"}}"#, ""),
        (r#"{"type":"document","source":{"type":"content","content":"x"}}"#, ""),
        (r#"{"type":"search_result","source":"s","title":"t","content":[]}"#, ""),
        (r#"{"type":"tool_reference","tool_name":"n"}"#, ""),
        (r#"{"type":"tool_reference","tool_name":"a b"}"#, "params/pattern @/tool_name"),
        (r#"{"type":"tool_reference","tool_name":""}"#, "params/length @/tool_name"),
        (r#"{"type":"thinking","thinking":"x","signature":"s"}"#, "messages/role @/type"),
        (r#"{"type":"browser_state","tabs":[{"tab_id":"1","title":"t","url":"u","active":true}]}"#, ""),
        (
            r#"{"type":"browser_state","tabs":[{"tab_id":"1"}],"state_changes":[]}"#,
            "params/required @/tabs/0/title, params/required @/tabs/0/url, params/length @/state_changes",
        ),
        (
            r#"{"type":"browser_state","tabs":[],"state_changes":[{"type":"tab_closed"}]}"#,
            "params/unknown-type @/state_changes/0/type",
        ),
        (
            r#"{"type":"browser_state","tabs":[],"state_changes":[{"type":"download_failed","download_id":"d","url":"u","error":7}]}"#,
            "params/type @/state_changes/0/error",
        ),
    ]);
    let tabs = vec![r#"{"tab_id":"1","title":"t","url":"u"}"#; 101].join(",");
    answered(&[(&format!(r#"{{"type":"browser_state","tabs":[{tabs}]}}"#), "params/length @/tabs")]);
    let title = "x".repeat(4_097);
    answered(&[(
        &format!(r#"{{"type":"browser_state","tabs":[{{"tab_id":"1","title":"{title}","url":"u"}}]}}"#),
        "params/length @/tabs/0/title",
    )]);
}
