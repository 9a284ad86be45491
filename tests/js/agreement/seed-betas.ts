// Valid requests for what exists under betas alone, each with the betas that it needs.
import { assistant, type Json, type Params, text, user } from "./parts.js";
import type { Seed } from "./seeds.js";

const base = { model: "claude-opus-5", max_tokens: 1024, messages: [user("Do it.")] };
const five = { type: "ephemeral", ttl: "5m" };
const server = { type: "url", name: "files", url: "https://mcp.example/sse" };
const tool = { name: "read", input_schema: { type: "object" }, description: null };
const screen = { name: "computer", display_width_px: 800, display_height_px: 600, display_number: null };

const answered = (blocks: Params[], more: Params = {}): Params => ({
  ...base,
  messages: [user("Find it."), assistant([...blocks, text("Found.")]), user("Thanks.")],
  ...more,
});
const amid = (turn: Params): Params => ({ ...base, messages: [user("Hi."), { role: "system", ...turn }] });

const MCP = ["mcp-client-2025-11-20"];
const CONTEXT = ["context-management-2025-06-27"];
const COMPACT = ["compact-2026-01-12"];
const SUMMARY = ["compact-2026-09-04"];
const CHANGES = ["mid-conversation-tool-changes-2026-07-01"];
const FALLBACK = ["server-side-fallback-2026-07-01"];

