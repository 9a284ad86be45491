//! Tool definitions, field by field: reference, section 5.4.

use super::betas::Beta;
use super::schema::{ANY, MUCH};
use super::schema_betas::{ADVISOR, MCP_SET};
use super::schema_blocks::{CACHED, CITATIONS, is_id};
use super::shape::Shape::{Bool, Free, List, Made, Members, OneOf, OrNull, Tagged, Text, Untagged, Whole};
use super::shape::{Field, Record, Shape, may, must, record};

/// One tool; without a type it is a custom one.
pub(super) const TOOLS: Shape = Untagged(
    &[
        ("custom", &CUSTOM),
        ("bash_20250124", &record(&[CACHED, COMMON, CLIENT, &[named(&BASH)]])),
        ("text_editor_20250124", &record(&[CACHED, COMMON, CLIENT, &[named(&EDITOR_OLD)]])),
        ("text_editor_20250429", &record(&[CACHED, COMMON, CLIENT, &[named(&EDITOR)]])),
        (
            "text_editor_20250728",
            &record(&[CACHED, COMMON, CLIENT, &[named(&EDITOR), may("max_characters", &POSITIVE_OR_NULL)]]),
        ),
        ("memory_20250818", &record(&[CACHED, COMMON, CLIENT, &[named(&OneOf(&["memory"]))]])),
        ("computer_toolset_20260801", &record(&[CACHED, &[may("configs", &COMPUTER_CONFIGS)]])),
        ("browser_toolset_20260801", &record(&[CACHED, &[may("configs", &BROWSER_CONFIGS)]])),
        ("code_execution_20250522", &CODE),
        ("code_execution_20250825", &CODE),
        ("code_execution_20260120", &CODE),
        ("code_execution_20260521", &CODE),
        ("web_search_20250305", &record(&[CACHED, COMMON, DOMAINS, SEARCH])),
        ("web_search_20260209", &record(&[CACHED, COMMON, DOMAINS, SEARCH])),
        ("web_search_20260318", &record(&[CACHED, COMMON, DOMAINS, SEARCH, INCLUSION])),
        ("web_fetch_20250910", &record(&[CACHED, COMMON, DOMAINS, FETCH])),
        ("web_fetch_20260209", &record(&[CACHED, COMMON, DOMAINS, FETCH])),
        ("web_fetch_20260309", &record(&[CACHED, COMMON, DOMAINS, FETCH, USE_CACHE])),
        ("web_fetch_20260318", &record(&[CACHED, COMMON, DOMAINS, FETCH, USE_CACHE, INCLUSION])),
        ("tool_search_tool_bm25_20251119", &BM25),
        ("tool_search_tool_bm25", &BM25),
        ("tool_search_tool_regex_20251119", &REGEX),
        ("tool_search_tool_regex", &REGEX),
        ("computer_20241022", &beta(Beta::Computer2024, &[CACHED, COMMON, CLIENT, SCREEN])),
        ("computer_20250124", &beta(Beta::Computer2025Early, &[CACHED, COMMON, CLIENT, SCREEN])),
        ("computer_20251124", &beta(Beta::Computer2025Late, &[CACHED, COMMON, CLIENT, SCREEN, ZOOM])),
        ("bash_20241022", &beta(Beta::Computer2024, &[CACHED, COMMON, CLIENT, &[named(&BASH)]])),
        ("text_editor_20241022", &beta(Beta::Computer2024, &[CACHED, COMMON, CLIENT, &[named(&EDITOR_OLD)]])),
        ("advisor_20260301", &beta(Beta::Advisor, &[CACHED, COMMON, ADVISOR])),
        ("mcp_toolset", &beta(Beta::Mcp, &[CACHED, MCP_SET])),
    ],
    &CUSTOM,
);

const fn beta(beta: Beta, fields: &'static [&'static [Field]]) -> Record {
    Record { beta: Some(beta), ..record(fields) }
}

const fn named(name: &'static Shape) -> Field {
    must("name", name)
}

const POSITIVE: Shape = Whole(1.0, MUCH);
const POSITIVE_OR_NULL: Shape = OrNull(&POSITIVE);
const BASH: Shape = OneOf(&["bash"]);
const EDITOR_OLD: Shape = OneOf(&["str_replace_editor"]);
const EDITOR: Shape = OneOf(&["str_replace_based_edit_tool"]);

const COMMON: &[Field] =
    &[may("defer_loading", &Bool), may("strict", &Bool), may("allowed_callers", &List(0, ANY, &CALLERS))];
