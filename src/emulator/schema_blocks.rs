//! Content blocks and their parts, field by field: reference, section 5.3.

use super::betas::Beta;
use super::schema::{ANY, CACHE, MUCH};
use super::schema_betas as betas;
use super::schema_results as results;
use super::shape::Shape::{Bool, Free, List, Made, OneOf, OrNull, Tagged, Text, TextOr, Whole};
use super::shape::{Field, Record, Shape, may, must, record};

/// What may stand in a user's or an assistant's turn; which of them where is a matter of conduct.
pub(super) const BLOCKS: Shape = Tagged(&[
    ("text", &TEXT),
    ("image", &IMAGE),
    ("document", &DOCUMENT),
    ("search_result", &SEARCH_RESULT),
    ("thinking", &record(&[&[must("thinking", &Text(0, ANY)), must("signature", &Text(0, ANY))]])),
    ("redacted_thinking", &record(&[&[must("data", &Text(0, ANY))]])),
    ("tool_use", &TOOL_USE),
    ("tool_result", &TOOL_RESULT),
    ("server_tool_use", &SERVER_TOOL_USE),
    ("web_search_tool_result", &results::WEB_SEARCH),
    ("web_fetch_tool_result", &results::WEB_FETCH),
    ("code_execution_tool_result", &results::CODE_EXECUTION),
    ("bash_code_execution_tool_result", &results::BASH),
    ("text_editor_code_execution_tool_result", &results::TEXT_EDITOR),
    ("tool_search_tool_result", &results::TOOL_SEARCH),
    ("container_upload", &record(&[CACHED, &[must("file_id", &Text(0, ANY))]])),
    ("mcp_tool_use", &betas::MCP_USE),
    ("mcp_tool_result", &betas::MCP_RESULT),
    ("mcp_tool_listing", &betas::MCP_LISTING),
    ("advisor_tool_result", &betas::ADVICE),
    ("compaction", &Record { beta: Some(Beta::Compact), ..betas::SUMMARY }),
    ("compaction", &Record { beta: Some(Beta::CompactSummary), ..betas::SUMMARY }),
    ("fallback", &betas::FELL_BACK),
    ("tool_addition", &betas::TOOL_ADDED),
    ("tool_removal", &betas::TOOL_REMOVED),
]);

/// What may stand in the system prompt or a system turn.
pub(super) const SYSTEM_BLOCKS: Shape =
    Tagged(&[("text", &TEXT), ("tool_addition", &betas::TOOL_ADDED), ("tool_removal", &betas::TOOL_REMOVED)]);

pub(super) const CACHED: &[Field] = &[may("cache_control", CACHE)];

pub(super) const TEXT: Record = record(&[
    CACHED,
    &[must("text", &Made(1, ANY, is_not_blank, "\\S")), may("citations", &OrNull(&List(0, ANY, &CITATION)))],
]);

const SOURCED: &[Field] = &[
    must("cited_text", &Text(0, ANY)),
    must("document_index", &FROM_0),
    must("document_title", &TITLE_OR_NULL),
];
const FROM_0: Shape = Whole(0.0, MUCH);
const FROM_1: Shape = Whole(1.0, MUCH);
const TITLE_OR_NULL: Shape = OrNull(&Text(1, 500));
const CITATION: Shape = Tagged(&[
    (
        "char_location",
        &record(&[SOURCED, &[must("start_char_index", &FROM_0), must("end_char_index", &FROM_0)]]),
    ),
    (
        "page_location",
        &record(&[SOURCED, &[must("start_page_number", &FROM_1), must("end_page_number", &FROM_1)]]),
    ),
    (
        "content_block_location",
        &record(&[SOURCED, &[must("start_block_index", &FROM_0), must("end_block_index", &FROM_0)]]),
    ),
    (
        "web_search_result_location",
        &record(&[&[
            must("cited_text", &Text(0, ANY)),
            must("encrypted_index", &Text(0, ANY)),
            must("title", &OrNull(&Text(1, 512))),
            must("url", &Text(1, ANY)),
        ]]),
    ),
    (
        "search_result_location",
        &record(&[&[
            must("cited_text", &Text(0, ANY)),
            must("search_result_index", &FROM_0),
            must("source", &Text(0, ANY)),
            must("title", &OrNull(&Text(0, ANY))),
            must("start_block_index", &FROM_0),
            must("end_block_index", &FROM_0),
        ]]),
    ),
]);

const URL: Record = record(&[&[must("url", &Text(1, ANY))]]);
const FILE: Record = record(&[&[must("file_id", &Text(1, ANY))]]);
const BASE64: &str = "^[A-Za-z0-9+/]*={0,2}$";

const IMAGE: Record = record(&[
    CACHED,
    &[
        must("source", &Tagged(&[("base64", &IMAGE_DATA), ("url", &URL), ("file", &FILE)])),
        may("transformations", &OrNull(&Shape::Record(&record(&[&[may("oversized_image", &OVERSIZED)]])))),
    ],
]);
const OVERSIZED: Shape = OneOf(&["downsize", "error"]);
const IMAGE_DATA: Record = record(&[&[
    must("media_type", &OneOf(&["image/jpeg", "image/png", "image/gif", "image/webp"])),
    must("data", &Made(1, ANY, is_base64, BASE64)),
]]);