const LIST: readonly (readonly [string, readonly string[], Json])[] = [
  [
    "MCP servers and their sets",
    MCP,
    {
      ...base,
      mcp_servers: [
        {
          ...server,
          authorization_token: "secret",
          tool_configuration: { allowed_tools: ["read"], enabled: true },
        },
        { ...server, name: "notes", authorization_token: null, tool_configuration: null },
      ],
      tools: [
        {
          type: "mcp_toolset",
          mcp_server_name: "files",
          configs: { read: { enabled: true, defer_loading: false } },
          default_config: { enabled: false, defer_loading: true },
          tools: [tool],
          cache_control: five,
        },
        { type: "mcp_toolset", mcp_server_name: "notes", configs: null, tools: null },
      ],
    },
  ],
  [
    "MCP in an answer",
    MCP,
    answered(
      [
        { type: "mcp_tool_listing", mcp_server_name: "files", tools: [tool] },
        { type: "mcp_tool_use", id: "mcptoolu_1", name: "read", server_name: "files", input: {}, cache_control: five },
        { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: false, content: [text("So.")] },
        { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", content: "So." },
      ],
      { mcp_servers: [server] },
    ),
  ],
  [
    "context edited",
    CONTEXT,
    {
      ...base,
      context_management: {
        edits: [
          {
            type: "clear_tool_uses_20250919",
            trigger: { type: "input_tokens", value: 1000 },
            keep: { type: "tool_uses", value: 3 },
            clear_at_least: { type: "input_tokens", value: 500 },
            exclude_tools: ["read"],
            clear_tool_inputs: true,
          },
          { type: "clear_tool_uses_20250919", trigger: { type: "tool_uses", value: 9 }, clear_tool_inputs: ["read"] },
          { type: "clear_thinking_20251015", keep: { type: "thinking_turns", value: 2 } },
          { type: "clear_thinking_20251015", keep: "all" },
        ],
      },
    },
  ],
  [
    "context compacted",
    COMPACT,
    {
      ...base,
      context_management: {
        edits: [
          {
            type: "compact_20260112",
            trigger: { type: "input_tokens", value: 100_000 },
            instructions: "Keep names.",
            pause_after_compaction: false,
          },
        ],
      },
    },
  ],
  ["compaction", SUMMARY, { ...base, compaction: { type: "summarize", instructions: null } }],
  [
    "compaction replayed",
    SUMMARY,
    answered([
      {
        type: "compaction",
        content: "All so far.",
        encrypted_content: null,
        signature: "c2ln",
        tool_changes: [
          { type: "tool_addition", tool: { type: "tool_reference", name: "read" } },
          { type: "tool_removal", tool: { type: "tool_reference", name: "read" } },
        ],
        cache_control: five,
      },
    ]),
  ],
  [
    "tools changed on the way",
    CHANGES,
    amid({
      content: [
        text("From now on:"),
        { type: "tool_addition", tool: { type: "tool_reference", name: "read" }, cache_control: five },
        { type: "tool_addition", tool: { type: "mcp_tool_reference", name: "read", server_name: "files" } },
        { type: "tool_removal", tool: { type: "mcp_toolset_reference", server_name: "files" } },
      ],
    }),
  ],
  [
    "effort changed on the way",
    ["mid-conversation-output-config-2026-07-01"],
    amid({ content: "Hurry.", output_config: { effort: "low" } }),
  ],
  [
    "system turn cleared",
    ["mid-conversation-system-clear-at-2026-08-21"],
    amid({ content: "For now.", clear_at: "next_user_message" }),
  ],
  [
    "fallback replayed",
    FALLBACK,
    answered([
      {
        type: "fallback",
        from: { model: "claude-opus-5" },
        to: { model: "claude-opus-4-8" },
        trigger: { type: "refusal", category: null },
      },
    ]),
  ],
  [
    "advisor",
    ["advisor-tool-2026-03-01"],
    {
      ...base,
      tools: [
        {
          type: "advisor_20260301",
          name: "advisor",
          model: "claude-opus-5-5",
          max_tokens: 1000,
          max_uses: 3,
          caching: { type: "ephemeral", ttl: "1h" },
          allowed_callers: ["direct"],
          defer_loading: false,
          strict: false,
          cache_control: five,
        },
      ],
    },
  ],
  [
    "advisor replayed",
    ["advisor-tool-2026-03-01"],
    answered([
      { type: "server_tool_use", id: "srvtoolu_1", name: "advisor", input: {} },
      {
        type: "advisor_tool_result",
        tool_use_id: "srvtoolu_1",
        content: { type: "advisor_result", text: "Do it.", stop_reason: "end_turn" },
        cache_control: five,
      },
      {
        type: "advisor_tool_result",
        tool_use_id: "srvtoolu_1",
        content: { type: "advisor_tool_result_error", error_code: "overloaded" },
      },
    ]),
  ],
  [
    "computer of 2024",
    ["computer-use-2024-10-22"],
    {
      ...base,
      tools: [
        { type: "computer_20241022", ...screen, cache_control: five, input_examples: [{}] },
        { type: "bash_20241022", name: "bash" },
        { type: "text_editor_20241022", name: "str_replace_editor" },
      ],
    },
  ],
  ["computer of 2025", ["computer-use-2025-01-24"], { ...base, tools: [{ type: "computer_20250124", ...screen }] }],
  [
    "computer with a zoom",
    ["computer-use-2025-11-24"],
    { ...base, tools: [{ type: "computer_20251124", ...screen, enable_zoom: true, strict: false }] },
  ],
  [
    "task budget",
    ["task-budgets-2026-03-13"],
    { ...base, output_config: { task_budget: { type: "tokens", total: 2000, remaining: 1000 } } },
  ],
  [
    "format by its old name",
    ["structured-outputs-2025-11-13"],
    {
      ...base,
      output_format: {
        type: "json_schema",
        schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
      },
    },
  ],
  [
    "thinking bound and updated",
    ["thinking-binding-controls-2026-08-01", "thinking-display-updates-2026-08-18"],
    {
      ...base,
      thinking: {
        type: "adaptive",
        display: "updates",
        block_binding: { prefix_mismatch_behavior: "drop_block" },
      },
    },
  ],
  [
    "billing policy",
    ["user-profiles-billing-2026-10-01"],
    { ...base, billing_policy: { type: "billing_policy", bill_to: "user_profile" } },
  ],
  [
    "credit that is ignored",
    ["fallback-credit-2026-07-01"],
    { ...base, fallback_credit_token: { token: "t", mode: "strict" } },
  ],
  ["long output", ["output-300k-2026-03-24"], { ...base, max_tokens: 300_000 }],
];

/** Every seed of a beta. */
export const BETAS: readonly Seed[] = LIST.map(([name, betas, params]) => ({ name, betas, params: params as Params }));