const CALLERS: Shape =
    OneOf(&["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]);
const CLIENT: &[Field] = &[may("input_examples", &List(0, ANY, &Free))];

const CUSTOM: Record = record(&[
    CACHED,
    COMMON,
    CLIENT,
    &[
        named(&Made(1, 128, is_id, "^[a-zA-Z0-9_-]{1,128}$")),
        must("input_schema", &INPUT_SCHEMA),
        may("description", &Text(0, ANY)),
        may("eager_input_streaming", &OrNull(&Bool)),
    ],
]);
const INPUT_SCHEMA: Shape = Tagged(&[(
    "object",
    &Record {
        is_open: true,
        ..record(&[&[
            may("properties", &OrNull(&Free)),
            may("required", &OrNull(&List(0, ANY, &Text(0, ANY)))),
        ]])
    },
)]);

const CODE: Record = record(&[CACHED, COMMON, &[named(&OneOf(&["code_execution"]))]]);
const BM25: Record = record(&[CACHED, COMMON, &[named(&OneOf(&["tool_search_tool_bm25"]))]]);
const REGEX: Record = record(&[CACHED, COMMON, &[named(&OneOf(&["tool_search_tool_regex"]))]]);

const DOMAINS: &[Field] = &[
    may("allowed_domains", &DOMAIN_LIST),
    may("blocked_domains", &DOMAIN_LIST),
    may("max_uses", &POSITIVE_OR_NULL),
];
const DOMAIN_LIST: Shape = OrNull(&List(0, ANY, &Text(0, ANY)));
const SEARCH: &[Field] =
    &[named(&OneOf(&["web_search"])), may("user_location", &OrNull(&Tagged(&[("approximate", &LOCATION)])))];
const PLACE: Shape = OrNull(&Text(1, 255));
const LOCATION: Record = record(&[&[
    may("city", &PLACE),
    may("region", &PLACE),
    may("timezone", &PLACE),
    may("country", &OrNull(&Text(2, 2))),
]]);
const INCLUSION: &[Field] = &[may("response_inclusion", &OneOf(&["full", "excluded"]))];

const FETCH: &[Field] = &[
    named(&OneOf(&["web_fetch"])),
    may("max_content_tokens", &POSITIVE_OR_NULL),
    may("citations", &OrNull(&CITATIONS)),
    may("url_sources", &OrNull(&Shape::Record(&URL_SOURCES))),
];
const USE_CACHE: &[Field] = &[may("use_cache", &Bool)];
const URL_SOURCES: Record = record(&[&[
    may("user_input", &Tagged(&[("all", &record(&[])), ("none", &record(&[]))])),
    may("client_tool_results", &FROM_TOOLS),
    may("server_tool_results", &FROM_TOOLS),
]]);
const FROM_TOOLS: Shape = Tagged(&[
    ("all", &record(&[])),
    ("none", &record(&[])),
    ("only", &record(&[&[must("tools", &TOOL_NAMES)]])),
    ("except", &record(&[&[must("tools", &TOOL_NAMES)]])),
]);
const TOOL_NAMES: Shape =
    List(0, ANY, &Tagged(&[("tool_reference", &record(&[&[must("name", &Text(0, ANY))]]))]));

const SCREEN: &[Field] = &[
    named(&OneOf(&["computer"])),
    must("display_width_px", &POSITIVE),
    must("display_height_px", &POSITIVE),
    may("display_number", &OrNull(&Whole(0.0, MUCH))),
];
const ZOOM: &[Field] = &[may("enable_zoom", &Bool)];
const CONFIG: Shape =
    Shape::Record(&record(&[&[may("enabled", &OrNull(&Bool)), may("defer_loading", &OrNull(&Bool))]]));
const CONFIG_OR_NULL: Shape = OrNull(&CONFIG);
const COMPUTER_CONFIGS: Shape = OrNull(&Members(&COMPUTER, &CONFIG_OR_NULL));
const BROWSER_CONFIGS: Shape = OrNull(&Members(&BROWSER, &CONFIG_OR_NULL));

const COMPUTER: [&str; 17] = [
    "key",
    "hold_key",
    "type",
    "cursor_position",
    "mouse_move",
    "left_mouse_down",
    "left_mouse_up",
    "left_click",
    "left_click_drag",
    "right_click",
    "middle_click",
    "double_click",
    "triple_click",
    "scroll",
    "wait",
    "screenshot",
    "zoom",
];
const BROWSER: [&str; 31] = [
    "navigate",
    "list_tabs",
    "new_tab",
    "switch_tab",
    "close_tab",
    "read_page",
    "get_page_text",
    "read_console",
    "read_network",
    "find",
    "form_input",
    "file_upload",
    "scroll_to",
    "screenshot",
    "zoom",
    "left_click",
    "right_click",
    "middle_click",
    "double_click",
    "triple_click",
    "hover",
    "left_click_drag",
    "left_mouse_down",
    "left_mouse_up",
    "mouse_move",
    "scroll",
    "type",
    "key",
    "hold_key",
    "wait",
    "javascript_exec",
];
