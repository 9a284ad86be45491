//! What server tools answered, sent back as it came: reference, sections 2.4 and 5.3.

use super::schema::{ANY, MUCH};
use super::schema_blocks::{CACHED, CALLER, DOCUMENT, SERVER_ID, TOOL_REFERENCE};
use super::shape::Shape::{Bool, List, ListOr, OneOf, OrNull, Tagged, Text, Whole};
use super::shape::{Field, Record, Shape, may, must, record};

const HEAD: &[Field] = &[must("tool_use_id", &SERVER_ID)];
const CALLED: &[Field] = &[may("caller", &CALLER)];
const WORDS: Shape = Text(0, ANY);
const WORDS_OR_NULL: Shape = OrNull(&Text(0, ANY));
const NUMBER: Shape = Whole(-MUCH, MUCH);
const NUMBER_OR_NULL: Shape = OrNull(&NUMBER);

const fn content(shape: &'static Shape) -> Field {
    must("content", shape)
}

pub(super) const WEB_SEARCH: Record = record(&[CACHED, HEAD, CALLED, &[content(&FOUND)]]);
const FOUND: Shape = ListOr(
    &List(0, ANY, &Tagged(&[("web_search_result", &PAGE)])),
    &Tagged(&[("web_search_tool_result_error", &record(&[&[must("error_code", &SEARCH_ERROR)]]))]),
);
const PAGE: Record = record(&[&[
    must("encrypted_content", &WORDS),
    must("title", &WORDS),
    must("url", &WORDS),
    may("page_age", &WORDS_OR_NULL),
]]);
const SEARCH_ERROR: Shape = OneOf(&[
    "invalid_tool_input",
    "unavailable",
    "max_uses_exceeded",
    "too_many_requests",
    "query_too_long",
    "request_too_large",
]);

pub(super) const WEB_FETCH: Record = record(&[CACHED, HEAD, CALLED, &[content(&FETCHED)]]);
const FETCHED: Shape = Tagged(&[
    (
        "web_fetch_result",
        &record(&[&[
            content(&Tagged(&[("document", &DOCUMENT)])),
            must("url", &WORDS),
            may("retrieved_at", &WORDS_OR_NULL),
        ]]),
    ),
    ("web_fetch_tool_result_error", &record(&[&[must("error_code", &FETCH_ERROR)]])),
]);
const FETCH_ERROR: Shape = OneOf(&[
    "invalid_tool_input",
    "url_too_long",
    "url_not_allowed",
    "url_not_in_prior_context",
    "url_not_accessible",
    "unsupported_content_type",
    "too_many_requests",
    "max_uses_exceeded",
    "unavailable",
    "content_too_large",
]);

const CODES: [&str; 4] =
    ["invalid_tool_input", "unavailable", "too_many_requests", "execution_time_exceeded"];
const ERROR: Shape = OneOf(&CODES);
const BASH_ERROR: Shape = OneOf(&[
    "invalid_tool_input",
    "unavailable",
    "too_many_requests",
    "execution_time_exceeded",
    "output_file_too_large",
]);
const EDITOR_ERROR: Shape = OneOf(&[
    "invalid_tool_input",
    "unavailable",
    "too_many_requests",
    "execution_time_exceeded",
    "file_not_found",
]);

const RAN: &[Field] = &[must("return_code", &NUMBER), must("stderr", &WORDS)];
const STDOUT: &[Field] = &[must("stdout", &WORDS)];
const OUTPUT: Record = record(&[&[must("file_id", &WORDS)]]);
const CODE_OUTPUT: Shape = List(0, ANY, &Tagged(&[("code_execution_output", &OUTPUT)]));
const BASH_OUTPUT: Shape = List(0, ANY, &Tagged(&[("bash_code_execution_output", &OUTPUT)]));

pub(super) const CODE_EXECUTION: Record = record(&[CACHED, HEAD, &[content(&EXECUTED)]]);
const EXECUTED: Shape = Tagged(&[
    ("code_execution_result", &record(&[RAN, STDOUT, &[content(&CODE_OUTPUT)]])),
    (
        "encrypted_code_execution_result",
        &record(&[RAN, &[must("encrypted_stdout", &WORDS), content(&CODE_OUTPUT)]]),
    ),
    ("code_execution_tool_result_error", &record(&[&[must("error_code", &ERROR)]])),
]);

pub(super) const BASH: Record = record(&[CACHED, HEAD, &[content(&SHELLED)]]);
const SHELLED: Shape = Tagged(&[
    ("bash_code_execution_result", &record(&[RAN, STDOUT, &[content(&BASH_OUTPUT)]])),
    ("bash_code_execution_tool_result_error", &record(&[&[must("error_code", &BASH_ERROR)]])),
]);

pub(super) const TEXT_EDITOR: Record = record(&[CACHED, HEAD, &[content(&EDITED)]]);
const EXPLAINED: &[Field] = &[may("error_message", &WORDS_OR_NULL)];
const EDITED: Shape = Tagged(&[
    (
        "text_editor_code_execution_view_result",
        &record(&[&[
            content(&WORDS),
            must("file_type", &OneOf(&["text", "image", "pdf"])),
            may("num_lines", &NUMBER_OR_NULL),
            may("start_line", &NUMBER_OR_NULL),
            may("total_lines", &NUMBER_OR_NULL),
        ]]),
    ),
    ("text_editor_code_execution_create_result", &record(&[&[must("is_file_update", &Bool)]])),
    (
        "text_editor_code_execution_str_replace_result",
        &record(&[&[
            may("lines", &OrNull(&List(0, ANY, &WORDS))),
            may("new_lines", &NUMBER_OR_NULL),
            may("new_start", &NUMBER_OR_NULL),
            may("old_lines", &NUMBER_OR_NULL),
            may("old_start", &NUMBER_OR_NULL),
        ]]),
    ),
    (
        "text_editor_code_execution_tool_result_error",
        &record(&[EXPLAINED, &[must("error_code", &EDITOR_ERROR)]]),
    ),
]);

pub(super) const TOOL_SEARCH: Record = record(&[CACHED, HEAD, &[content(&SEARCHED)]]);
const SEARCHED: Shape = Tagged(&[
    (
        "tool_search_tool_search_result",
        &record(&[&[must(
            "tool_references",
            &List(0, ANY, &Tagged(&[("tool_reference", &TOOL_REFERENCE)])),
        )]]),
    ),
    ("tool_search_tool_result_error", &record(&[EXPLAINED, &[must("error_code", &ERROR)]])),
]);
