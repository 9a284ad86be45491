//! Sets of tools: one entry that stands for many, each of which may be switched off or loaded later.
//!
//! The official SDK 1.11.0 says of the dated sets: unknown keys are rejected, the fields are the complete set of
//! members of that version. So they are listed here, and any other is an error.

use super::blocks::BREAKPOINT;
use super::kinds::{Field, Mark, Object, Shape, UP_TO_255, Value, list, object, opt, req};
use super::mcp::MCP_TOOL;
use super::tools::TYPE;

pub(super) static COMPUTER_SET: Object =
    object(&[TYPE, opt("configs", Shape::Object(&OF_COMPUTER)).or_null(), BREAKPOINT]);
pub(super) static BROWSER_SET: Object =
    object(&[TYPE, opt("configs", Shape::Object(&OF_BROWSER)).or_null(), BREAKPOINT]);

const fn member(name: &'static str) -> Field {
    opt(name, Shape::Object(&MEMBER)).or_null()
}
static MEMBER: Object =
    object(&[opt("enabled", Shape::Bool).or_null(), opt("defer_loading", Shape::Bool).or_null()]);

static OF_COMPUTER: Object = object(&[
    member("key"),
    member("hold_key"),
    member("type"),
    member("cursor_position"),
    member("mouse_move"),
    member("left_mouse_down"),
    member("left_mouse_up"),
    member("left_click"),
    member("left_click_drag"),
    member("right_click"),
    member("middle_click"),
    member("double_click"),
    member("triple_click"),
    member("scroll"),
    member("wait"),
    member("screenshot"),
    member("zoom"),
]);
static OF_BROWSER: Object = object(&[
    member("navigate"),
    member("list_tabs"),
    member("new_tab"),
    member("switch_tab"),
    member("close_tab"),
    member("read_page"),
    member("get_page_text"),
    member("read_console"),
    member("read_network"),
    member("find"),
    member("form_input"),
    member("file_upload"),
    member("scroll_to"),
    member("screenshot"),
    member("zoom"),
    member("left_click"),
    member("right_click"),
    member("middle_click"),
    member("double_click"),
    member("triple_click"),
    member("hover"),
    member("left_click_drag"),
    member("left_mouse_down"),
    member("left_mouse_up"),
    member("mouse_move"),
    member("scroll"),
    member("type"),
    member("key"),
    member("hold_key"),
    member("wait"),
    member("javascript_exec"),
]);

/// The members of a server's set are the server's business.
pub(super) static MCP_TOOLSET: Object = object(&[
    TYPE,
    req("mcp_server_name", UP_TO_255).mark(Mark::SetOfServer),
    opt("configs", Shape::Map(&OF_SERVER)).or_null(),
    opt("default_config", Shape::Object(&SERVERS_MEMBER)),
    opt("tools", Shape::List(&list(Shape::Object(&MCP_TOOL)))).or_null(),
    BREAKPOINT,
]);
static OF_SERVER: Value = Value { shape: Shape::Object(&SERVERS_MEMBER), null: false };
static SERVERS_MEMBER: Object = object(&[opt("enabled", Shape::Bool), opt("defer_loading", Shape::Bool)]);
