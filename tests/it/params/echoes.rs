//! Blocks that an answer had and that are sent back, and those of betas. Reference, 2.4, 5.3 and 5.5.

use super::blocks::blocks;

#[test]
#[expect(clippy::too_many_lines, reason = "one row for each kind")]
fn what_server_tools_said_is_sent_back_as_it_came() {
    let id = r#""tool_use_id":"srvtoolu_1""#;
    let result = |kind: &str, content: &str| format!(r#"{{"type":"{kind}",{id},"content":{content}}}"#);
    blocks(
        &[],
        &[
            (
                r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{},"caller":{"type":"direct"}}"#,
                "",
            ),
            (
                r#"{"type":"server_tool_use","id":"toolu_1","name":"web_search","input":{}}"#,
                "params/pattern /id",
            ),
            (
                r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"search","input":{}}"#,
                "params/value /name",
            ),
            (
                r#"{"type":"server_tool_use","id":"srvtoolu_1","name":"advisor","input":{}}"#,
                "beta/required /name",
            ),
            (
                &result(
                    "web_search_tool_result",
                    r#"[{"type":"web_search_result","url":"u","title":"t","encrypted_content":"e"}]"#,
                ),
                "",
            ),
            (
                &result("web_search_tool_result", r#"[{"type":"web_search_result","url":"u","title":"t"}]"#),
                "params/required /content/0/encrypted_content",
            ),
            (
                &result(
                    "web_search_tool_result",
                    r#"{"type":"web_search_tool_result_error","error_code":"unavailable"}"#,
                ),
                "",
            ),
            (&result("web_search_tool_result", r#""x""#), "params/type /content"),
            (
                &result(
                    "web_fetch_tool_result",
                    r#"{"type":"web_fetch_result","url":"u","content":{"type":"document","source":{"type":"content","content":"x"}}}"#,
                ),
                "",
            ),
            (
                &result(
                    "web_fetch_tool_result",
                    r#"{"type":"web_fetch_result","url":"u","content":{"type":"text","text":"x"}}"#,
                ),
                "messages/role /content/content/type",
            ),
            (
                &result(
                    "code_execution_tool_result",
                    r#"{"type":"code_execution_result","stdout":"","stderr":"","return_code":0,"content":[{"type":"code_execution_output","file_id":"f"}]}"#,
                ),
                "",
            ),
            (
                &result(
                    "code_execution_tool_result",
                    r#"{"type":"encrypted_code_execution_result","encrypted_stdout":"","stderr":"","return_code":0.5,"content":[]}"#,
                ),
                "params/type /content/return_code",
            ),
            (
                &result(
                    "bash_code_execution_tool_result",
                    r#"{"type":"bash_code_execution_tool_result_error","error_code":"output_file_too_large"}"#,
                ),
                "",
            ),
            (
                &result("bash_code_execution_tool_result", r#"{"type":"code_execution_result"}"#),
                "params/unknown-type /content/type",
            ),
            (
                &result(
                    "text_editor_code_execution_tool_result",
                    r#"{"type":"text_editor_code_execution_view_result","content":"x","file_type":"image","total_lines":null}"#,
                ),
                "",
            ),
            (
                &result(
                    "text_editor_code_execution_tool_result",
                    r#"{"type":"text_editor_code_execution_view_result","content":"x","file_type":"video"}"#,
                ),
                "params/value /content/file_type",
            ),
            (
                &result(
                    "text_editor_code_execution_tool_result",
                    r#"{"type":"text_editor_code_execution_create_result","is_file_update":true}"#,
                ),
                "",
            ),
            (
                &result(
                    "tool_search_tool_result",
                    r#"{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"n"}]}"#,
                ),
                "",
            ),
            (
                &result(
                    "tool_search_tool_result",
                    r#"{"type":"tool_search_tool_result_error","error_code":"unavailable","error_message":null}"#,
                ),
                "",
            ),
            (
                r#"{"type":"web_search_tool_result","tool_use_id":"t","content":[]}"#,
                "params/pattern /tool_use_id",
            ),
        ],
    );
}

#[test]
fn blocks_of_betas() {
    let rows = [
        (
            "mcp-client-2025-11-20",
            r#"{"type":"mcp_tool_use","id":"i","name":"n","server_name":"s","input":{}}"#,
        ),
        (
            "mcp-client-2026-09-15",
            r#"{"type":"mcp_tool_result","tool_use_id":"i","content":[{"type":"text","text":"x"}]}"#,
        ),
        (
            "mcp-client-2025-11-20",
            r#"{"type":"mcp_tool_listing","mcp_server_name":"s","tools":[{"name":"n","input_schema":{}}]}"#,
        ),
        (
            "advisor-tool-2026-03-01",
            r#"{"type":"advisor_tool_result","tool_use_id":"srvtoolu_1","content":{"type":"advisor_redacted_result","encrypted_content":"e"}}"#,
        ),
        ("compact-2026-09-04", r#"{"type":"compaction","content":null,"signature":"s"}"#),
        ("compact-2026-01-12", r#"{"type":"compaction","content":"x"}"#),
        (
            "server-side-fallback-2026-06-01",
            r#"{"type":"fallback","from":{"model":"a"},"to":{"model":"b"},"trigger":{"type":"refusal","category":null}}"#,
        ),
        (
            "mid-conversation-tool-changes-2026-07-01",
            r#"{"type":"tool_addition","tool":{"type":"mcp_tool_reference","name":"n","server_name":"s"}}"#,
        ),
        (
            "inline-tools-2026-09-15",
            r#"{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"n"}}}"#,
        ),
        (
            "mid-conversation-tool-changes-2026-07-01",
            r#"{"type":"tool_removal","tool":{"type":"tool_reference","name":"n"}}"#,
        ),
    ];
    for (beta, block) in rows {
        blocks(&[beta], &[(block, "")]);
        blocks(&[], &[(block, "beta/required /type")]);
    }
    blocks(
        &["mcp-client-2025-11-20", "mid-conversation-tool-changes-2026-07-01"],
        &[
            (r#"{"type":"mcp_tool_use","id":"i","name":"n","input":{}}"#, "params/required /server_name"),
            (
                r#"{"type":"mcp_tool_result","tool_use_id":"i","content":[{"type":"image","source":{"type":"url","url":"https://a"}}]}"#,
                "messages/role /content/0/type",
            ),
            (
                r#"{"type":"mcp_tool_listing","mcp_server_name":"s","tools":[{"name":"n"}]}"#,
                "params/required /tools/0/input_schema",
            ),
            (
                r#"{"type":"tool_removal","tool":{"type":"tool_definition","definition":{}}}"#,
                "params/unknown-type /tool/type",
            ),
        ],
    );
}
