//! The parameters themselves, and those of their objects that are small.

use super::blocks::{SYSTEM, cache};
use super::kinds::{
    AT_MOST_256, AT_MOST_512, COUNT, Either, Field, Gate, List, Mark, Object, POSITIVE, READABLE, Shape,
    TEXT, Tagged, UP_TO_64, Variant, either, list, object, open, opt, req, tagged, variant,
};
use super::mcp::MCP_SERVERS;
use super::messages::MESSAGES;
use super::tools::TOOLS;
use crate::request::betas::Beta as B;
use crate::request::models::EFFORTS;

/// The parameters of one request: those of a Messages create call.
pub(in crate::request) static PARAMS: Object = object(&[
    req("model", TEXT).mark(Mark::Model),
    req("max_tokens", Shape::Num(f64::NEG_INFINITY, f64::INFINITY)).mark(Mark::MaxTokens),
    req("messages", Shape::List(&MESSAGES)).mark(Mark::Messages),
    opt("system", Shape::Either(&SYSTEM_PROMPT)).mark(Mark::System),
    cache("cache_control"),
    opt("metadata", Shape::Object(&METADATA)),
    opt("stop_sequences", Shape::List(&STOPS)),
    opt("stream", Shape::Bool).mark(Mark::Stream),
    opt("thinking", Shape::Tagged(&THINKING)),
    opt("output_config", Shape::Object(&OUTPUT_CONFIG)),
    opt("tools", Shape::List(&TOOLS)).mark(Mark::Tools),
    opt("tool_choice", Shape::Tagged(&TOOL_CHOICE)).mark(Mark::ToolChoice),
    opt("service_tier", Shape::Word(&["auto", "standard_only"])),
    opt("inference_geo", TEXT).or_null().mark(Mark::Geo),
    opt("container", Shape::Either(&CONTAINER)).or_null(),
    opt("diagnostics", Shape::Object(&DIAGNOSTICS)).or_null(),
    opt("speed", Shape::Any).or_null().mark(Mark::Speed),
    opt("temperature", Shape::Num(0.0, 1.0)).gate(Gate::Before2026).mark(Mark::Temperature),
    opt("top_p", Shape::Num(0.0, 1.0)).gate(Gate::Before2026).mark(Mark::TopP),
    opt("top_k", COUNT).gate(Gate::Before2026).mark(Mark::TopK),
    opt("user_profile_id", TEXT).mark(Mark::Profile),
    // Betas.
    opt("mcp_servers", Shape::List(&MCP_SERVERS)).gate(MCP),
    opt("context_management", Shape::Object(&CONTEXT_MANAGEMENT))
        .gate(CONTEXT)
        .or_null()
        .mark(Mark::ContextManagement),
    opt("compaction", Shape::Tagged(&COMPACTION))
        .gate(Gate::Beta(&[B::Compact2026]))
        .or_null()
        .mark(Mark::Compaction),
    opt("output_format", Shape::Object(&FORMAT))
        .gate(Gate::Beta(&[B::StructuredOutputs]))
        .or_null()
        .mark(Mark::OldFormat),
    opt("fallbacks", Shape::Any)
        .gate(Gate::Beta(&[B::FallbackJune, B::FallbackJuly]))
        .or_null()
        .mark(Mark::Fallbacks),
    opt("fallback_credit_token", Shape::Either(&CREDIT))
        .gate(Gate::Beta(&[B::FallbackCreditJune, B::FallbackCreditJuly]))
        .or_null()
        .mark(Mark::Credit),
    opt("thread", Shape::Tagged(&THREAD)).gate(Gate::Beta(&[B::MessageThreads])).or_null().mark(Mark::Thread),
    opt("billing_policy", Shape::Object(&BILLING)).gate(Gate::Beta(&[B::ProfilesBilling])).or_null(),
]);

pub(super) const MCP: Gate = Gate::Beta(&[B::McpClient2025, B::McpClient2026, B::McpClient2025April]);
const CONTEXT: Gate = Gate::Beta(&[B::ContextManagement, B::Compact2026January]);

static SYSTEM_PROMPT: Either =
    either(Some(TEXT), Some(&List { mark: Mark::Prompt, ..list(Shape::Tagged(&SYSTEM)) }), None);

static METADATA: Object = object(&[opt("user_id", AT_MOST_512).or_null().mark(Mark::AnyText)]);

static STOPS: List = list(Shape::Text(READABLE));

static THINKING: Tagged = tagged(&[
    variant("enabled", &ENABLED).mark(Mark::Enabled),
    variant("adaptive", &ADAPTIVE).mark(Mark::Adaptive),
    variant("disabled", &TYPE_ONLY).mark(Mark::Disabled),
    variant("between_tools", &TYPE_ONLY).mark(Mark::BetweenTools),
]);
static ENABLED: Object = object(&[
    req("type", TEXT),
    req("budget_tokens", Shape::Int(1024, i64::MAX)).mark(Mark::Budget),
    DISPLAY,
    BINDING,
]);
static ADAPTIVE: Object = object(&[req("type", TEXT), DISPLAY, BINDING]);
const DISPLAY: Field =
    opt("display", Shape::Word(&["summarized", "omitted", "updates"])).or_null().mark(Mark::Updates);
const BINDING: Field =
    opt("block_binding", Shape::Object(&BLOCK_BINDING)).gate(Gate::Beta(&[B::ThinkingBinding])).or_null();
static BLOCK_BINDING: Object =
    object(&[opt("prefix_mismatch_behavior", Shape::Word(&["error", "drop_block"])).or_null()]);

