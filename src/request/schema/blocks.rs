//! Content blocks: one table of all of them, each with the places where it may stand.

use super::citations::CITATIONS;
use super::echoes::{
    ADVISOR_RESULT, BASH_RESULT, CODE_RESULT, EDITOR_RESULT, FETCH_RESULT, SEARCH_RESULT_ECHO,
    SERVER_TOOL_USE, TOOL_SEARCH_RESULT,
};
use super::kinds::{
    ADDRESS, AT_MOST_4096, BASE64, COUNT, Either, FILLED, Field, Gate, ID, List, Mark, NAME_256, Object,
    Place, Shape, TEXT, Tagged, UP_TO_64, UP_TO_200, UP_TO_500, Variant, either, list, object, opt, req,
    tagged, variant,
};
use super::mcp::{MCP_LISTING, MCP_RESULT, MCP_USE};
use super::top::{FREE, MCP};
use crate::request::betas::Beta as B;

pub(super) static USER: Tagged = blocks(Place::User);
pub(super) static ASSISTANT: Tagged = blocks(Place::Assistant);
pub(super) static SYSTEM_TURN: Tagged = blocks(Place::SystemTurn);
pub(super) static SYSTEM: Tagged = blocks(Place::System);
pub(super) static IN_SEARCH_RESULT: Tagged = blocks(Place::SearchResult);
pub(super) static FETCHED: Tagged = blocks(Place::Fetched);
pub(super) static IN_MCP_RESULT: Tagged = blocks(Place::McpResult);
static IN_TOOL_RESULT: Tagged = blocks(Place::ToolResult);
static IN_DOCUMENT: Tagged = blocks(Place::Document);

const fn blocks(place: Place) -> Tagged {
    Tagged { place, ..tagged(&BLOCKS) }
}

const U: u16 = Place::User as u16;
const A: u16 = Place::Assistant as u16;
const R: u16 = Place::ToolResult as u16;
const D: u16 = Place::Document as u16;
const TALK: u16 = U | A;
const COMPACT: Gate = Gate::Beta(&[B::Compact2026, B::Compact2026January]);
const FALLBACK: Gate = Gate::Beta(&[B::FallbackJune, B::FallbackJuly]);
const TOOL_CHANGE: Gate = Gate::Beta(&[B::ToolChanges, B::InlineTools]);

static BLOCKS: [Variant; 26] = [
    variant("text", &TEXT_BLOCK).mark(Mark::TextBlock).at(!(Place::Fetched as u16)),
    variant("image", &IMAGE).mark(Mark::Image).at(TALK | R | D),
    variant("document", &DOCUMENT).mark(Mark::Document).at(TALK | R | Place::Fetched as u16),
    variant("search_result", &SEARCH_RESULT).mark(Mark::Block).at(TALK | R),
    variant("tool_use", &TOOL_USE).mark(Mark::ToolUse).at(A),
    variant("tool_result", &TOOL_RESULT).mark(Mark::ToolResult).at(U),
    variant("thinking", &THINKING).at(TALK),
    variant("redacted_thinking", &REDACTED).at(TALK),
    variant("tool_reference", &TOOL_REFERENCE).at(R),
    variant("browser_state", &BROWSER_STATE).at(R),
    variant("server_tool_use", &SERVER_TOOL_USE).mark(Mark::ServerBlock).at(TALK),
    variant("web_search_tool_result", &SEARCH_RESULT_ECHO).mark(Mark::ServerResult).at(TALK),
    variant("web_fetch_tool_result", &FETCH_RESULT).mark(Mark::ServerResult).at(TALK),
    variant("code_execution_tool_result", &CODE_RESULT).mark(Mark::ServerResult).at(TALK),
    variant("bash_code_execution_tool_result", &BASH_RESULT).mark(Mark::ServerResult).at(TALK),
    variant("text_editor_code_execution_tool_result", &EDITOR_RESULT).mark(Mark::ServerResult).at(TALK),
    variant("tool_search_tool_result", &TOOL_SEARCH_RESULT).mark(Mark::ServerResult).at(TALK),
    variant("container_upload", &CONTAINER_UPLOAD).mark(Mark::Block).at(TALK),
    variant("mcp_tool_use", &MCP_USE).mark(Mark::ServerBlock).at(TALK).gate(MCP),
    variant("mcp_tool_result", &MCP_RESULT).mark(Mark::ServerResult).at(TALK).gate(MCP),
    variant("mcp_tool_listing", &MCP_LISTING).mark(Mark::ServerBlock).at(TALK).gate(MCP),
    variant("advisor_tool_result", &ADVISOR_RESULT)
        .mark(Mark::ServerResult)
        .at(TALK)
        .gate(Gate::Beta(&[B::Advisor])),
    variant("compaction", &COMPACTION).mark(Mark::ServerBlock).at(TALK).gate(COMPACT),
    variant("fallback", &FELL_BACK).mark(Mark::ServerBlock).at(TALK).gate(FALLBACK),
    variant("tool_addition", &ADDED).mark(Mark::Block).at(TALK | Place::SystemTurn as u16).gate(TOOL_CHANGE),
    variant("tool_removal", &REMOVED).mark(Mark::Block).at(TALK | Place::SystemTurn as u16).gate(TOOL_CHANGE),
];

