// Valid requests for what can stand in a conversation: every content block, in every place that takes it.
import { assistant, type Json, type Params, PDF, PNG, text, user } from "./parts.js";

const base = { model: "claude-opus-5", max_tokens: 1024 };
const five = { type: "ephemeral", ttl: "5m" };
const image = (more: Params = {}): Params => ({
  type: "image",
  source: { type: "base64", media_type: "image/png", data: PNG },
  ...more,
});
const document = (source: Params, more: Params = {}): Params => ({ type: "document", source, ...more });
const plain = { type: "text", media_type: "text/plain", data: "A short report." };
const asked = (...content: Json[]): Json => ({ ...base, messages: [user(content)] });
const called = (use: Params[], results: Params[]): Json => ({
  ...base,
  tools: [{ name: "get_weather", input_schema: { type: "object" } }],
  messages: [user("What is the weather?"), assistant(use), user(results)],
});
const use = (more: Params = {}): Params => ({
  type: "tool_use",
  id: "toolu_01",
  name: "get_weather",
  input: { city: "Oslo" },
  ...more,
});
const answer = (more: Params = {}): Params => ({ type: "tool_result", tool_use_id: "toolu_01", ...more });
const served = (name: string, result: Params): Json => ({
  ...base,
  messages: [
    user("Find it."),
    assistant([{ type: "server_tool_use", id: "srvtoolu_01", name, input: { query: "x" } }, result, text("Found.")]),
    user("Thanks."),
  ],
});
const result = (type: string, content: Json, more: Params = {}): Params => ({
  type,
  tool_use_id: "srvtoolu_01",
  content,
  ...more,
});
const cited = (citation: Params): Json => ({
  ...base,
  messages: [user("What does it say?"), assistant([text("It says so.", { citations: [citation] })]), user("Go on.")],
});
const place = { cited_text: "so", document_index: 0, document_title: "Report" };

