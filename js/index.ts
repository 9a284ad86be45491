/// <reference lib="esnext.disposable" preserve="true" />
// Everything `batchwise` exports, one line per file, sorted. The line above is for programs whose own `lib` is older
// than `Symbol.asyncDispose`.
export type { AnthropicClient, AnthropicRequest } from "./anthropic.js";
export { APIPromise, type WithRequestID, type WithResponse } from "./api-promise.js";
export * from "./batches.js";
export {
  ClaudeCodeKeyCreatorNotMemberError,
  CMEKKeyDisabledError,
  EnforcedSpendLimitReachedError,
  OrganizationOnHoldError,
} from "./cause-errors.js";
export { type CellFacts, CellIndex } from "./cell-index.js";
export { type CellOptions, type Cells, readCells } from "./cells.js";
export * from "./client.js";
export { costOf, usePrices } from "./cost.js";
export {
  AmbiguousCreateError,
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  BatchwiseError,
  BatchwiseError as AnthropicError,
  ClientClosedRequestError,
  ConflictError,
  ContentTooLargeError,
  type ErrorDetails,
  type ErrorPlace,
  GatewayTimeoutError,
  InternalServerError,
  InvalidRequestsError,
  NotFoundError,
  NotImplementedError,
  OverloadedError,
  PaymentRequiredError,
  PermissionDeniedError,
  PreconditionFailedError,
  RateLimitError,
  type ReplyFacts,
  RequestHeaderFieldsTooLargeError,
  RequestTimeoutError,
  ResultsUnavailableError,
  ServiceUnavailableError,
  SpendLimitError,
  StoreConflictError,
  StoreError,
  TruncatedResultsError,
  UnprocessableEntityError,
} from "./errors.js";
export { type FollowOptions, followJob, type JobStanding } from "./follow.js";
export { type ErrorCode, type ModelPrice, PRICES, PRICES_AS_OF, type ViolationCode } from "./generated.js";
export {
  Job,
  type JobResult,
  type ResumeOptions,
  type SubmitOptions,
} from "./job.js";
export type {
  BatchCounts,
  Discrepancy,
  JobEvent,
  JobProgress,
  JobReport,
  Outcomes,
  PaidTwice,
  PartProgress,
  PartState,
  Snapshot,
} from "./job-types.js";
export { Page, PagePromise } from "./page.js";
export {
  type Estimate,
  type EstimateRange,
  type Fix,
  type ModelEstimate,
  Plan,
  type PlanOptions,
  type PlanPart,
  type Violation,
} from "./plan.js";
export { type NameColumn, type ResultColumns, ResultIndex } from "./result-index.js";
export { type BadLine, type OutcomeCounts, ResultStream, type ResultSummary } from "./results.js";
export { ResultBlock, type ResultRow, type RowError, type RowOutcome } from "./row.js";
export type { Source } from "./source.js";
export { memoryStore, type Sink, type SinkRecord, type Store, type SwapStore } from "./store.js";
export { denoKvStore, type Kv, type KvAtomic, type KvEntry } from "./stores/deno-kv.js";
export { durableObjectStore, type ObjectStorage, type ObjectTransaction } from "./stores/durable-object.js";
export { fileStore } from "./stores/file.js";
export { indexedDbStore } from "./stores/indexed-db.js";
export { type TableOptions, type TableRows, TableSource, table } from "./table.js";
export type * from "./types.js";