/// A breakpoint of the prompt cache.
pub(super) const fn cache(name: &'static str) -> Field {
    opt(name, Shape::Object(&CACHE)).or_null().mark(Mark::Cache)
}
/// One that says how long, whether or not it is a breakpoint of this prompt.
pub(super) static CACHE: Object = object(&[
    req("type", Shape::Word(&["ephemeral"])),
    opt("ttl", Shape::Word(&["5m", "1h"])).mark(Mark::CacheTtl),
]);
pub(super) const BREAKPOINT: Field = cache("cache_control");

static TEXT_BLOCK: Object = object(&[
    req("type", TEXT),
    req("text", Shape::Text(super::kinds::READABLE)).mark(Mark::BlockText),
    BREAKPOINT,
    opt("citations", Shape::List(&CITATIONS)).or_null(),
]);

static IMAGE: Object = object(&[
    req("type", TEXT),
    req("source", Shape::Tagged(&IMAGE_SOURCE)),
    BREAKPOINT,
    opt("transformations", Shape::Object(&TRANSFORMATIONS)).or_null(),
]);
static TRANSFORMATIONS: Object =
    object(&[opt("oversized_image", Shape::Word(&["downsize", "error"])).mark(Mark::Oversized)]);
static IMAGE_SOURCE: Tagged = tagged(&[
    variant("base64", &IMAGE_BYTES).mark(Mark::Source),
    variant("url", &URL).mark(Mark::PictureElsewhere),
    variant("file", &FILE).mark(Mark::PictureElsewhere),
]);
static IMAGE_BYTES: Object = object(&[
    req("type", TEXT),
    req("media_type", Shape::Word(&["image/jpeg", "image/png", "image/gif", "image/webp"]))
        .mark(Mark::MediaType),
    req("data", BASE64).mark(Mark::Data),
]);
static URL: Object = object(&[req("type", TEXT), req("url", ADDRESS).mark(Mark::AnyText)]);
static FILE: Object = object(&[req("type", TEXT), req("file_id", FILLED).mark(Mark::AnyText)]);

static DOCUMENT: Object = object(&[
    req("type", TEXT),
    req("source", Shape::Tagged(&DOCUMENT_SOURCE)),
    opt("title", UP_TO_500).or_null().mark(Mark::AnyText),
    opt("context", FILLED).or_null().mark(Mark::AnyText),
    opt("citations", Shape::Object(&ENABLED)).or_null(),
    BREAKPOINT,
]);
pub(super) static ENABLED: Object = object(&[opt("enabled", Shape::Bool).mark(Mark::Cites)]);
static DOCUMENT_SOURCE: Tagged = tagged(&[
    variant("base64", &PDF_BYTES).mark(Mark::Source),
    variant("text", &PLAIN_TEXT),
    variant("content", &DOCUMENT_CONTENT),
    variant("url", &URL).mark(Mark::DocumentElsewhere),
    variant("file", &FILE).mark(Mark::DocumentElsewhere),
]);
static PDF_BYTES: Object = object(&[
    req("type", TEXT),
    req("media_type", Shape::Word(&["application/pdf"])).mark(Mark::MediaType),
    req("data", BASE64).mark(Mark::Data),
]);
static PLAIN_TEXT: Object = object(&[
    req("type", TEXT),
    req("media_type", Shape::Word(&["text/plain"])),
    req("data", TEXT).mark(Mark::AnyText),
]);
static DOCUMENT_CONTENT: Object =
    object(&[req("type", TEXT), req("content", Shape::Either(&PARTS)).mark(Mark::AnyText)]);
static PARTS: Either = either(Some(TEXT), Some(&list(Shape::Tagged(&IN_DOCUMENT))), None);

static SEARCH_RESULT: Object = object(&[
    req("type", TEXT),
    req("source", TEXT).mark(Mark::AnyText),
    req("title", TEXT).mark(Mark::AnyText),
    req("content", Shape::List(&list(Shape::Tagged(&IN_SEARCH_RESULT)))),
    opt("citations", Shape::Object(&ENABLED)),
    BREAKPOINT,
]);

static THINKING: Object = object(&[req("type", TEXT), req("thinking", TEXT), req("signature", TEXT)]);
static REDACTED: Object = object(&[req("type", TEXT), req("data", TEXT)]);

