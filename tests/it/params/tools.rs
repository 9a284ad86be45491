//! Tools: every type and version, field by field, and the choice among them. Reference, 5.4 and `tool_choice` of 5.1.

use super::{problems, table, terms, with};

/// Checks one tool: what is said of it, below it.
fn tools(betas: &[&str], rows: &[(&str, &str)]) {
    for (tool, want) in rows {
        let want: Vec<_> = want
            .split(", ")
            .map(|want| match want.split_once(' ') {
                Some((code, path)) => format!("{code} /tools/0{path}"),
                None => want.to_owned(),
            })
            .collect();
        table(terms("2026-10-21", betas), &[(&format!(r#""tools":[{tool}]"#), &want.join(", "))]);
    }
}

#[test]
fn custom_tools() {
    let named = |name: &str| format!(r#"{{"name":"{name}","input_schema":{{"type":"object"}}}}"#);
    tools(
        &[],
        &[
            (
                r#"{"type":"custom","name":"n","description":"d","input_schema":{"type":"object","properties":{},"required":[],"more":1},"eager_input_streaming":null,"input_examples":[{}],"cache_control":{"type":"ephemeral"},"defer_loading":true,"strict":false,"allowed_callers":["direct","code_execution_20260521"]}"#,
                "",
            ),
            (r#"{"type":null,"name":"n","input_schema":{"type":"object"}}"#, ""),
            (&named(&"n".repeat(128)), ""),
            (&named(&"n".repeat(129)), "params/length /name"),
            (&named(""), "params/length /name"),
            (&named("a b"), "params/pattern /name"),
            (r#"{"name":"n"}"#, "params/required /input_schema"),
            (r#"{"input_schema":{"type":"object"}}"#, "params/required /name"),
            (r#"{"name":"n","input_schema":{}}"#, "params/required /input_schema/type"),
            (r#"{"name":"n","input_schema":{"type":"array"}}"#, "params/value /input_schema/type"),
            (
                r#"{"name":"n","input_schema":{"type":"object","required":"a"}}"#,
                "params/type /input_schema/required",
            ),
            (
                r#"{"name":"n","input_schema":{"type":"object"},"parameters":{}}"#,
                "params/unknown-key /parameters",
            ),
            (
                r#"{"name":"n","input_schema":{"type":"object"},"allowed_callers":["code_execution"]}"#,
                "params/value /allowed_callers/0",
            ),
            (
                r#"{"name":"n","input_schema":{"type":"object"},"input_examples":["x"]}"#,
                "params/type /input_examples/0",
            ),
            (r#"{"name":"n","input_schema":{"type":"object"},"strict":"yes"}"#, "params/type /strict"),
            (
                r#"{"name":"n","input_schema":{"type":"object"},"defer_loading":null}"#,
                "params/type /defer_loading",
            ),
            (r#"{"type":"function","function":{"name":"n"}}"#, "params/unknown-type /type"),
            ("7", "params/type "),
        ],
    );
}

#[test]
fn every_type_has_its_name_and_its_fields() {
    for (kind, name) in [
        ("bash_20250124", "bash"),
        ("text_editor_20250124", "str_replace_editor"),
        ("text_editor_20250429", "str_replace_based_edit_tool"),
        ("text_editor_20250728", "str_replace_based_edit_tool"),
        ("memory_20250818", "memory"),
        ("code_execution_20250522", "code_execution"),
        ("code_execution_20250825", "code_execution"),
        ("code_execution_20260120", "code_execution"),
        ("code_execution_20260521", "code_execution"),
        ("web_search_20250305", "web_search"),
        ("web_search_20260209", "web_search"),
        ("web_search_20260318", "web_search"),
        ("web_fetch_20250910", "web_fetch"),
        ("web_fetch_20260209", "web_fetch"),
        ("web_fetch_20260309", "web_fetch"),
        ("web_fetch_20260318", "web_fetch"),
        ("tool_search_tool_bm25_20251119", "tool_search_tool_bm25"),
        ("tool_search_tool_bm25", "tool_search_tool_bm25"),
        ("tool_search_tool_regex_20251119", "tool_search_tool_regex"),
        ("tool_search_tool_regex", "tool_search_tool_regex"),
    ] {
        let tool = |more: &str| format!(r#"{{"type":"{kind}"{more}}}"#);
        let is_client = ["bash", "text_editor", "memory"].iter().any(|start| kind.starts_with(start));
        let examples = if is_client { "" } else { "params/unknown-key /input_examples" };
        tools(
            &[],
            &[
                (
                    &tool(&format!(
                        r#","name":"{name}","cache_control":null,"strict":false,"defer_loading":true,"allowed_callers":[]"#
                    )),
                    "",
                ),
                (&tool(r#","name":"other""#), "params/value /name"),
                (&tool(""), "params/required /name"),
                (
                    &tool(&format!(r#","name":"{name}","input_schema":{{}}"#)),
                    "params/unknown-key /input_schema",
                ),
                (&tool(&format!(r#","name":"{name}","input_examples":[{{}}]"#)), examples),
            ],
        );
    }
}

#[test]
fn options_of_single_tools() {
    let search = |version: &str, more: &str| {
        format!(r#"{{"type":"web_search_{version}","name":"web_search",{more}}}"#)
    };
    let fetch =
        |version: &str, more: &str| format!(r#"{{"type":"web_fetch_{version}","name":"web_fetch",{more}}}"#);
    let editor = |version: &str, more: &str| {
        format!(r#"{{"type":"text_editor_{version}","name":"str_replace_based_edit_tool",{more}}}"#)
    };
    let long = format!(r#""user_location":{{"type":"approximate","city":"{}"}}"#, "x".repeat(256));
    tools(
        &[],
        &[
            (&editor("20250728", r#""max_characters":1"#), ""),
            (&editor("20250728", r#""max_characters":0"#), "params/range /max_characters"),
            (&editor("20250429", r#""max_characters":1"#), "params/unknown-key /max_characters"),
            (
                &search(
                    "20250305",
                    r#""max_uses":1,"allowed_domains":["a.example/b"],"blocked_domains":null"#,
                ),
                "",
            ),
            (&search("20250305", r#""max_uses":0"#), "params/range /max_uses"),
            (
                &search("20250305", r#""allowed_domains":["https://a.example"]"#),
                "params/pattern? /allowed_domains/0",
            ),
            (
                &search("20250305", r#""allowed_domains":[],"blocked_domains":[]"#),
                "params/conflict /blocked_domains",
            ),
            (&search("20250305", r#""allowed_domains":"a.example""#), "params/type /allowed_domains"),
            (
                &search(
                    "20250305",
                    r#""user_location":{"type":"approximate","city":null,"country":"NO","timezone":"Europe/Oslo"}"#,
                ),
                "",
            ),
            (&search("20250305", r#""user_location":{"type":"exact"}"#), "params/value /user_location/type"),
            (
                &search("20250305", r#""user_location":{"city":"Oslo"}"#),
                "params/required /user_location/type",
            ),
            (
                &search("20250305", r#""user_location":{"type":"approximate","country":"NOR","region":""}"#),
                "params/length /user_location/country, params/length /user_location/region",
            ),
            (&search("20250305", &long), "params/length /user_location/city"),
            (&search("20260318", r#""response_inclusion":"excluded""#), ""),
            (&search("20260318", r#""response_inclusion":"some""#), "params/value /response_inclusion"),
            (&search("20260209", r#""response_inclusion":"full""#), "params/unknown-key /response_inclusion"),
            (&fetch("20250910", r#""max_content_tokens":1,"citations":{"enabled":true}"#), ""),
            (&fetch("20250910", r#""max_content_tokens":0"#), "params/range /max_content_tokens"),
            (&fetch("20250910", r#""use_cache":true"#), "params/unknown-key /use_cache"),
            (&fetch("20260309", r#""use_cache":true"#), ""),
            (&fetch("20260309", r#""response_inclusion":"full""#), "params/unknown-key /response_inclusion"),
            (&fetch("20260318", r#""use_cache":false,"response_inclusion":"full""#), ""),
            (
                &fetch(
                    "20260209",
                    r#""url_sources":{"user_input":{"type":"all"},"client_tool_results":{"type":"only","tools":[{"type":"tool_reference","name":"n"}]},"server_tool_results":{"type":"none"}}"#,
                ),
                "",
            ),
            (
                &fetch("20260209", r#""url_sources":{"user_input":{"type":"only","tools":[]}}"#),
                "params/unknown-type /url_sources/user_input/type",
            ),
            (
                &fetch("20260209", r#""url_sources":{"client_tool_results":{"type":"except"}}"#),
                "params/required /url_sources/client_tool_results/tools",
            ),
        ],
    );
}

#[test]
fn sets_of_tools_have_the_members_of_their_version() {
    tools(
        &[],
        &[
            (r#"{"type":"computer_toolset_20260801"}"#, ""),
            (
                r#"{"type":"computer_toolset_20260801","configs":{"key":null,"zoom":{"enabled":false,"defer_loading":null}},"cache_control":null}"#,
                "",
            ),
            (
                r#"{"type":"computer_toolset_20260801","configs":{"navigate":{}}}"#,
                "params/unknown-key /configs/navigate",
            ),
            (r#"{"type":"computer_toolset_20260801","name":"computer"}"#, "params/unknown-key /name"),
            (r#"{"type":"computer_toolset_20260801","strict":true}"#, "params/unknown-key /strict"),
            (
                r#"{"type":"browser_toolset_20260801","configs":{"navigate":{"enabled":true},"javascript_exec":null}}"#,
                "",
            ),
            (
                r#"{"type":"browser_toolset_20260801","configs":{"cursor_position":{}}}"#,
                "params/unknown-key /configs/cursor_position",
            ),
            (
                r#"{"type":"browser_toolset_20260801","configs":{"find":{"timeout":1}}}"#,
                "params/unknown-key /configs/find/timeout",
            ),
            (r#"{"type":"browser_toolset_20260801","configs":{"find":true}}"#, "params/type /configs/find"),
        ],
    );
}

#[test]
fn tools_of_betas() {
    let screen = r#""name":"computer","display_width_px":1,"display_height_px":1"#;
    let rows = [
        ("computer-use-2024-10-22", format!(r#"{{"type":"computer_20241022",{screen}}}"#)),
        ("computer-use-2025-01-24", format!(r#"{{"type":"computer_20250124",{screen},"display_number":0}}"#)),
        ("computer-use-2025-11-24", format!(r#"{{"type":"computer_20251124",{screen},"enable_zoom":true}}"#)),
        ("computer-use-2024-10-22", r#"{"type":"bash_20241022","name":"bash"}"#.to_owned()),
        ("computer-use-2024-10-22", r#"{"type":"text_editor_20241022","name":"str_replace_editor"}"#.to_owned()),
        ("advisor-tool-2026-03-01", r#"{"type":"advisor_20260301","name":"advisor","model":"m","max_uses":1,"max_tokens":null,"caching":{"type":"ephemeral"}}"#.to_owned()),
    ];
    for (beta, tool) in &rows {
        tools(&[beta], &[(tool, "")]);
        tools(&[], &[(tool, "beta/required /type")]);
    }
    tools(
        &["computer-use-2025-01-24", "advisor-tool-2026-03-01"],
        &[
            (
                r#"{"type":"computer_20250124","name":"computer","display_width_px":0}"#,
                "params/range /display_width_px, params/required /display_height_px",
            ),
            (
                &format!(r#"{{"type":"computer_20250124",{screen},"display_number":-1}}"#),
                "params/range /display_number",
            ),
            (
                &format!(r#"{{"type":"computer_20250124",{screen},"enable_zoom":true}}"#),
                "params/unknown-key /enable_zoom",
            ),
            (r#"{"type":"advisor_20260301","name":"advisor"}"#, "params/required /model"),
            (
                r#"{"type":"advisor_20260301","name":"advisor","model":"m","max_uses":0}"#,
                "params/range /max_uses",
            ),
        ],
    );
    for (model, want) in [
        ("claude-opus-5", ""),
        ("claude-sonnet-5-5", "params/not-accepted /tools/0"),
        ("claude-fable-5-2", "params/not-accepted /tools/0"),
        ("claude-mythos-5-2", "params/not-accepted /tools/0"),
    ] {
        let members = format!(r#""model":"{model}","tools":[{{"type":"computer_20250124",{screen}}}]"#);
        table(terms("2026-10-21", &["computer-use-2025-01-24"]), &[(&members, want)]);
    }
}

#[test]
fn servers_of_the_connector_and_the_sets_for_them() {
    let server = |name: &str| format!(r#"{{"type":"url","name":"{name}","url":"https://a.example"}}"#);
    let set = |name: &str| format!(r#"{{"type":"mcp_toolset","mcp_server_name":"{name}"}}"#);
    let both = |servers: &[String], sets: &[String]| {
        format!(r#""mcp_servers":[{}],"tools":[{}]"#, servers.join(","), sets.join(","))
    };
    let terms = terms("2026-10-21", &["mcp-client-2025-11-20"]);
    let many: Vec<_> = (1..21).map(|n| format!("mcp/server? /mcp_servers/{n}/name")).collect();
    let many = format!("params/length /mcp_servers, {}", many.join(", "));
    table(
        terms,
        &[
            (&both(&[server("a"), server("b")], &[set("b"), set("a")]), ""),
            // Nothing is said of names: two of one name, or one that is not there, may mean something.
            (&both(&[server("a"), server("a")], &[]), "mcp/server? /mcp_servers/1/name"),
            (&both(&[server("a")], &[set("b")]), "mcp/server? /tools/0/mcp_server_name"),
            (&both(&[], &[set("")]), "params/length /tools/0/mcp_server_name, mcp/server? /tools/0/mcp_server_name"),
            (&both(&vec![server("x"); 21], &[]), &many),
            (r#""mcp_servers":[{"type":"stdio","name":"a"}]"#, "params/value /mcp_servers/0/type, params/required /mcp_servers/0/url"),
            (r#""mcp_servers":[{"type":"url","name":"a","url":"a.example"}]"#, "params/pattern? /mcp_servers/0/url"),
            (r#""mcp_servers":[{"type":"url","name":"a","url":"https://a","tool_configuration":{"allowed_tools":[1]}}]"#, "params/type /mcp_servers/0/tool_configuration/allowed_tools/0"),
            (&both(&[server("a")], &[r#"{"type":"mcp_toolset","mcp_server_name":"a","configs":{"any":{"enabled":1}},"default_config":{"on":true}}"#.to_owned()]), "params/type /tools/0/configs/any/enabled, params/unknown-key /tools/0/default_config/on"),
        ],
    );
}

#[test]
fn the_choice_among_tools() {
    let tool = r#""tools":[{"name":"n","input_schema":{"type":"object"}}]"#;
    let choose = |choice: &str, tools: &str| format!(r#""tool_choice":{choice}{tools}"#);
    let with_tool = format!(",{tool}");
    for (members, want) in [
        (choose(r#"{"type":"auto"}"#, ""), ""),
        (choose(r#"{"type":"none"}"#, ""), ""),
        (choose(r#"{"type":"none","disable_parallel_tool_use":true}"#, ""), "params/unknown-key /tool_choice/disable_parallel_tool_use"),
        (choose(r#"{"type":"auto","disable_parallel_tool_use":true}"#, ""), ""),
        (choose(r#"{"type":"any"}"#, &with_tool), ""),
        (choose(r#"{"type":"any"}"#, ""), "tools/choice /tool_choice"),
        (choose(r#"{"type":"any"}"#, r#","tools":[]"#), "tools/choice /tool_choice"),
        (choose(r#"{"type":"tool","name":"n"}"#, &with_tool), ""),
        (choose(r#"{"type":"tool","name":"m"}"#, &with_tool), "tools/choice /tool_choice/name"),
        (choose(r#"{"type":"tool","name":"m"}"#, r#","tools":[{"type":"browser_toolset_20260801"}]"#), "tools/choice? /tool_choice/name"),
        (choose(r#"{"type":"tool"}"#, &with_tool), "params/required /tool_choice/name"),
        (choose(r#"{"type":"required"}"#, &with_tool), "params/unknown-type /tool_choice/type"),
        (choose(r#""auto""#, &with_tool), "params/type /tool_choice"),
        (r#""tools":[{"name":"n","input_schema":{"type":"object"}},{"name":"\u006e","input_schema":{"type":"object"}}]"#.to_owned(), "tools/duplicate-name /tools/1/name"),
        (r#""tools":{}"#.to_owned(), "params/type /tools"),
    ] {
        table(terms("2026-10-21", &[]), &[(&members, want)]);
    }
    let forced = with(&choose(r#"{"type":"tool","name":"m"}"#, &with_tool));
    let mut found = batchwise::request::Violations::default();
    let request = format!(r#"{{"custom_id":"a","params":{forced}}}"#);
    batchwise::request::check(
        request.as_bytes(),
        batchwise::request::Depth::Full,
        terms("2026-10-21", &[]),
        &mut found,
    );
    assert!(found.kept()[0].message.contains("Tool 'm' not found in provided tools"));
    assert_eq!(problems(&with(tool), terms("2026-10-21", &[])), [""; 0]);
}
