// A message, as the API answers it: the same shapes as the official SDK's, in the order of its `content`. Fields that
// the SDK calls required are often absent on the wire; read them with care.

/** A message made by a model. */
export interface Message {
  id: string;
  type: "message";
  role: "assistant";
  /** The model that ran, aliases resolved. */
  model: string;
  /** May be empty, for example after a refusal. Types the API adds later pass through. */
  content: ContentBlock[];
  stop_reason: StopReason | null;
  stop_sequence: string | null;
  stop_details: RefusalDetails | null;
  container: Container | null;
  diagnostics: { cache_miss_reason: CacheMissReason | null } | null;
  usage: Usage;
}

/** Why a message ended. Only `end_turn` and `stop_sequence` are ordinary ends. */
export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "tool_use"
  | "pause_turn"
  | "refusal"
  | "model_context_window_exceeded";

/** Why a model declined. */
export interface RefusalDetails {
  type: "refusal";
  category: "cyber" | "bio" | "frontier_llm" | "reasoning_extraction" | "general_harms" | null;
  explanation: string | null;
}

/** The container that code ran in. */
export interface Container {
  id: string;
  expires_at: string;
  skills: { skill_id: string; type: "anthropic" | "custom"; version: string }[] | null;
}

/** Why a cached prefix was not used. */
export type CacheMissReason =
  | {
      type: "model_changed" | "system_changed" | "tools_changed" | "messages_changed";
      cache_missed_input_tokens: number;
    }
  | { type: "previous_message_not_found" | "unavailable" };

/** What a message used. The API states tokens, never prices. */
export interface Usage {
  /** Input that was neither written to a cache nor read from one. */
  input_tokens: number;
  /** Thinking included. */
  output_tokens: number;
  cache_creation_input_tokens: number | null;
  cache_read_input_tokens: number | null;
  /** The writes by the age of the cache; each has its price. */
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number } | null;
  output_tokens_details: { thinking_tokens: number } | null;
  server_tool_use: { web_search_requests: number; web_fetch_requests: number } | null;
  /** `batch` in the rows of a batch. */
  service_tier: "standard" | "priority" | "batch" | null;
  /** `us` costs more. */
  inference_geo: string | null;
  speed: "standard" | "fast" | null;
}

/** One block of a message. */
export type ContentBlock =
  | TextBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ServerToolUseBlock
  | WebSearchToolResultBlock
  | WebFetchToolResultBlock
  | CodeExecutionToolResultBlock
  | BashCodeExecutionToolResultBlock
  | TextEditorCodeExecutionToolResultBlock
  | ToolSearchToolResultBlock
  | ContainerUploadBlock;

/** Words. */
export interface TextBlock {
  type: "text";
  text: string;
  citations: TextCitation[] | null;
}

/** Where words come from. */
export type TextCitation = CitationOf<DocumentPlace>;

/** Where words come from, with what is told of a document. */
export type CitationOf<Place> =
  | (Place & { type: "char_location"; start_char_index: number; end_char_index: number })
  | (Place & { type: "page_location"; start_page_number: number; end_page_number: number })
  | (Place & { type: "content_block_location"; start_block_index: number; end_block_index: number })
  | {
      type: "web_search_result_location";
      cited_text: string;
      encrypted_index: string;
      title: string | null;
      url: string;
    }
  | {
      type: "search_result_location";
      cited_text: string;
      search_result_index: number;
      source: string;
      title: string | null;
      start_block_index: number;
      end_block_index: number;
    };

/** A place in a document of the request. */
export interface DocumentPlace {
  cited_text: string;
  document_index: number;
  document_title: string | null;
  file_id: string | null;
}

/** Thinking, to be sent back unchanged. */
export interface ThinkingBlock {
  type: "thinking";
  thinking: string;
  signature: string;
}

/** Thinking that is not shown. */
export interface RedactedThinkingBlock {
  type: "redacted_thinking";
  data: string;
}

/** Who called a tool: the model, or code that it ran. */
export type ToolCaller =
  | { type: "direct" }
  | { type: "code_execution_20250825"; tool_id: string }
  | { type: "code_execution_20260120"; tool_id: string };

/** A tool of the caller's that the model wants to use. */
export interface ToolUseBlock {
  type: "tool_use";
  id: string;
  name: string;
  input: unknown;
  caller: ToolCaller;
  toolset_name?: string | null;
}

