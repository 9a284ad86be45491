//! What server tools said in an answer, sent back as it came.

use super::blocks::{BREAKPOINT, FETCHED, INPUT, TOOL_REFERENCE};
use super::kinds::{
    Either, Field, Mark, Object, SERVER_ID, Shape, TEXT, Tagged, either, list, object, opt, req, tagged,
    variant,
};

const TYPE: Field = req("type", TEXT);
const ANSWERS: Field = req("tool_use_id", SERVER_ID);
const ERROR_CODE: Field = req("error_code", TEXT);
const FILE: Field = req("file_id", TEXT);

/// Who called a tool.
pub(super) const CALLER: Field = opt("caller", Shape::Tagged(&CALLERS));
static CALLERS: Tagged = tagged(&[
    variant("direct", &super::top::TYPE_ONLY),
    variant("code_execution_20250825", &CODE_CALLER),
    variant("code_execution_20260120", &CODE_CALLER),
    variant("code_execution_20260521", &CODE_CALLER),
]);
static CODE_CALLER: Object = object(&[TYPE, req("tool_id", SERVER_ID)]);

pub(super) static SERVER_TOOL_USE: Object = object(&[
    TYPE,
    req("id", SERVER_ID),
    req("name", Shape::Word(SERVER_TOOLS)).mark(Mark::ServerTool),
    INPUT,
    CALLER,
    BREAKPOINT,
]);
const SERVER_TOOLS: &[&str] = &[
    "web_search",
    "web_fetch",
    "code_execution",
    "bash_code_execution",
    "text_editor_code_execution",
    "tool_search_tool_regex",
    "tool_search_tool_bm25",
    "advisor",
];

pub(super) static SEARCH_RESULT_ECHO: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Either(&SEARCH_CONTENT)), CALLER, BREAKPOINT]);
static SEARCH_CONTENT: Either =
    either(None, Some(&list(Shape::Tagged(&HITS))), Some(Shape::Tagged(&SEARCH_ERROR)));
static HITS: Tagged = tagged(&[variant("web_search_result", &HIT)]);
static HIT: Object = object(&[
    TYPE,
    req("url", TEXT),
    req("title", TEXT),
    req("encrypted_content", TEXT),
    opt("page_age", TEXT).or_null(),
]);
static SEARCH_ERROR: Tagged = tagged(&[variant("web_search_tool_result_error", &FAILED)]);
static FAILED: Object = object(&[TYPE, ERROR_CODE]);
static FAILED_WHY: Object = object(&[TYPE, ERROR_CODE, opt("error_message", TEXT).or_null()]);

pub(super) static FETCH_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&FETCH_CONTENT)), CALLER, BREAKPOINT]);
static FETCH_CONTENT: Tagged =
    tagged(&[variant("web_fetch_result", &PAGE), variant("web_fetch_tool_result_error", &FAILED)]);
static PAGE: Object = object(&[
    TYPE,
    req("url", TEXT),
    opt("retrieved_at", TEXT).or_null(),
    req("content", Shape::Tagged(&FETCHED)),
]);

pub(super) static CODE_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&CODE_CONTENT)), BREAKPOINT]);
static CODE_CONTENT: Tagged = tagged(&[
    variant("code_execution_result", &RAN),
    variant("encrypted_code_execution_result", &RAN_ENCRYPTED),
    variant("code_execution_tool_result_error", &FAILED),
]);
const WHOLE: Shape = Shape::Int(i64::MIN, i64::MAX);
const RETURN_CODE: Field = req("return_code", WHOLE);
static RAN: Object = object(&[
    TYPE,
    req("stdout", TEXT),
    req("stderr", TEXT),
    RETURN_CODE,
    req("content", Shape::List(&list(Shape::Tagged(&OUTPUT)))),
]);
static RAN_ENCRYPTED: Object = object(&[
    TYPE,
    req("encrypted_stdout", TEXT),
    req("stderr", TEXT),
    RETURN_CODE,
    req("content", Shape::List(&list(Shape::Tagged(&OUTPUT)))),
]);
static OUTPUT: Tagged = tagged(&[variant("code_execution_output", &OUTPUT_FILE)]);
static OUTPUT_FILE: Object = object(&[TYPE, FILE]);

pub(super) static BASH_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&BASH_CONTENT)), BREAKPOINT]);
static BASH_CONTENT: Tagged = tagged(&[
    variant("bash_code_execution_result", &BASH_RAN),
    variant("bash_code_execution_tool_result_error", &FAILED),
]);
static BASH_RAN: Object = object(&[
    TYPE,
    req("stdout", TEXT),
    req("stderr", TEXT),
    RETURN_CODE,
    req("content", Shape::List(&list(Shape::Tagged(&BASH_OUTPUT)))),
]);
static BASH_OUTPUT: Tagged = tagged(&[variant("bash_code_execution_output", &OUTPUT_FILE)]);

pub(super) static EDITOR_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&EDITOR_CONTENT)), BREAKPOINT]);
static EDITOR_CONTENT: Tagged = tagged(&[
    variant("text_editor_code_execution_view_result", &VIEWED),
    variant("text_editor_code_execution_create_result", &CREATED),
    variant("text_editor_code_execution_str_replace_result", &REPLACED),
    variant("text_editor_code_execution_tool_result_error", &FAILED_WHY),
]);
static VIEWED: Object = object(&[
    TYPE,
    req("content", TEXT),
    req("file_type", Shape::Word(&["text", "image", "pdf"])),
    opt("num_lines", WHOLE).or_null(),
    opt("start_line", WHOLE).or_null(),
    opt("total_lines", WHOLE).or_null(),
]);
static CREATED: Object = object(&[TYPE, req("is_file_update", Shape::Bool)]);
static REPLACED: Object = object(&[
    TYPE,
    opt("lines", super::kinds::TEXTS).or_null(),
    opt("new_lines", WHOLE).or_null(),
    opt("new_start", WHOLE).or_null(),
    opt("old_lines", WHOLE).or_null(),
    opt("old_start", WHOLE).or_null(),
]);

pub(super) static TOOL_SEARCH_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&TOOL_SEARCH_CONTENT)), BREAKPOINT]);
static TOOL_SEARCH_CONTENT: Tagged = tagged(&[
    variant("tool_search_tool_search_result", &TOOLS_FOUND),
    variant("tool_search_tool_result_error", &FAILED_WHY),
]);
static TOOLS_FOUND: Object =
    object(&[TYPE, req("tool_references", Shape::List(&list(Shape::Tagged(&REFERENCES))))]);
static REFERENCES: Tagged = tagged(&[variant("tool_reference", &TOOL_REFERENCE)]);

pub(super) static ADVISOR_RESULT: Object =
    object(&[TYPE, ANSWERS, req("content", Shape::Tagged(&ADVICE)), BREAKPOINT]);
static ADVICE: Tagged = tagged(&[
    variant("advisor_result", &ADVISED),
    variant("advisor_redacted_result", &REDACTED),
    variant("advisor_tool_result_error", &FAILED),
]);
static ADVISED: Object = object(&[TYPE, req("text", TEXT), opt("stop_reason", TEXT).or_null()]);
static REDACTED: Object = object(&[TYPE, req("encrypted_content", TEXT), opt("stop_reason", TEXT).or_null()]);
