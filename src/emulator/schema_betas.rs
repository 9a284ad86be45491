//! What exists under betas alone, field by field: reference, sections 5.3 to 5.5, and the types of the official SDK.

use super::betas::Beta;
use super::schema::{ANY, CACHE, FORMAT, MUCH};
use super::schema_blocks::{CACHED, SERVER_ID, TEXT};
use super::shape::Shape::{Bool, Free, List, ListOr, OneOf, OrNull, Tagged, Text, TextOr, Whole, WordOr};
use super::shape::{Field, Record, Shape, may, must, record, with};

/// Parameters.
pub(super) const TOP: &[Field] = &[
    with(Beta::Mcp, "mcp_servers", &List(0, 20, &SERVER)),
    with(Beta::ContextManagement, "context_management", &OrNull(&CONTEXT)),
    with(Beta::Compact, "context_management", &OrNull(&CONTEXT)),
    with(Beta::CompactSummary, "compaction", &OrNull(&Tagged(&[("summarize", &SUMMARIZE)]))),
    with(Beta::OutputFormat, "output_format", &FORMAT),
    with(Beta::ServerFallback, "fallbacks", &Shape::Any),
    with(Beta::FallbackCredit, "fallback_credit_token", &OrNull(&TextOr(0, &Shape::Record(&CREDIT)))),
    with(Beta::Threads, "thread", &OrNull(&THREAD)),
    with(Beta::BillingPolicy, "billing_policy", &OrNull(&Tagged(&[("billing_policy", &BILLING)]))),
];

const WORDS: Shape = Text(0, ANY);
const WORDS_OR_NULL: Shape = OrNull(&WORDS);

const SERVER: Shape = Tagged(&[(
    "url",
    &record(&[&[
        must("name", &WORDS),
        must("url", &Text(1, ANY)),
        may("authorization_token", &WORDS_OR_NULL),
        may("tool_configuration", &OrNull(&Shape::Record(&CONFIGURATION))),
    ]]),
)]);
const CONFIGURATION: Record =
    record(&[&[may("allowed_tools", &OrNull(&List(0, ANY, &WORDS))), may("enabled", &OrNull(&Bool))]]);

const CONTEXT: Shape = Shape::Record(&record(&[&[may("edits", &List(0, ANY, &EDIT))]]));
const EDIT: Shape = Tagged(&[
    ("clear_tool_uses_20250919", &Record { beta: Some(Beta::ContextManagement), ..CLEAR_USES }),
    ("clear_thinking_20251015", &Record { beta: Some(Beta::ContextManagement), ..CLEAR_THINKING }),
    ("compact_20260112", &Record { beta: Some(Beta::Compact), ..COMPACT }),
]);
const CLEAR_USES: Record = record(&[&[
    may("trigger", &Tagged(&[("input_tokens", &FROM_1), ("tool_uses", &FROM_1)])),
    may("keep", &Tagged(&[("tool_uses", &FROM_0)])),
    may("clear_at_least", &OrNull(&Tagged(&[("input_tokens", &FROM_1)]))),
    may("exclude_tools", &OrNull(&List(0, ANY, &WORDS))),
    may("clear_tool_inputs", &OrNull(&ListOr(&List(0, ANY, &WORDS), &Bool))),
]]);
const CLEAR_THINKING: Record = record(&[&[may(
    "keep",
    &WordOr(&["all"], &Tagged(&[("thinking_turns", &FROM_0), ("all", &record(&[]))])),
)]]);
const COMPACT: Record = record(&[&[
    may("trigger", &OrNull(&Tagged(&[("input_tokens", &FROM_1)]))),
    may("instructions", &WORDS_OR_NULL),
    may("pause_after_compaction", &Bool),
]]);
const FROM_0: Record = record(&[&[must("value", &Whole(0.0, MUCH))]]);
const FROM_1: Record = record(&[&[must("value", &Whole(1.0, MUCH))]]);

const SUMMARIZE: Record = record(&[&[may("instructions", &WORDS_OR_NULL)]]);
const CREDIT: Record = record(&[&[must("token", &WORDS), may("mode", &OneOf(&["strict", "best_effort"]))]]);
const THREAD: Shape =
    Tagged(&[("create", &record(&[])), ("continue", &record(&[&[must("previous_message_id", &WORDS)]]))]);
const BILLING: Record = record(&[&[may("bill_to", &OneOf(&["self", "user_profile"]))]]);

const fn block(beta: Beta, fields: &'static [&'static [Field]]) -> Record {
    Record { beta: Some(beta), ..record(fields) }
}

