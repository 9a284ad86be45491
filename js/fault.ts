// From what the engine throws to what callers catch.
import { BY_CAUSE } from "./cause-errors.js";
import {
  AmbiguousCreateError,
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  BatchwiseError,
  ClientClosedRequestError,
  ConflictError,
  ContentTooLargeError,
  type ErrorPlace,
  GatewayTimeoutError,
  InternalServerError,
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
import type { ErrorCode } from "./generated.js";

/** An error as the engine hands it out. */
interface Fault extends Error {
  readonly code: ErrorCode;
  readonly at?: ErrorPlace;
  readonly status?: number;
  readonly type?: string;
  readonly requestId?: string;
  readonly errorCode?: string;
  readonly headers?: [string, string][];
  readonly retryAfterMs?: number;
  readonly body?: string;
}

const OWN = {
  "spend/guard": SpendLimitError,
  "send/unknown": AmbiguousCreateError,
  "results/gone": ResultsUnavailableError,
  "results/truncated": TruncatedResultsError,
  "store/failed": StoreError,
  "store/conflict": StoreConflictError,
  "store/damaged": StoreError,
  "store/newer": StoreError,
  "store/exists": StoreError,
  "store/missing": StoreError,
  "net/connection": APIConnectionError,
  "net/timeout": APIConnectionTimeoutError,
  "net/idle": APIConnectionTimeoutError,
  "abort/user": APIUserAbortError,
} as const;

const BY_STATUS: Readonly<Record<number, typeof APIError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: PaymentRequiredError,
  403: PermissionDeniedError,
  404: NotFoundError,
  408: RequestTimeoutError,
  409: ConflictError,
  412: PreconditionFailedError,
  413: ContentTooLargeError,
  422: UnprocessableEntityError,
  429: RateLimitError,
  431: RequestHeaderFieldsTooLargeError,
  499: ClientClosedRequestError,
  501: NotImplementedError,
  503: ServiceUnavailableError,
  504: GatewayTimeoutError,
  529: OverloadedError,
};

/**
 * The error that `thrown` means, an `Error` of the engine's or anything else. Errors of this package pass unchanged.
 * `signal` is the caller's: its reason becomes the cause of an abort.
 */
export function fromFault(thrown: unknown, signal?: AbortSignal | null): BatchwiseError {
  if (thrown instanceof BatchwiseError) return thrown;
  if (!isFault(thrown)) {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    return new BatchwiseError("internal/bug", `something broke inside batchwise: ${words}`, { cause: thrown });
  }
  const facts: ReplyFacts = {
    ...thrown,
    headers: thrown.headers ? new Headers(thrown.headers) : undefined,
    ...(thrown.code === "abort/user" && signal?.aborted ? { cause: signal.reason } : {}),
  };
  return new (classOf(thrown))(thrown.code, thrown.message, facts);
}

function classOf(fault: Fault): new (code: ErrorCode, message: string, facts: ReplyFacts) => BatchwiseError {
  if (fault.code in OWN) return OWN[fault.code as keyof typeof OWN];
  const { status } = fault;
  if (status === undefined || fault.code === "api/unexpected" || fault.code === "api/redirect") return BatchwiseError;
  if (status >= 600) return APIError;
  const cause = BY_CAUSE[`${status} ${fault.errorCode}`];
  if (cause) return cause;
  return BY_STATUS[status] ?? (status >= 500 ? InternalServerError : APIError);
}

function isFault(thrown: unknown): thrown is Fault {
  return thrown instanceof Error && typeof (thrown as Partial<Fault>).code === "string" && "at" in thrown;
}
