//! The MCP connector, a beta: servers, and what their tools said.

use super::blocks::{BREAKPOINT, IN_MCP_RESULT};
use super::kinds::{
    ADDRESS, Either, Field, List, Mark, Object, Shape, TEXT, TEXTS, UP_TO_255, either, list, object, opt, req,
};

const TYPE: Field = req("type", TEXT);

pub(super) static MCP_SERVERS: List = List { most: 20, ..list(Shape::Object(&SERVER)) };
static SERVER: Object = object(&[
    req("type", Shape::Word(&["url"])),
    req("name", TEXT).mark(Mark::ServerName),
    req("url", ADDRESS),
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
static RESULT: Either = either(Some(TEXT), Some(&list(Shape::Tagged(&IN_MCP_RESULT))), None);
pub(super) static MCP_LISTING: Object = object(&[
    TYPE,
    req("mcp_server_name", UP_TO_255),
    req("tools", Shape::List(&list(Shape::Object(&MCP_TOOL)))),
]);
/// A tool as its server describes it.
pub(super) static MCP_TOOL: Object = object(&[
    req("name", TEXT),
    req("input_schema", Shape::Object(&super::top::FREE)),
    opt("description", TEXT).or_null(),
]);
