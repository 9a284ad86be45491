// The API's own objects, in its own words. Structurally the same as those of `@anthropic-ai/sdk`, so that values of
// either may be used with the other; tests/types holds them together. Enums are those known today: the API may add
// values, and values it adds pass through at run time.
import type { Message } from "./message.js";
import type { MessageParams, OpenParams } from "./params.js";

export type * from "./message.js";
export type * from "./params.js";

/** A batch, as the API describes it. */
export interface MessageBatch {
  /** Its name; the format may change. */
  id: string;
  type: "message_batch";
  processing_status: "in_progress" | "canceling" | "ended";
  request_counts: MessageBatchRequestCounts;
  /** RFC 3339, as are all times here. */
  created_at: string;
  /** When what has not run expires: 24 hours after `created_at`. */
  expires_at: string;
  /** When every request had succeeded, errored, been canceled or expired; null before. */
  ended_at: string | null;
  /** When somebody asked for its end. */
  cancel_initiated_at: string | null;
  /** When its results became unavailable. */
  archived_at: string | null;
  /** Where the API says the results are. This package never follows it. */
  results_url: string | null;
}

/** How many requests are in which state. Until the batch ends, all of them count as `processing`. */
export interface MessageBatchRequestCounts {
  processing: number;
  succeeded: number;
  errored: number;
  canceled: number;
  expired: number;
}

/** What is left of a batch that was deleted. */
export interface DeletedMessageBatch {
  id: string;
  type: "message_batch_deleted";
}

/** One line of a results file. Lines come in any order: match them by `custom_id`. */
export interface MessageBatchIndividualResponse<Id extends string = string> {
  custom_id: Id;
  result: MessageBatchResult;
}

/** What became of one request. */
export type MessageBatchResult =
  | MessageBatchSucceededResult
  | MessageBatchErroredResult
  | MessageBatchCanceledResult
  | MessageBatchExpiredResult;

/** A message was made. Its `stop_reason` may still say that it is not what was wanted. */
export interface MessageBatchSucceededResult {
  type: "succeeded";
  message: Message;
}

/** It failed and was not billed. The error's type is at `error.error.type`. */
export interface MessageBatchErroredResult {
  type: "errored";
  error: ErrorResponse;
}

/** The batch was canceled before it ran. */
export interface MessageBatchCanceledResult {
  type: "canceled";
}

/** The batch's 24 hours were over before it ran. */
export interface MessageBatchExpiredResult {
  type: "expired";
}

/** The API's envelope around an error. */
export interface ErrorResponse {
  type: "error";
  error: ErrorObject;
  request_id: string | null;
}

/** The types of error a row can have. */
export type RowErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "rate_limit_error"
  | "timeout_error"
  | "api_error"
  | "overloaded_error";

/** The types of error an API call can have. */
export type ErrorType =
  | RowErrorType
  | "conflict_error"
  | "request_too_large"
  | "memory_precondition_failed_error"
  | "memory_path_conflict_error"
  | (string & {});

/** An error, as the API describes it. Branch on `type`; the words of `message` may change. */
export interface ErrorObject {
  type: RowErrorType;
  message: string;
}

/** One request of a batch. */
export interface BatchRequest<Id extends string = string> {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`, unique in its batch. */
  custom_id: Id;
  params: MessageParams;
}

/** A request that may say what these types do not know (yet). */
export interface OpenRequest<Id extends string = string> {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`, unique in its batch. */
  custom_id: Id;
  params: OpenParams;
}

/** The body of a create call. */
export interface BatchCreateParams {
  requests: BatchRequest[];
  /** Sent as a header, as the official SDK does. */
  user_profile_id?: string;
  /** Sent as a header, as the official SDK does. */
  workspace_id?: string;
}

/** The query of a list call. */
export interface BatchListParams {
  /** Items in a page, 1 to 1000; 20 when not given. */
  limit?: number;
  /** Read what is older than this batch. */
  after_id?: string;
  /** Read what is newer than this batch. */
  before_id?: string;
  /** Sent as a header, as the official SDK does. */
  workspace_id?: string;
}
