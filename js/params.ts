// What goes to the API: the parameters of a request, by hand. Each may be assigned to and from the official SDK's type of
// the same thing. Which of them a model takes is the API's to judge.
import type {
  BashCodeExecutionToolResultBlock,
  CitationOf,
  CodeExecutionToolResultBlock,
  DocumentPlace,
  ServerToolUseBlock,
  ToolCaller,
  WebFetchToolResultBlock,
  WebSearchToolResultBlock,
} from "./message.js";
import type { Cacheable, CacheControl, ToolUnion } from "./tool-params.js";

export type * from "./tool-params.js";

/** Parameters of one request: those of a Messages create call, without streaming. */
export interface MessageParams {
  model: string;
  /** At least 1 in a batch. */
  max_tokens: number;
  messages: MessageParam[];
  system?: string | TextBlockParam[];
  cache_control?: CacheControl | null;
  container?: string | ContainerParams | null;
  diagnostics?: { previous_message_id?: string | null } | null;
  inference_geo?: string | null;
  metadata?: { user_id?: string | null };
  output_config?: {
    effort?: "low" | "medium" | "high" | "xhigh" | "max" | null;
    format?: { type: "json_schema"; schema: { [key: string]: unknown } } | null;
  };
  service_tier?: "auto" | "standard_only";
  /** Not supported in batches. */
  speed?: "standard" | "fast" | null;
  stop_sequences?: string[];
  /** Only `false`: a batch does not stream. */
  stream?: false;
  /** Only under API version 2023-06-01, as are `top_k` and `top_p`. */
  temperature?: number;
  thinking?: ThinkingConfigParam;
  tool_choice?: ToolChoice;
  tools?: ToolUnion[];
  top_k?: number;
  top_p?: number;
}

/**
 * Parameters with blocks, tools or settings that these types do not know (yet): they go out as they are. Whoever wants the
 * compiler to look at them says `MessageParams`.
 */
export type OpenParams = Omit<
  MessageParams,
  "messages" | "system" | "container" | "thinking" | "tool_choice" | "tools"
> & {
  messages: { role: MessageParam["role"]; content: string | object[] }[];
  system?: string | object[];
  container?: string | object | null;
  thinking?: object;
  tool_choice?: object;
  tools?: object[];
};

/** One turn of a conversation. */
export type MessageParam =
  | { role: "user" | "assistant"; content: string | ContentBlockParam[] }
  | { role: "system"; content: string | TextBlockParam[] };

/** The container that code runs in, and its skills. */
export interface ContainerParams {
  id?: string | null;
  skills?: { skill_id: string; type: "anthropic" | "custom"; version?: string }[] | null;
}

/** How much a model thinks before it answers. */
export type ThinkingConfigParam =
  | { type: "enabled"; budget_tokens: number; display?: "summarized" | "omitted" | null }
  | { type: "adaptive"; display?: "summarized" | "omitted" | null }
  | { type: "disabled" }
  | { type: "between_tools" };

/** Which tool a model has to use. */
export type ToolChoice =
  | { type: "auto" | "any"; disable_parallel_tool_use?: boolean }
  | { type: "tool"; name: string; disable_parallel_tool_use?: boolean }
  | { type: "none" };

/** One block of a turn. */
export type ContentBlockParam =
  | TextBlockParam
  | ImageBlockParam
  | DocumentBlockParam
  | SearchResultBlockParam
  | ThinkingBlockParam
  | ToolUseBlockParam
  | ToolResultBlockParam
  | ServerToolUseBlockParam
  | ServerToolResultBlockParam
  | ContainerUploadBlockParam;

/** Words. */
export interface TextBlockParam extends Cacheable {
  type: "text";
  text: string;
  citations?: TextCitationParam[] | null;
}

/** Where words come from. */
export type TextCitationParam = CitationOf<Omit<DocumentPlace, "file_id">>;

/** A picture. */
export interface ImageBlockParam extends Cacheable {
  type: "image";
  source:
    | { type: "base64"; media_type: "image/jpeg" | "image/png" | "image/gif" | "image/webp"; data: string }
    | { type: "url"; url: string }
    | { type: "file"; file_id: string };
  transformations?: { oversized_image?: "downsize" | "error" } | null;
}

/** A document, as bytes, text, blocks, an address or a file of the API's. */
export interface DocumentBlockParam extends Cacheable {
  type: "document";
  source:
    | { type: "base64"; media_type: "application/pdf"; data: string }
    | { type: "text"; media_type: "text/plain"; data: string }
    | { type: "content"; content: string | (TextBlockParam | ImageBlockParam)[] }
    | { type: "url"; url: string }
    | { type: "file"; file_id: string };
  citations?: { enabled?: boolean } | null;
  context?: string | null;
  title?: string | null;
}