pub(super) const DOCUMENT: Record = record(&[
    CACHED,
    &[
        must("source", &DOCUMENT_SOURCE),
        may("title", &TITLE_OR_NULL),
        may("context", &OrNull(&Text(1, ANY))),
        may("citations", &OrNull(&CITATIONS)),
    ],
]);
pub(super) const CITATIONS: Shape = Shape::Record(&record(&[&[may("enabled", &Bool)]]));
const DOCUMENT_SOURCE: Shape = Tagged(&[
    (
        "base64",
        &record(&[&[
            must("media_type", &OneOf(&["application/pdf"])),
            must("data", &Made(1, ANY, is_base64, BASE64)),
        ]]),
    ),
    ("text", &record(&[&[must("media_type", &OneOf(&["text/plain"])), must("data", &Text(0, ANY))]])),
    ("content", &record(&[&[must("content", &TextOr(0, &List(0, ANY, &PAGE)))]])),
    ("url", &URL),
    ("file", &FILE),
]);
const PAGE: Shape = Tagged(&[("text", &TEXT), ("image", &IMAGE)]);

const SEARCH_RESULT: Record = record(&[
    CACHED,
    &[
        must("source", &Text(0, ANY)),
        must("title", &Text(0, ANY)),
        must("content", &List(0, ANY, &Tagged(&[("text", &TEXT)]))),
        may("citations", &CITATIONS),
    ],
]);

const TOOL_ID: Shape = Made(1, ANY, is_id, "^[a-zA-Z0-9_-]+$");
const TOOLSET: Shape = OrNull(&Text(1, 64));
pub(super) const SERVER_ID: Shape = Made(1, ANY, is_server_id, "^srvtoolu_[a-zA-Z0-9_]+$");
pub(super) const CALLER: Shape = Tagged(&[
    ("direct", &record(&[])),
    ("code_execution_20250825", &record(&[&[must("tool_id", &SERVER_ID)]])),
    ("code_execution_20260120", &record(&[&[must("tool_id", &SERVER_ID)]])),
]);

const TOOL_USE: Record = record(&[
    CACHED,
    &[
        must("id", &TOOL_ID),
        must("name", &Text(1, 200)),
        must("input", &Free),
        may("caller", &CALLER),
        may("toolset_name", &TOOLSET),
    ],
]);
const SERVER_TOOL_USE: Record = record(&[
    CACHED,
    &[must("id", &SERVER_ID), must("name", &SERVER_TOOL), must("input", &Free), may("caller", &CALLER)],
]);
const SERVER_TOOL: Shape = OneOf(&[
    "web_search",
    "web_fetch",
    "code_execution",
    "bash_code_execution",
    "text_editor_code_execution",
    "tool_search_tool_regex",
    "tool_search_tool_bm25",
    // Only under a beta: see conduct.
    "advisor",
]);

const TOOL_RESULT: Record = record(&[
    CACHED,
    &[
        must("tool_use_id", &TOOL_ID),
        may("content", &TextOr(0, &List(0, ANY, &SEEN))),
        may("is_error", &Bool),
        may("toolset_name", &TOOLSET),
    ],
]);
const SEEN: Shape = Tagged(&[
    ("text", &TEXT),
    ("image", &IMAGE),
    ("search_result", &SEARCH_RESULT),
    ("document", &DOCUMENT),
    ("tool_reference", &TOOL_REFERENCE),
    ("browser_state", &BROWSER_STATE),
]);
pub(super) const TOOL_REFERENCE: Record =
    record(&[CACHED, &[must("tool_name", &Made(1, 256, is_id, "^[a-zA-Z0-9_-]{1,256}$"))]]);

const SHORT: Shape = Text(0, 4096);
const SHORT_OR_NULL: Shape = OrNull(&Text(0, 4096));
const BROWSER_STATE: Record = record(&[
    CACHED,
    &[
        must("tabs", &List(0, 100, &Shape::Record(&TAB))),
        may("state_changes", &OrNull(&List(1, 200, &CHANGE))),
    ],
]);
const TAB: Record =
    record(&[&[must("tab_id", &SHORT), must("title", &SHORT), must("url", &SHORT), may("active", &Bool)]]);
const DOWNLOAD: &[Field] = &[must("download_id", &SHORT), must("url", &SHORT)];
const CHANGE: Shape = Tagged(&[
    ("tab_opened", &record(&[&[must("tab_id", &SHORT)]])),
    ("download_started", &record(&[DOWNLOAD])),
    (
        "download_completed",
        &record(&[DOWNLOAD, &[may("path", &SHORT_OR_NULL), may("size_bytes", &OrNull(&FROM_0))]]),
    ),
    ("download_failed", &record(&[DOWNLOAD, &[may("error", &SHORT_OR_NULL)]])),
]);

fn is_not_blank(text: &str) -> bool {
    !text.trim().is_empty()
}

pub(super) fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn is_server_id(text: &str) -> bool {
    text.strip_prefix("srvtoolu_").is_some_and(|rest| !rest.is_empty() && is_id(rest) && !rest.contains('-'))
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}
