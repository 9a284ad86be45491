// Valid requests for every tool definition that the batch API takes without a beta.
import { type Json, type Params, user } from "./parts.js";

const five = { type: "ephemeral", ttl: "5m" };
const with_ = (...tools: Params[]): Json => ({
  model: "claude-opus-5",
  max_tokens: 1024,
  messages: [user("Do it.")],
  tools,
});
const client = { allowed_callers: ["direct"], defer_loading: false, strict: false, cache_control: five };
const weather: Params = { name: "get_weather", input_schema: { type: "object", properties: {}, required: [] } };
const search = { name: "web_search", max_uses: 3, allowed_domains: ["example.com"] };
const fetch = { name: "web_fetch", max_uses: 3, max_content_tokens: 1000, citations: { enabled: true } };

/** By name. */
export const TOOLS: Readonly<Record<string, Json>> = {
  "custom tool": with_({
    type: "custom",
    ...weather,
    ...client,
    description: "The weather of a city.",
    eager_input_streaming: null,
    input_examples: [{ city: "Oslo" }],
  }),
  "tools without a type": with_(weather, { ...weather, name: "other", type: null, cache_control: null }),
  "strict tool with references": with_({
    ...weather,
    strict: true,
    input_schema: {
      type: "object",
      properties: { city: { $ref: "#/$defs/name" }, units: { anyOf: [{ type: "string" }, { type: "null" }] } },
      required: ["city", "units"],
      additionalProperties: false,
      $defs: { name: { type: "string", pattern: "^[a-z]+$", format: "hostname" } },
    },
  }),
  "tools of the client": with_(
    { type: "bash_20250124", name: "bash", ...client, input_examples: [{ command: "ls" }] },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 1000 },
    { type: "memory_20250818", name: "memory" },
  ),
  "the older editors": with_(
    { type: "text_editor_20250124", name: "str_replace_editor" },
    { type: "text_editor_20250429", name: "str_replace_based_edit_tool" },
  ),
  "computer toolset": with_({ type: "computer_toolset_20260801", configs: { key: null }, cache_control: five }),
  "browser toolset": with_({ type: "browser_toolset_20260801", configs: { navigate: { enabled: true } } }),
  "code execution 2025-05": with_({ type: "code_execution_20250522", name: "code_execution" }),
  "code execution 2025-08": with_({ type: "code_execution_20250825", name: "code_execution", strict: false }),
  "code execution 2026-01": with_({ type: "code_execution_20260120", name: "code_execution" }),
  "code execution 2026-05": with_({ type: "code_execution_20260521", name: "code_execution" }),
  "web search 2025-03": with_({
    type: "web_search_20250305",
    ...search,
    user_location: { type: "approximate", city: "Oslo", country: "NO", region: null, timezone: "Europe/Oslo" },
  }),
  "web search 2026-02": with_({ type: "web_search_20260209", name: "web_search", blocked_domains: ["example.com/a"] }),
  "web search 2026-03": with_({ type: "web_search_20260318", ...search, response_inclusion: "full" }),
  "web fetch 2025-09": with_({ type: "web_fetch_20250910", ...fetch, allowed_domains: ["example.com"] }),
  "web fetch 2026-02": with_({
    type: "web_fetch_20260209",
    ...fetch,
    url_sources: {
      user_input: { type: "all" },
      client_tool_results: { type: "none" },
      server_tool_results: { type: "only", tools: [{ type: "tool_reference", name: "web_search" }] },
    },
  }),
  "web fetch 2026-03 early": with_({ type: "web_fetch_20260309", name: "web_fetch", use_cache: true }),
  "web fetch 2026-03": with_({
    type: "web_fetch_20260318",
    name: "web_fetch",
    use_cache: false,
    response_inclusion: "excluded",
  }),
  "tool search by words": with_(
    { type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" },
    { ...weather, defer_loading: true },
  ),
  "tool search by pattern": with_(
    { type: "tool_search_tool_regex", name: "tool_search_tool_regex" },
    { ...weather, defer_loading: true },
  ),
};