static TOOL_USE: Object = object(&[
    req("type", TEXT),
    req("id", ID).mark(Mark::ToolUseId),
    req("name", UP_TO_200),
    INPUT,
    BREAKPOINT,
    super::echoes::CALLER,
    opt("toolset_name", UP_TO_64).or_null(),
]);
static TOOL_RESULT: Object = object(&[
    req("type", TEXT),
    req("tool_use_id", ID).mark(Mark::ToolResultId),
    opt("content", Shape::Either(&RESULT_CONTENT)).mark(Mark::AnyText),
    opt("is_error", Shape::Bool),
    BREAKPOINT,
    opt("toolset_name", UP_TO_64).or_null(),
]);
static RESULT_CONTENT: Either = either(Some(TEXT), Some(&list(Shape::Tagged(&IN_TOOL_RESULT))), None);

pub(super) static TOOL_REFERENCE: Object =
    object(&[req("type", TEXT), req("tool_name", NAME_256), BREAKPOINT]);

static BROWSER_STATE: Object = object(&[
    req("type", TEXT),
    req("tabs", Shape::List(&List { most: 100, ..list(Shape::Object(&TAB)) })),
    opt("state_changes", Shape::List(&List { least: 1, most: 200, ..list(Shape::Tagged(&STATE_CHANGE)) }))
        .or_null(),
    BREAKPOINT,
]);
static TAB: Object = object(&[
    req("tab_id", AT_MOST_4096),
    req("title", AT_MOST_4096),
    req("url", AT_MOST_4096),
    opt("active", Shape::Bool),
]);
static STATE_CHANGE: Tagged = tagged(&[
    variant("tab_opened", &TAB_OPENED),
    variant("download_started", &DOWNLOAD_STARTED),
    variant("download_completed", &DOWNLOAD_COMPLETED),
    variant("download_failed", &DOWNLOAD_FAILED),
]);
static TAB_OPENED: Object = object(&[req("type", TEXT), req("tab_id", AT_MOST_4096)]);
static DOWNLOAD_STARTED: Object =
    object(&[req("type", TEXT), req("download_id", AT_MOST_4096), req("url", AT_MOST_4096)]);
static DOWNLOAD_COMPLETED: Object = object(&[
    req("type", TEXT),
    req("download_id", AT_MOST_4096),
    req("url", AT_MOST_4096),
    opt("path", AT_MOST_4096).or_null(),
    opt("size_bytes", COUNT).or_null(),
]);
static DOWNLOAD_FAILED: Object = object(&[
    req("type", TEXT),
    req("download_id", AT_MOST_4096),
    req("url", AT_MOST_4096),
    opt("error", AT_MOST_4096).or_null(),
]);

static CONTAINER_UPLOAD: Object = object(&[req("type", TEXT), req("file_id", FILLED), BREAKPOINT]);

static COMPACTION: Object = object(&[
    req("type", TEXT),
    opt("content", TEXT).or_null(),
    opt("encrypted_content", TEXT).or_null(),
    opt("signature", TEXT).or_null(),
    opt("tool_changes", Shape::List(&list(Shape::Tagged(&TOOL_CHANGES)))).or_null(),
    BREAKPOINT,
]);
static FELL_BACK: Object = object(&[
    req("type", TEXT),
    req("from", Shape::Object(&OF_MODEL)),
    req("to", Shape::Object(&OF_MODEL)),
    opt("trigger", Shape::Any).or_null(),
]);
static OF_MODEL: Object = object(&[req("model", TEXT)]);

static TOOL_CHANGES: Tagged = tagged(&[variant("tool_addition", &ADDED), variant("tool_removal", &REMOVED)]);
static ADDED: Object = object(&[req("type", TEXT), req("tool", Shape::Tagged(&NEW_TOOL)), BREAKPOINT]);
static REMOVED: Object = object(&[req("type", TEXT), req("tool", Shape::Tagged(&OLD_TOOL)), BREAKPOINT]);
const NAMED: Variant = variant("tool_reference", &NAMED_TOOL);
const OF_SERVER: Variant = variant("mcp_tool_reference", &TOOL_OF_SERVER);
const SERVERS_SET: Variant = variant("mcp_toolset_reference", &SET_OF_SERVER);
static NEW_TOOL: Tagged = tagged(&[NAMED, OF_SERVER, SERVERS_SET, variant("tool_definition", &DEFINITION)]);
static OLD_TOOL: Tagged = tagged(&[NAMED, OF_SERVER, SERVERS_SET]);
static NAMED_TOOL: Object = object(&[req("type", TEXT), req("name", TEXT)]);
static TOOL_OF_SERVER: Object = object(&[req("type", TEXT), req("name", TEXT), req("server_name", TEXT)]);
static SET_OF_SERVER: Object = object(&[req("type", TEXT), req("server_name", TEXT)]);
/// The tool inside is one like those of `tools`, but none of them: it is left to the API.
static DEFINITION: Object = object(&[req("type", TEXT), req("definition", Shape::Object(&FREE))]);

/// What a tool is called with: an object of anything.
pub(super) const INPUT: Field = req("input", Shape::Object(&FREE));