/** A tool of the API's that the model used. */
export interface ServerToolUseBlock {
  type: "server_tool_use";
  id: string;
  name:
    | "web_search"
    | "web_fetch"
    | "code_execution"
    | "bash_code_execution"
    | "text_editor_code_execution"
    | "tool_search_tool_regex"
    | "tool_search_tool_bm25";
  input: unknown;
  caller: ToolCaller;
}

type Busy = "invalid_tool_input" | "unavailable" | "too_many_requests";
type Slow = Busy | "execution_time_exceeded";

/** What a web search found, or why it did not. */
export interface WebSearchToolResultBlock {
  type: "web_search_tool_result";
  tool_use_id: string;
  caller: ToolCaller;
  content:
    | {
        type: "web_search_tool_result_error";
        error_code: Busy | "max_uses_exceeded" | "query_too_long" | "request_too_large";
      }
    | { type: "web_search_result"; url: string; title: string; encrypted_content: string; page_age: string | null }[];
}

/** What a web fetch brought, or why it did not. */
export interface WebFetchToolResultBlock {
  type: "web_fetch_tool_result";
  tool_use_id: string;
  caller: ToolCaller;
  content:
    | {
        type: "web_fetch_tool_result_error";
        error_code:
          | Busy
          | "url_too_long"
          | "url_not_allowed"
          | "url_not_in_prior_context"
          | "url_not_accessible"
          | "unsupported_content_type"
          | "max_uses_exceeded"
          | "content_too_large";
      }
    | { type: "web_fetch_result"; url: string; retrieved_at: string | null; content: DocumentBlock };
}

/** A document that was fetched. */
export interface DocumentBlock {
  type: "document";
  title: string | null;
  citations: { enabled: boolean } | null;
  source:
    | { type: "base64"; media_type: "application/pdf"; data: string }
    | { type: "text"; media_type: "text/plain"; data: string };
}

/** What code printed and made. */
export interface CodeExecutionToolResultBlock {
  type: "code_execution_tool_result";
  tool_use_id: string;
  content:
    | { type: "code_execution_tool_result_error"; error_code: Slow }
    | { type: "code_execution_result"; stdout: string; stderr: string; return_code: number; content: CodeOutput[] }
    | {
        type: "encrypted_code_execution_result";
        encrypted_stdout: string;
        stderr: string;
        return_code: number;
        content: CodeOutput[];
      };
}

/** A file that code made. */
export interface CodeOutput {
  type: "code_execution_output";
  file_id: string;
}

/** What a shell printed and made. */
export interface BashCodeExecutionToolResultBlock {
  type: "bash_code_execution_tool_result";
  tool_use_id: string;
  content:
    | { type: "bash_code_execution_tool_result_error"; error_code: Slow | "output_file_too_large" }
    | {
        type: "bash_code_execution_result";
        stdout: string;
        stderr: string;
        return_code: number;
        content: { type: "bash_code_execution_output"; file_id: string }[];
      };
}

/** What an edit did. */
export interface TextEditorCodeExecutionToolResultBlock {
  type: "text_editor_code_execution_tool_result";
  tool_use_id: string;
  content:
    | {
        type: "text_editor_code_execution_tool_result_error";
        error_code: Slow | "file_not_found";
        error_message: string | null;
      }
    | {
        type: "text_editor_code_execution_view_result";
        content: string;
        file_type: "text" | "image" | "pdf";
        num_lines: number | null;
        start_line: number | null;
        total_lines: number | null;
      }
    | { type: "text_editor_code_execution_create_result"; is_file_update: boolean }
    | {
        type: "text_editor_code_execution_str_replace_result";
        lines: string[] | null;
        new_lines: number | null;
        new_start: number | null;
        old_lines: number | null;
        old_start: number | null;
      };
}

/** Which tools a search found. */
export interface ToolSearchToolResultBlock {
  type: "tool_search_tool_result";
  tool_use_id: string;
  content:
    | { type: "tool_search_tool_result_error"; error_code: Slow; error_message: string | null }
    | {
        type: "tool_search_tool_search_result";
        tool_references: { type: "tool_reference"; tool_name: string }[];
      };
}

/** A file put into the container. */
export interface ContainerUploadBlock {
  type: "container_upload";
  file_id: string;
}