/** By name. */
export const TURNS: Readonly<Record<string, Json>> = {
  "text blocks": asked(text("Read this.", { cache_control: five }), text("And this.")),
  "image as base64": asked(image({ cache_control: five, transformations: { oversized_image: "downsize" } })),
  "image by address": asked({ type: "image", source: { type: "url", url: "https://example.com/a.png" } }),
  "image by file": asked({ type: "image", source: { type: "file", file_id: "file_01" }, transformations: null }),
  "document as PDF": asked(
    document(
      { type: "base64", media_type: "application/pdf", data: PDF },
      { title: "Report", context: "From 2026.", citations: { enabled: true } },
    ),
  ),
  "document as text": asked(document(plain, { title: null, context: null, citations: null })),
  "document of blocks": asked(document({ type: "content", content: [text("Part one."), image()] })),
  "document of words": asked(document({ type: "content", content: "All of it." })),
  "document by address": asked(document({ type: "url", url: "https://example.com/a.pdf" })),
  "document by file": asked(document({ type: "file", file_id: "file_02" })),
  "search result": asked({
    type: "search_result",
    source: "https://example.com",
    title: "A page",
    content: [text("What it says.")],
    citations: { enabled: true },
    cache_control: five,
  }),
  "container upload": asked({ type: "container_upload", file_id: "file_03", cache_control: five }, text("Use it.")),
  "thinking replayed": {
    ...base,
    messages: [
      user("Think."),
      assistant([
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "redacted_thinking", data: "ZGF0YQ==" },
        text("Done."),
      ]),
      user("Again."),
    ],
  },
  "tool called": called(
    [use({ cache_control: five, caller: { type: "direct" }, toolset_name: null })],
    [answer({ content: "Rain.", is_error: false, cache_control: five }), text("And now?")],
  ),
  "tools called in parallel": called(
    [use(), use({ id: "toolu_02" })],
    [answer({ content: "Rain." }), answer({ tool_use_id: "toolu_02", is_error: true })],
  ),
  "tool called by code": called(
    [use({ caller: { type: "code_execution_20260120", tool_id: "srvtoolu_02" } })],
    [answer({ content: [text("Rain."), image()] })],
  ),
  "tool that found documents": called(
    [use()],
    [
      answer({
        content: [
          document(plain),
          { type: "search_result", source: "s", title: "t", content: [text("w")] },
          { type: "tool_reference", tool_name: "get_weather" },
        ],
      }),
    ],
  ),
  "tool that saw a browser": called(
    [use()],
    [
      answer({
        content: [
          {
            type: "browser_state",
            tabs: [{ tab_id: "1", title: "A", url: "https://example.com", active: true }],
            state_changes: [
              { type: "tab_opened", tab_id: "1" },
              { type: "download_started", download_id: "d", url: "https://example.com" },
              { type: "download_completed", download_id: "d", url: "https://example.com", path: "/a", size_bytes: 7 },
              { type: "download_failed", download_id: "e", url: "https://example.com", error: "gone" },
            ],
          },
        ],
      }),
    ],
  ),
  "web search": served(
    "web_search",
    result(
      "web_search_tool_result",
      [{ type: "web_search_result", url: "https://a.example", title: "A", encrypted_content: "eA==", page_age: null }],
      { caller: { type: "direct" }, cache_control: five },
    ),
  ),
  "web search that failed": served(
    "web_search",
    result("web_search_tool_result", { type: "web_search_tool_result_error", error_code: "unavailable" }),
  ),
  "web fetch": served(
    "web_fetch",
    result("web_fetch_tool_result", {
      type: "web_fetch_result",
      url: "https://a.example",
      retrieved_at: "2026-11-20T00:00:00Z",
      content: document(plain),
    }),
  ),
  "web fetch that failed": served(
    "web_fetch",
    result("web_fetch_tool_result", { type: "web_fetch_tool_result_error", error_code: "url_too_long" }),
  ),
  "code execution": served(
    "code_execution",
    result("code_execution_tool_result", {
      type: "code_execution_result",
      stdout: "1",
      stderr: "",
      return_code: 0,
      content: [{ type: "code_execution_output", file_id: "file_04" }],
    }),
  ),
  "bash execution": served(
    "bash_code_execution",
    result("bash_code_execution_tool_result", {
      type: "bash_code_execution_result",
      stdout: "1",
      stderr: "",
      return_code: 0,
      content: [{ type: "bash_code_execution_output", file_id: "file_05" }],
    }),
  ),
  "text editor view": served(
    "text_editor_code_execution",
    result("text_editor_code_execution_tool_result", {
      type: "text_editor_code_execution_view_result",
      content: "a",
      file_type: "text",
      num_lines: 1,
      start_line: 1,
      total_lines: null,
    }),
  ),
  "text editor change": served(
    "text_editor_code_execution",
    result("text_editor_code_execution_tool_result", {
      type: "text_editor_code_execution_str_replace_result",
      lines: ["a"],
      new_lines: 1,
      old_start: 1,
    }),
  ),
  "tool search": served(
    "tool_search_tool_regex",
    result("tool_search_tool_result", {
      type: "tool_search_tool_search_result",
      tool_references: [{ type: "tool_reference", tool_name: "get_weather" }],
    }),
  ),
  "system in the middle": {
    ...base,
    messages: [user("Hi."), assistant("Hello."), user("Go."), { role: "system", content: [text("Be brief now.")] }],
  },
  "cited by characters": cited({ type: "char_location", ...place, start_char_index: 0, end_char_index: 2 }),
  "cited by page": cited({ type: "page_location", ...place, start_page_number: 1, end_page_number: 2 }),
  "cited by block": cited({ type: "content_block_location", ...place, start_block_index: 0, end_block_index: 1 }),
  "cited from the web": cited({
    type: "web_search_result_location",
    cited_text: "so",
    encrypted_index: "eA==",
    title: null,
    url: "https://a.example",
  }),
  "cited from a search": cited({
    type: "search_result_location",
    cited_text: "so",
    search_result_index: 0,
    source: "s",
    title: "t",
    start_block_index: 0,
    end_block_index: 1,
  }),
};