/** Something found by a search of the caller's own. */
export interface SearchResultBlockParam extends Cacheable {
  type: "search_result";
  content: TextBlockParam[];
  source: string;
  title: string;
  citations?: { enabled?: boolean };
}

/** Thinking of an earlier answer, unchanged. */
export type ThinkingBlockParam =
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "redacted_thinking"; data: string };

/** A use of a tool of the caller's, from an earlier answer. */
export interface ToolUseBlockParam extends Cacheable {
  type: "tool_use";
  id: string;
  name: string;
  input: unknown;
  caller?: ToolCaller;
  toolset_name?: string | null;
}

/** What a tool of the caller's said. */
export interface ToolResultBlockParam extends Cacheable {
  type: "tool_result";
  tool_use_id: string;
  content?:
    | string
    | (
        | TextBlockParam
        | ImageBlockParam
        | SearchResultBlockParam
        | DocumentBlockParam
        | ToolReferenceParam
        | BrowserStateBlockParam
      )[];
  is_error?: boolean;
  toolset_name?: string | null;
}

/** A tool that was found. */
export interface ToolReferenceParam extends Cacheable {
  type: "tool_reference";
  tool_name: string;
}

/** The tabs of a browser. */
export interface BrowserStateBlockParam extends Cacheable {
  type: "browser_state";
  tabs: { tab_id: string; title: string; url: string; active?: boolean }[];
  state_changes?:
    | (
        | { type: "tab_opened"; tab_id: string }
        | { type: "download_started"; download_id: string; url: string }
        | {
            type: "download_completed";
            download_id: string;
            url: string;
            path?: string | null;
            size_bytes?: number | null;
          }
        | { type: "download_failed"; download_id: string; url: string; error?: string | null }
      )[]
    | null;
}

/** A use of a tool of the API's, from an earlier answer. */
export interface ServerToolUseBlockParam extends Cacheable {
  type: "server_tool_use";
  id: string;
  name: ServerToolUseBlock["name"];
  input: unknown;
  caller?: ToolCaller;
}

/** A file for the container. */
export interface ContainerUploadBlockParam extends Cacheable {
  type: "container_upload";
  file_id: string;
}

type Slow = Extract<CodeExecutionToolResultBlock["content"], { error_code: string }>["error_code"];

/** What a tool of the API's said, from an earlier answer. */
export type ServerToolResultBlockParam =
  | WebSearchToolResultBlockParam
  | WebFetchToolResultBlockParam
  | (CodeExecutionToolResultBlock & Cacheable)
  | (BashCodeExecutionToolResultBlock & Cacheable)
  | TextEditorToolResultBlockParam
  | ToolSearchToolResultBlockParam;

/** What a web search found, or why it did not. */
export interface WebSearchToolResultBlockParam extends Cacheable {
  type: "web_search_tool_result";
  tool_use_id: string;
  caller?: ToolCaller;
  content:
    | Extract<WebSearchToolResultBlock["content"], { error_code: string }>
    | { type: "web_search_result"; url: string; title: string; encrypted_content: string; page_age?: string | null }[];
}

/** What a web fetch brought, or why it did not. */
export interface WebFetchToolResultBlockParam extends Cacheable {
  type: "web_fetch_tool_result";
  tool_use_id: string;
  caller?: ToolCaller;
  content:
    | Extract<WebFetchToolResultBlock["content"], { error_code: string }>
    | { type: "web_fetch_result"; url: string; content: DocumentBlockParam; retrieved_at?: string | null };
}

/** What an edit did. */
export interface TextEditorToolResultBlockParam extends Cacheable {
  type: "text_editor_code_execution_tool_result";
  tool_use_id: string;
  content:
    | {
        type: "text_editor_code_execution_tool_result_error";
        error_code: Slow | "file_not_found";
        error_message?: string | null;
      }
    | {
        type: "text_editor_code_execution_view_result";
        content: string;
        file_type: "text" | "image" | "pdf";
        num_lines?: number | null;
        start_line?: number | null;
        total_lines?: number | null;
      }
    | { type: "text_editor_code_execution_create_result"; is_file_update: boolean }
    | {
        type: "text_editor_code_execution_str_replace_result";
        lines?: string[] | null;
        new_lines?: number | null;
        new_start?: number | null;
        old_lines?: number | null;
        old_start?: number | null;
      };
}

/** Which tools a search found. */
export interface ToolSearchToolResultBlockParam extends Cacheable {
  type: "tool_search_tool_result";
  tool_use_id: string;
  content:
    | { type: "tool_search_tool_result_error"; error_code: Slow; error_message?: string | null }
    | { type: "tool_search_tool_search_result"; tool_references: ToolReferenceParam[] };
}
