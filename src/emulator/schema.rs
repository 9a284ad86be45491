//! The parameters of a request, field by field: reference, sections 5.1, 5.2, 5.5 and the shapes of 5.6.

use super::betas::Beta;
use super::schema_betas::TOP;
use super::schema_blocks::{BLOCKS, SYSTEM_BLOCKS};
use super::schema_tools::TOOLS;
use super::shape::Shape::{Bool, Free, List, Made, Number, OneOf, OrNull, Tagged, Text, TextOr, Whole};
use super::shape::{Field, Record, Shape, may, must, record, with};

pub(super) const ANY: usize = usize::MAX;
pub(super) const MUCH: f64 = f64::MAX;

/// All of `params` under the newest version.
pub(super) const PARAMS: Record = record(&[CORE, TOP]);
/// The same under `2023-06-01`.
pub(super) const PARAMS_2023: Record = record(&[CORE, TOP, SAMPLING]);

const CORE: &[Field] = &[
    must("model", &Text(0, ANY)),
    // Its lower end has words of its own.
    must("max_tokens", &Whole(-MUCH, MUCH)),
    must("messages", &List(0, 100_000, &MESSAGE)),
    may("system", &SYSTEM),
    may("cache_control", CACHE),
    may("metadata", &Shape::Record(&record(&[&[may("user_id", &OrNull(&Text(0, 512)))]]))),
    may("stop_sequences", &List(0, ANY, &Made(0, ANY, is_not_blank, "\\S"))),
    may("stream", &Bool),
    may("thinking", &THINKING),
    may("output_config", &OUTPUT_CONFIG),
    may("tools", &List(0, ANY, &TOOLS)),
    may("tool_choice", &TOOL_CHOICE),
    may("service_tier", &OneOf(&["auto", "standard_only"])),
    may("inference_geo", &OrNull(&OneOf(&["global", "us"]))),
    may("container", &OrNull(&TextOr(0, &Shape::Record(&CONTAINER)))),
    may("diagnostics", &OrNull(&Shape::Record(&DIAGNOSTICS))),
    may("speed", &OrNull(&OneOf(&["standard", "fast"]))),
    may("user_profile_id", &Text(0, ANY)),
];

const SAMPLING: &[Field] = &[
    may("temperature", &Number(0.0, 1.0)),
    may("top_p", &Number(0.0, 1.0)),
    may("top_k", &Whole(0.0, MUCH)),
];

const MESSAGE: Shape = Shape::Record(&record(&[&[
    // Both have words of their own, and the role decides what the content may be.
    may("role", &Shape::Any),
    may("content", &Shape::Any),
    with(Beta::MidClear, "clear_at", &OrNull(&OneOf(&["next_user_message", "never"]))),
    with(Beta::MidConfig, "output_config", &OrNull(&Shape::Record(&record(&[&[may("effort", &EFFORT)]])))),
]]));

/// The content of a user's or an assistant's turn.
pub(super) const CONTENT: Shape = TextOr(0, &List(0, ANY, &BLOCKS));
/// The content of a system turn.
pub(super) const SYSTEM_CONTENT: Shape = TextOr(0, &List(0, ANY, &SYSTEM_BLOCKS));

const SYSTEM: Shape = TextOr(0, &List(0, ANY, &SYSTEM_BLOCKS));

pub(super) const CACHE: &Shape =
    &OrNull(&Tagged(&[("ephemeral", &record(&[&[may("ttl", &OneOf(&["5m", "1h"]))]]))]));

const DISPLAY: Shape = OrNull(&OneOf(&["summarized", "omitted", "updates"]));
const BINDING: Shape =
    Shape::Record(&record(&[&[may("prefix_mismatch_behavior", &OrNull(&OneOf(&["error", "drop_block"])))]]));
const SHOWN: &[Field] =
    &[may("display", &DISPLAY), with(Beta::BlockBinding, "block_binding", &OrNull(&BINDING))];

const THINKING: Shape = Tagged(&[
    ("enabled", &record(&[SHOWN, &[must("budget_tokens", &Whole(1024.0, MUCH))]])),
    ("adaptive", &record(&[SHOWN])),
    ("disabled", &record(&[])),
    ("between_tools", &record(&[])),
]);

const EFFORT: Shape = OrNull(&OneOf(&["low", "medium", "high", "xhigh", "max"]));
pub(super) const FORMAT: Shape = OrNull(&Tagged(&[("json_schema", &record(&[&[must("schema", &Free)]]))]));
const TASK_BUDGET: Shape = Tagged(&[(
    "tokens",
    &record(&[&[must("total", &Whole(1024.0, MUCH)), may("remaining", &OrNull(&Whole(0.0, MUCH)))]]),
)]);
const OUTPUT_CONFIG: Shape = Shape::Record(&record(&[&[
    may("effort", &EFFORT),
    may("format", &FORMAT),
    with(Beta::TaskBudget, "task_budget", &OrNull(&TASK_BUDGET)),
]]));

const PARALLEL: &[Field] = &[may("disable_parallel_tool_use", &Bool)];
const TOOL_CHOICE: Shape = Tagged(&[
    ("auto", &record(&[PARALLEL])),
    ("any", &record(&[PARALLEL])),
    ("tool", &record(&[PARALLEL, &[must("name", &Text(1, ANY))]])),
    ("none", &record(&[])),
]);

const SKILL: &[Field] = &[must("skill_id", &Text(1, 64)), may("version", &Text(1, 64))];
const CONTAINER: Record = record(&[&[
    may("id", &OrNull(&Text(0, ANY))),
    may(
        "skills",
        &OrNull(&List(0, 20, &Tagged(&[("anthropic", &record(&[SKILL])), ("custom", &record(&[SKILL]))]))),
    ),
]]);
const DIAGNOSTICS: Record = record(&[&[may("previous_message_id", &OrNull(&Text(0, 256)))]]);

fn is_not_blank(text: &str) -> bool {
    !text.trim().is_empty()
}
