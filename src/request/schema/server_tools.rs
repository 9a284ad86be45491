//! Web search and web fetch: tools of the server with options of their own.

use super::blocks::{BREAKPOINT, ENABLED};
use super::kinds::{
    COUNTRY, DOMAINS, Field, Mark, Object, POSITIVE, Shape, TEXT, Tagged, UP_TO_255, list, object, opt, req,
    tagged, variant,
};
use super::tools::{CALLERS, DEFER, STRICT, TYPE, named};
use super::top::TYPE_ONLY;

const ALLOWED: Field = opt("allowed_domains", DOMAINS).or_null().mark(Mark::Allowed);
const BLOCKED: Field = opt("blocked_domains", DOMAINS).or_null().mark(Mark::Blocked);
const MAX_USES: Field = opt("max_uses", POSITIVE).or_null();
const INCLUSION: Field = opt("response_inclusion", Shape::Word(&["full", "excluded"]));

const LOCATION: Field = opt("user_location", Shape::Object(&USER_LOCATION)).or_null();
static USER_LOCATION: Object = object(&[
    req("type", Shape::Word(&["approximate"])),
    opt("city", UP_TO_255).or_null(),
    opt("region", UP_TO_255).or_null(),
    opt("timezone", UP_TO_255).or_null(),
    opt("country", COUNTRY).or_null(),
]);

const WEB_SEARCH: Field = named(&["web_search"]);
pub(super) static SEARCH: Object =
    object(&[TYPE, WEB_SEARCH, ALLOWED, BLOCKED, MAX_USES, LOCATION, BREAKPOINT, DEFER, STRICT, CALLERS]);
pub(super) static SEARCH_NEWEST: Object = object(&[
    TYPE, WEB_SEARCH, ALLOWED, BLOCKED, MAX_USES, LOCATION, INCLUSION, BREAKPOINT, DEFER, STRICT, CALLERS,
]);

const WEB_FETCH: Field = named(&["web_fetch"]);
const MAX_CONTENT: Field = opt("max_content_tokens", POSITIVE).or_null();
const CITATIONS: Field = opt("citations", Shape::Object(&ENABLED)).or_null();
const USE_CACHE: Field = opt("use_cache", Shape::Bool);
const SOURCES: Field = opt("url_sources", Shape::Object(&URL_SOURCES)).or_null();
static URL_SOURCES: Object = object(&[
    opt("user_input", Shape::Tagged(&ALL_OR_NONE)),
    opt("client_tool_results", Shape::Tagged(&WHICH)),
    opt("server_tool_results", Shape::Tagged(&WHICH)),
]);
static ALL_OR_NONE: Tagged = tagged(&[variant("all", &TYPE_ONLY), variant("none", &TYPE_ONLY)]);
static WHICH: Tagged = tagged(&[
    variant("all", &TYPE_ONLY),
    variant("none", &TYPE_ONLY),
    variant("only", &SOME_TOOLS),
    variant("except", &SOME_TOOLS),
]);
static SOME_TOOLS: Object =
    object(&[req("type", TEXT), req("tools", Shape::List(&list(Shape::Object(&REFERENCE))))]);
static REFERENCE: Object = object(&[req("type", Shape::Word(&["tool_reference"])), req("name", TEXT)]);

pub(super) static FETCH: Object = object(&[
    TYPE,
    WEB_FETCH,
    ALLOWED,
    BLOCKED,
    MAX_USES,
    MAX_CONTENT,
    CITATIONS,
    SOURCES,
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
]);
pub(super) static FETCH_CACHED: Object = object(&[
    TYPE,
    WEB_FETCH,
    ALLOWED,
    BLOCKED,
    MAX_USES,
    MAX_CONTENT,
    CITATIONS,
    SOURCES,
    USE_CACHE,
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
]);
pub(super) static FETCH_NEWEST: Object = object(&[
    TYPE,
    WEB_FETCH,
    ALLOWED,
    BLOCKED,
    MAX_USES,
    MAX_CONTENT,
    CITATIONS,
    SOURCES,
    USE_CACHE,
    INCLUSION,
    BREAKPOINT,
    DEFER,
    STRICT,
    CALLERS,
]);
