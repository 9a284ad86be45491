//! Tools: by type, then by name and version.

use super::blocks::{BREAKPOINT, CACHE};
use super::kinds::{
    COUNT, FILLED, Field, Gate, List, Mark, NAME_128, Object, POSITIVE, Shape, TEXT, Tagged, Variant, list,
    object, open, opt, req, tagged, variant,
};
use super::server_tools::{FETCH, FETCH_CACHED, FETCH_NEWEST, SEARCH, SEARCH_NEWEST};
use super::toolsets::{BROWSER_SET, COMPUTER_SET, MCP_TOOLSET};
use super::top::{FREE, MCP};
use crate::request::betas::Beta as B;

pub(super) static TOOLS: List = list(Shape::Tagged(&TOOL));

static TOOL: Tagged = Tagged { default: Some("custom"), ..tagged(TYPES) };

const TYPES: &[Variant] = &[
    tool("custom", &CUSTOM),
    tool("bash_20250124", &BASH),
    tool("text_editor_20250124", &OLD_EDITOR),
    tool("text_editor_20250429", &EDITOR),
    tool("text_editor_20250728", &NEW_EDITOR),
    tool("memory_20250818", &MEMORY),
    variant("computer_toolset_20260801", &COMPUTER_SET).mark(Mark::Toolset),
    variant("browser_toolset_20260801", &BROWSER_SET).mark(Mark::Toolset),
    tool("code_execution_20250522", &CODE_EXECUTION),
    tool("code_execution_20250825", &CODE_EXECUTION),
    tool("code_execution_20260120", &CODE_EXECUTION),
    tool("code_execution_20260521", &CODE_EXECUTION),
    tool("web_search_20250305", &SEARCH),
    tool("web_search_20260209", &SEARCH),
    tool("web_search_20260318", &SEARCH_NEWEST),
    tool("web_fetch_20250910", &FETCH),
    tool("web_fetch_20260209", &FETCH),
    tool("web_fetch_20260309", &FETCH_CACHED),
    tool("web_fetch_20260318", &FETCH_NEWEST),
    tool("tool_search_tool_bm25_20251119", &BM25),
    tool("tool_search_tool_bm25", &BM25),
    tool("tool_search_tool_regex_20251119", &REGEX),
    tool("tool_search_tool_regex", &REGEX),
    tool("computer_20241022", &COMPUTER).mark(Mark::Computer).gate(Gate::Beta(&[B::ComputerUse2024])),
    tool("computer_20250124", &COMPUTER).mark(Mark::Computer).gate(Gate::Beta(&[B::ComputerUse2025])),
    tool("computer_20251124", &NEW_COMPUTER)
        .mark(Mark::Computer)
        .gate(Gate::Beta(&[B::ComputerUse2025November])),
    tool("bash_20241022", &BASH).gate(Gate::Beta(&[B::ComputerUse2024])),
    tool("text_editor_20241022", &OLD_EDITOR).gate(Gate::Beta(&[B::ComputerUse2024])),
    tool("advisor_20260301", &ADVISOR).gate(Gate::Beta(&[B::Advisor])),
    variant("mcp_toolset", &MCP_TOOLSET).mark(Mark::Toolset).gate(MCP),
];

const fn tool(tag: &'static str, object: &'static Object) -> Variant {
    variant(tag, object).mark(Mark::Tool)
}

pub(super) const TYPE: Field = req("type", TEXT);
pub(super) const DEFER: Field = opt("defer_loading", Shape::Bool);
pub(super) const STRICT: Field = opt("strict", Shape::Bool).mark(Mark::Strict);
pub(super) const CALLERS: Field = opt("allowed_callers", Shape::List(&list(Shape::Word(WHO))));
const WHO: &[&str] =
    &["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"];
const EXAMPLES: Field = opt("input_examples", Shape::List(&INPUTS));
static INPUTS: List = list(Shape::Object(&FREE));

pub(super) const fn named(names: &'static [&'static str]) -> Field {
    req("name", Shape::Word(names)).mark(Mark::ToolName)
}

static CUSTOM: Object = object(&[
    opt("type", TEXT).or_null(),
    req("name", NAME_128).mark(Mark::ToolName),
    req("input_schema", Shape::Object(&INPUT_SCHEMA)).mark(Mark::InputSchema),
    opt("description", TEXT),
    opt("eager_input_streaming", Shape::Bool).or_null(),
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
    EXAMPLES,
]);
static INPUT_SCHEMA: Object = open(&[
    req("type", Shape::Word(&["object"])),
    opt("properties", Shape::Object(&FREE)).or_null(),
    opt("required", super::kinds::TEXTS).or_null(),
]);

static BASH: Object = object(&[TYPE, named(&["bash"]), BREAKPOINT, DEFER, STRICT, CALLERS, EXAMPLES]);
static OLD_EDITOR: Object =
    object(&[TYPE, named(&["str_replace_editor"]), BREAKPOINT, DEFER, STRICT, CALLERS, EXAMPLES]);
static EDITOR: Object =
    object(&[TYPE, named(&["str_replace_based_edit_tool"]), BREAKPOINT, DEFER, STRICT, CALLERS, EXAMPLES]);
static NEW_EDITOR: Object = object(&[
    TYPE,
    named(&["str_replace_based_edit_tool"]),
    opt("max_characters", POSITIVE).or_null(),
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
    EXAMPLES,
]);
static MEMORY: Object = object(&[TYPE, named(&["memory"]), BREAKPOINT, DEFER, STRICT, CALLERS, EXAMPLES]);
static CODE_EXECUTION: Object =
    object(&[TYPE, named(&["code_execution"]), BREAKPOINT, DEFER, STRICT, CALLERS]);
static BM25: Object = object(&[TYPE, named(&["tool_search_tool_bm25"]), BREAKPOINT, DEFER, STRICT, CALLERS]);
static REGEX: Object =
    object(&[TYPE, named(&["tool_search_tool_regex"]), BREAKPOINT, DEFER, STRICT, CALLERS]);

static COMPUTER: Object = object(&[
    TYPE,
    named(&["computer"]),
    req("display_width_px", POSITIVE),
    req("display_height_px", POSITIVE),
    opt("display_number", COUNT).or_null(),
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
    EXAMPLES,
]);
static NEW_COMPUTER: Object = object(&[
    TYPE,
    named(&["computer"]),
    req("display_width_px", POSITIVE),
    req("display_height_px", POSITIVE),
    opt("display_number", COUNT).or_null(),
    opt("enable_zoom", Shape::Bool),
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
    EXAMPLES,
]);

static ADVISOR: Object = object(&[
    TYPE,
    named(&["advisor"]),
    req("model", FILLED),
    opt("max_tokens", POSITIVE).or_null(),
    opt("max_uses", POSITIVE).or_null(),
    opt("caching", Shape::Object(&CACHE)).or_null(),
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
]);
