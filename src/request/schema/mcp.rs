//! The MCP connector, a beta: servers, and what their tools said.

use super::blocks::{BREAKPOINT, IN_MCP_RESULT};
use super::kinds::{
    ANY_TEXT, Either, Field, List, Object, Shape, TEXT, TEXTS, UP_TO_255, list, object, open, opt, req,
};

const TYPE: Field = req("type", TEXT);

pub(super) static MCP_SERVERS: List = List { most: 20, ..list(Shape::Object(&SERVER)) };
static SERVER: Object = object(&[
    req("type", Shape::Word(&["url"])),
    req("name", TEXT),
    req("url", TEXT),
    opt("authorization_token", TEXT).or_null(),
    opt("tool_configuration", Shape::Object(&CONFIGURATION)).or_null(),
]);
static CONFIGURATION: Object =
    object(&[opt("allowed_tools", TEXTS).or_null(), opt("enabled", Shape::Bool).or_null()]);

pub(super) static MCP_USE: Object = object(&[
    TYPE,
    req("id", TEXT),
    req("name", TEXT),
    req("server_name", TEXT),
    req("input", Shape::Any),
    BREAKPOINT,
]);
pub(super) static MCP_RESULT: Object = object(&[
    TYPE,
    req("tool_use_id", TEXT),
    opt("is_error", Shape::Bool),
    opt("content", Shape::Either(&RESULT)),
    BREAKPOINT,
]);
static RESULT: Either =
    Either { text: Some(ANY_TEXT), list: Some(&list(Shape::Tagged(&IN_MCP_RESULT))), object: None };
pub(super) static MCP_LISTING: Object =
    open(&[TYPE, req("mcp_server_name", UP_TO_255), req("tools", Shape::List(&list(Shape::Any)))]);