static OUTPUT_CONFIG: Object = object(&[
    opt("effort", Shape::Word(&EFFORTS)).or_null().mark(Mark::Effort),
    opt("format", Shape::Object(&FORMAT)).or_null().mark(Mark::OutputFormat),
    opt("task_budget", Shape::Object(&TASK_BUDGET)).gate(Gate::Beta(&[B::TaskBudgets])).or_null(),
]);
static FORMAT: Object = object(&[
    req("type", Shape::Word(&["json_schema"])),
    req("schema", Shape::Object(&FREE)).mark(Mark::OutputSchema),
]);
/// An object of anything.
pub(super) static FREE: Object = open(&[]);
static TASK_BUDGET: Object = object(&[
    req("type", Shape::Word(&["tokens"])),
    req("total", Shape::Int(1024, i64::MAX)),
    opt("remaining", COUNT).or_null(),
]);

static TOOL_CHOICE: Tagged = tagged(&[
    variant("auto", &CHOICE),
    variant("any", &CHOICE).mark(Mark::ForcedAny),
    variant("tool", &CHOICE_OF).mark(Mark::ForcedTool),
    variant("none", &TYPE_ONLY),
]);
static CHOICE: Object = object(&[req("type", TEXT), PARALLEL]);
static CHOICE_OF: Object = object(&[req("type", TEXT), req("name", TEXT).mark(Mark::ForcedName), PARALLEL]);
const PARALLEL: Field = opt("disable_parallel_tool_use", Shape::Bool);
pub(super) static TYPE_ONLY: Object = object(&[req("type", TEXT)]);

static CONTAINER: Either = either(Some(TEXT), None, Some(Shape::Object(&CONTAINER_OBJECT)));
static CONTAINER_OBJECT: Object = object(&[
    opt("id", TEXT).or_null(),
    opt("skills", Shape::List(&List { most: 20, ..list(Shape::Object(&SKILL)) })).or_null(),
]);
static SKILL: Object = object(&[
    req("type", Shape::Word(&["anthropic", "custom"])),
    req("skill_id", UP_TO_64),
    opt("version", UP_TO_64),
]);

static DIAGNOSTICS: Object = object(&[opt("previous_message_id", AT_MOST_256).or_null()]);

static CONTEXT_MANAGEMENT: Object = object(&[opt("edits", Shape::List(&list(Shape::Tagged(&EDIT))))]);
static EDIT: Tagged = tagged(&[
    variant("clear_tool_uses_20250919", &CLEAR_TOOL_USES).gate(Gate::Beta(&[B::ContextManagement])),
    variant("clear_thinking_20251015", &CLEAR_THINKING).gate(Gate::Beta(&[B::ContextManagement])),
    variant("compact_20260112", &COMPACT).gate(Gate::Beta(&[B::Compact2026January])),
]);
static CLEAR_TOOL_USES: Object = object(&[
    req("type", TEXT),
    opt("trigger", Shape::Tagged(&TRIGGER)),
    opt("keep", Shape::Tagged(&KEPT_USES)),
    opt("clear_at_least", Shape::Tagged(&INPUT_TOKENS)).or_null(),
    opt("exclude_tools", super::kinds::TEXTS).or_null(),
    opt("clear_tool_inputs", Shape::Either(&ALL_OR_NAMED)).or_null(),
]);
static ALL_OR_NAMED: Either = Either { boolean: true, ..either(None, Some(&list(TEXT)), None) };
static CLEAR_THINKING: Object = object(&[req("type", TEXT), opt("keep", Shape::Either(&KEPT_THINKING))]);
static KEPT_THINKING: Either = either(Some(Shape::Word(&["all"])), None, Some(Shape::Tagged(&KEPT_TURNS)));
static KEPT_TURNS: Tagged = tagged(&[variant("thinking_turns", &KEPT), variant("all", &TYPE_ONLY)]);
static COMPACT: Object = object(&[
    req("type", TEXT),
    opt("trigger", Shape::Tagged(&INPUT_TOKENS)).or_null(),
    opt("instructions", TEXT).or_null(),
    opt("pause_after_compaction", Shape::Bool),
]);
static TRIGGER: Tagged = tagged(&[variant("input_tokens", &AMOUNT), variant("tool_uses", &AMOUNT)]);
static INPUT_TOKENS: Tagged = tagged(&[variant("input_tokens", &AMOUNT)]);
static KEPT_USES: Tagged = tagged(&[variant("tool_uses", &KEPT)]);
static AMOUNT: Object = object(&[req("type", TEXT), req("value", POSITIVE)]);
static KEPT: Object = object(&[req("type", TEXT), req("value", COUNT)]);

static COMPACTION: Tagged = tagged(&[variant("summarize", &SUMMARIZE)]);
static SUMMARIZE: Object = object(&[req("type", TEXT), opt("instructions", TEXT).or_null()]);

static CREDIT: Either = either(Some(TEXT), None, Some(Shape::Object(&CREDIT_TOKEN)));
static CREDIT_TOKEN: Object =
    object(&[req("token", TEXT), opt("mode", Shape::Word(&["strict", "best_effort"]))]);

static THREAD: Tagged = tagged(THREADS);
const THREADS: &[Variant] = &[variant("create", &TYPE_ONLY), variant("continue", &CONTINUE)];
static CONTINUE: Object = object(&[req("type", TEXT), req("previous_message_id", TEXT)]);

static BILLING: Object = object(&[
    req("type", Shape::Word(&["billing_policy"])),
    opt("bill_to", Shape::Word(&["self", "user_profile"])),
]);