/// Blocks.
pub(super) const MCP_USE: Record = block(
    Beta::Mcp,
    &[
        CACHED,
        &[must("id", &WORDS), must("name", &WORDS), must("server_name", &WORDS), must("input", &Shape::Any)],
    ],
);
pub(super) const MCP_RESULT: Record = block(
    Beta::Mcp,
    &[
        CACHED,
        &[
            must("tool_use_id", &WORDS),
            may("is_error", &Bool),
            may("content", &TextOr(0, &List(0, ANY, &Tagged(&[("text", &TEXT)])))),
        ],
    ],
);
pub(super) const MCP_LISTING: Record =
    block(Beta::Mcp, &[&[must("mcp_server_name", &Text(1, 255)), must("tools", &List(0, ANY, &MCP_TOOL))]]);
const MCP_TOOL: Shape = Shape::Record(&record(&[&[
    must("name", &WORDS),
    must("input_schema", &Free),
    may("description", &WORDS_OR_NULL),
]]));
pub(super) const ADVICE: Record = block(
    Beta::Advisor,
    &[
        CACHED,
        &[
            must("tool_use_id", &SERVER_ID),
            must(
                "content",
                &Tagged(&[
                    (
                        "advisor_result",
                        &record(&[&[must("text", &WORDS), may("stop_reason", &WORDS_OR_NULL)]]),
                    ),
                    (
                        "advisor_redacted_result",
                        &record(&[&[must("encrypted_content", &WORDS), may("stop_reason", &WORDS_OR_NULL)]]),
                    ),
                    ("advisor_tool_result_error", &record(&[&[must("error_code", &ADVICE_ERROR)]])),
                ]),
            ),
        ],
    ],
);
const ADVICE_ERROR: Shape = OneOf(&[
    "max_uses_exceeded",
    "prompt_too_long",
    "too_many_requests",
    "overloaded",
    "unavailable",
    "execution_time_exceeded",
    "model_not_found",
]);
pub(super) const SUMMARY: Record = record(&[
    CACHED,
    &[
        may("content", &WORDS_OR_NULL),
        may("encrypted_content", &WORDS_OR_NULL),
        may("signature", &WORDS_OR_NULL),
        may(
            "tool_changes",
            &OrNull(&List(0, ANY, &Tagged(&[("tool_addition", &ADDED), ("tool_removal", &REMOVED)]))),
        ),
    ],
]);
pub(super) const FELL_BACK: Record = block(
    Beta::ServerFallback,
    &[&[must("from", &OF_MODEL), must("to", &OF_MODEL), may("trigger", &Shape::Any)]],
);
const OF_MODEL: Shape = Shape::Record(&record(&[&[must("model", &WORDS)]]));

const ADDED: Record = record(&[CACHED, &[must("tool", &NEW_TOOL)]]);
const REMOVED: Record = record(&[CACHED, &[must("tool", &OLD_TOOL)]]);
pub(super) const TOOL_ADDED: Record = Record { beta: Some(Beta::MidTools), ..ADDED };
pub(super) const TOOL_REMOVED: Record = Record { beta: Some(Beta::MidTools), ..REMOVED };
const NAMED: Record = record(&[&[must("name", &WORDS)]]);
const OF_SERVER: Record = record(&[&[must("name", &WORDS), must("server_name", &WORDS)]]);
const SERVERS_SET: Record = record(&[&[must("server_name", &WORDS)]]);
const NEW_TOOL: Shape = Tagged(&[
    ("tool_reference", &NAMED),
    ("mcp_tool_reference", &OF_SERVER),
    ("mcp_toolset_reference", &SERVERS_SET),
    ("tool_definition", &record(&[&[must("definition", &Free)]])),
]);
const OLD_TOOL: Shape = Tagged(&[
    ("tool_reference", &NAMED),
    ("mcp_tool_reference", &OF_SERVER),
    ("mcp_toolset_reference", &SERVERS_SET),
]);

/// Tools.
pub(super) const MCP_SET: &[Field] = &[
    must("mcp_server_name", &Text(1, 255)),
    may("configs", &OrNull(&Shape::Entries(&MCP_CONFIG))),
    may("default_config", &MCP_CONFIG),
    may("tools", &OrNull(&List(0, ANY, &MCP_TOOL))),
];
const MCP_CONFIG: Shape = Shape::Record(&record(&[&[may("enabled", &Bool), may("defer_loading", &Bool)]]));
pub(super) const ADVISOR: &[Field] = &[
    must("name", &OneOf(&["advisor"])),
    must("model", &Text(1, ANY)),
    may("max_tokens", &OrNull(&Whole(1.0, MUCH))),
    may("max_uses", &OrNull(&Whole(1.0, MUCH))),
    may("caching", CACHE),
];
