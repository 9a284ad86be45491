// The tools of a request, and what may end a cached prefix.

/** Where a cached prefix ends. */
export interface CacheControl {
  type: "ephemeral";
  /** Batches outlive five minutes: `1h` is the better choice here. */
  ttl?: "5m" | "1h";
}

/** What may end a cached prefix. */
export interface Cacheable {
  cache_control?: CacheControl | null;
}

/** A tool that a model may use. */
export type ToolUnion =
  | Tool
  | BashTool
  | CodeExecutionTool
  | MemoryTool
  | TextEditorTool
  | WebSearchTool
  | WebFetchTool
  | ToolSearchTool
  | Toolset;

/** What all tools have, but for toolsets. */
export interface ToolBase extends Cacheable {
  allowed_callers?: ("direct" | "code_execution_20250825" | "code_execution_20260120" | "code_execution_20260521")[];
  /** Not shown to the model before a search of tools finds it. */
  defer_loading?: boolean;
  strict?: boolean;
}

/** A tool that the caller runs, as the API has it to show. */
export interface ShownTool extends ToolBase {
  input_examples?: { [key: string]: unknown }[];
}

/** A tool of the caller's. */
export interface Tool extends ShownTool {
  type?: "custom" | null;
  name: string;
  description?: string;
  /** JSON Schema. */
  input_schema: { type: "object"; properties?: unknown; required?: string[] | null; [key: string]: unknown };
  eager_input_streaming?: boolean | null;
}

/** A shell. */
export interface BashTool extends ShownTool {
  type: "bash_20250124";
  name: "bash";
}

/** Code that the API runs. */
export interface CodeExecutionTool extends ToolBase {
  type: "code_execution_20250522" | "code_execution_20250825" | "code_execution_20260120" | "code_execution_20260521";
  name: "code_execution";
}

/** A memory in files. */
export interface MemoryTool extends ShownTool {
  type: "memory_20250818";
  name: "memory";
}

/** An editor. */
export type TextEditorTool = ShownTool &
  (
    | { type: "text_editor_20250124"; name: "str_replace_editor" }
    | { type: "text_editor_20250429"; name: "str_replace_based_edit_tool" }
    | { type: "text_editor_20250728"; name: "str_replace_based_edit_tool"; max_characters?: number | null }
  );

/** What the tools that look into the web have. */
export interface WebTool extends ToolBase {
  allowed_domains?: string[] | null;
  blocked_domains?: string[] | null;
  max_uses?: number | null;
}

/** A search in the web. */
export type WebSearchTool = WebTool & { name: "web_search"; user_location?: UserLocation | null } & (
    | { type: "web_search_20250305" | "web_search_20260209" }
    | { type: "web_search_20260318"; response_inclusion?: "full" | "excluded" }
  );

/** Where a search is made from. */
export interface UserLocation {
  type: "approximate";
  city?: string | null;
  country?: string | null;
  region?: string | null;
  timezone?: string | null;
}

/** Pages of the web. */
export type WebFetchTool = WebTool & {
  name: "web_fetch";
  citations?: { enabled?: boolean } | null;
  max_content_tokens?: number | null;
  url_sources?: WebFetchSources | null;
} & (
    | { type: "web_fetch_20250910" | "web_fetch_20260209" }
    | { type: "web_fetch_20260309"; use_cache?: boolean }
    | { type: "web_fetch_20260318"; use_cache?: boolean; response_inclusion?: "full" | "excluded" }
  );

/** Which pages may be fetched, by where their addresses come from. */
export interface WebFetchSources {
  client_tool_results?: WebFetchSource;
  server_tool_results?: WebFetchSource;
  user_input?: { type: "all" | "none" };
}

/** The tools whose results may name pages. */
export type WebFetchSource =
  | { type: "all" | "none" }
  | { type: "only" | "except"; tools: { type: "tool_reference"; name: string }[] };

/** A search of the tools that are not shown at once. */
export type ToolSearchTool = ToolBase &
  (
    | { type: "tool_search_tool_bm25_20251119" | "tool_search_tool_bm25"; name: "tool_search_tool_bm25" }
    | { type: "tool_search_tool_regex_20251119" | "tool_search_tool_regex"; name: "tool_search_tool_regex" }
  );

/** Tools that come together: those of a browser, or of a computer. */
export type Toolset = Cacheable &
  (
    | { type: "browser_toolset_20260801"; configs?: ToolsetConfigs<PointerAction | BrowserAction> | null }
    | { type: "computer_toolset_20260801"; configs?: ToolsetConfigs<PointerAction | "cursor_position"> | null }
  );

/** Which of its tools are there. */
export type ToolsetConfigs<Action extends string> = {
  [action in Action]?: { defer_loading?: boolean | null; enabled?: boolean | null } | null;
};

/** What can be done in a browser and at a computer. */
export type PointerAction =
  | "double_click"
  | "hold_key"
  | "key"
  | "left_click"
  | "left_click_drag"
  | "left_mouse_down"
  | "left_mouse_up"
  | "middle_click"
  | "mouse_move"
  | "right_click"
  | "screenshot"
  | "scroll"
  | "triple_click"
  | "type"
  | "wait"
  | "zoom";

/** What can be done in a browser only. */
export type BrowserAction =
  | "close_tab"
  | "file_upload"
  | "find"
  | "form_input"
  | "get_page_text"
  | "hover"
  | "javascript_exec"
  | "list_tabs"
  | "navigate"
  | "new_tab"
  | "read_console"
  | "read_network"
  | "read_page"
  | "scroll_to"
  | "switch_tab";
