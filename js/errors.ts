// Errors as callers catch them: one base with a literal `code`, and the official SDK's names for what the API refuses.
import type { ErrorCode } from "./generated.js";
import type { ErrorType } from "./types.js";

/** Where something went wrong. Lines and attempts count from 1, the rest from 0. */
export interface ErrorPlace {
  readonly part?: number;
  readonly line?: number;
  readonly offset?: number;
  readonly attempt?: number;
  readonly customId?: string;
}

/** What is known besides code and message. */
export interface ErrorDetails {
  readonly cause?: unknown;
  readonly at?: ErrorPlace;
}

/** The base of every error of this package. `code` is stable; the message is for people and may change. */
export class BatchwiseError extends Error {
  readonly code: ErrorCode;
  readonly at: ErrorPlace;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    // Written out, for minifiers rename classes; hidden, for it would be printed twice.
    Object.defineProperty(this, "name", { value: new.target.errorName, configurable: true, writable: true });
    this.code = code;
    this.at = details.at ?? {};
  }

  /** The class's name, also where a bundler has renamed the class. */
  protected static readonly errorName: string = "BatchwiseError";
}

/** What is known of the reply behind an `APIError`. */
export interface ReplyFacts extends ErrorDetails {
  readonly status?: number | undefined;
  readonly type?: ErrorType | null;
  readonly requestId?: string | null;
  readonly errorCode?: string | null;
  readonly headers?: Headers | undefined;
  readonly retryAfterMs?: number | null;
  readonly body?: string | undefined;
}

/** The API refused a call. */
export class APIError extends BatchwiseError {
  /** HTTP status; undefined where no reply came. */
  readonly status: number | undefined;
  /** `error.type` of the body, or what goes with the status; null where no reply came. */
  readonly type: ErrorType | null;
  /** Names the exchange when asking Anthropic for help. */
  readonly requestId: string | null;
  /** Headers of the response, never of the request. */
  readonly headers: Headers | undefined;
  /** `error.message` of the body, for people; null where the body has none. */
  readonly apiMessage: string | null;
  /** `error.details` of the body; its `error_code` names the cause. */
  readonly details: Readonly<Record<string, unknown>> | null;
  /** `error.details.error_code` of the body. */
  readonly errorCode: string | null;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | null;
  /** The body as JSON; undefined where it was none. */
  readonly error: object | undefined;

  constructor(code: ErrorCode, message: string, facts: ReplyFacts = {}) {
    super(code, message, facts);
    this.status = facts.status;
    this.type = facts.type ?? null;
    this.requestId = facts.requestId ?? null;
    this.headers = facts.headers;
    this.errorCode = facts.errorCode ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.error = parsed(facts.body);
    const { message: said, details } = (this.error as ErrorBody | undefined)?.error ?? {};
    this.apiMessage = typeof said === "string" ? said : null;
    this.details = typeof details === "object" ? (details as Readonly<Record<string, unknown>> | null) : null;
  }

  /** The same as `requestId`, under the official SDK's name. */
  get requestID(): string | null {
    return this.requestId;
  }

  /** The workspace that answered. */
  get workspaceID(): string | null {
    return this.headers?.get("anthropic-workspace-id") ?? null;
  }

  protected static override readonly errorName: string = "APIError";
}

/** 400. */
export class BadRequestError extends APIError {
  protected static override readonly errorName: string = "BadRequestError";
}

/** 401: the key is wrong or revoked. */
export class AuthenticationError extends APIError {
  protected static override readonly errorName: string = "AuthenticationError";
}

/** 402: billing has to be seen to. */
export class PaymentRequiredError extends APIError {
  protected static override readonly errorName: string = "PaymentRequiredError";
}

/** 403. */
export class PermissionDeniedError extends APIError {
  protected static override readonly errorName: string = "PermissionDeniedError";
}

/** 404: no such batch, or none in this workspace. */
export class NotFoundError extends APIError {
  protected static override readonly errorName: string = "NotFoundError";
}

/** 408. */
export class RequestTimeoutError extends APIError {
  protected static override readonly errorName: string = "RequestTimeoutError";
}

/** 409. */
export class ConflictError extends APIError {
  protected static override readonly errorName: string = "ConflictError";
}

/** 412. */
export class PreconditionFailedError extends APIError {
  protected static override readonly errorName: string = "PreconditionFailedError";
}

/** 413: the body is too large. */
export class ContentTooLargeError extends APIError {
  protected static override readonly errorName: string = "ContentTooLargeError";
}

/** 422. */
export class UnprocessableEntityError extends APIError {
  protected static override readonly errorName: string = "UnprocessableEntityError";
}

/** 429. */
export class RateLimitError extends APIError {
  protected static override readonly errorName: string = "RateLimitError";
}

/** 431. */
export class RequestHeaderFieldsTooLargeError extends APIError {
  protected static override readonly errorName: string = "RequestHeaderFieldsTooLargeError";
}

/** 499. */
export class ClientClosedRequestError extends APIError {
  protected static override readonly errorName: string = "ClientClosedRequestError";
}

/** 5xx. */
export class InternalServerError extends APIError {
  protected static override readonly errorName: string = "InternalServerError";
}

/** 501. */
export class NotImplementedError extends InternalServerError {
  protected static override readonly errorName: string = "NotImplementedError";
}

/** 503. */
export class ServiceUnavailableError extends InternalServerError {
  protected static override readonly errorName: string = "ServiceUnavailableError";
}

/** 504. */
export class GatewayTimeoutError extends InternalServerError {
  protected static override readonly errorName: string = "GatewayTimeoutError";
}

/** 529: the API is overloaded. */
export class OverloadedError extends InternalServerError {
  protected static override readonly errorName: string = "OverloadedError";
}

/** No reply: the connection could not be made, or broke. */
export class APIConnectionError extends APIError {
  protected static override readonly errorName: string = "APIConnectionError";
}

/** No reply in the time allowed, or a body that went silent. */
export class APIConnectionTimeoutError extends APIConnectionError {
  protected static override readonly errorName: string = "APIConnectionTimeoutError";
}

/** The caller's signal ended the call; `cause` is its reason. */
export class APIUserAbortError extends APIError {
  protected static override readonly errorName: string = "APIUserAbortError";
}

/** Requests have problems; nothing was sent. */
export class InvalidRequestsError<V = unknown> extends BatchwiseError {
  /** What is wrong, request by request. */
  readonly violations: readonly V[];

  constructor(message: string, violations: readonly V[], code: ErrorCode = "data/invalid") {
    super(code, message);
    this.violations = violations;
  }

  protected static override readonly errorName: string = "InvalidRequestsError";
}

/** The estimated cost is above the caller's own limit; nothing was sent. The API's limits are `APIError`s. */
export class SpendLimitError extends BatchwiseError {
  protected static override readonly errorName: string = "SpendLimitError";
}

/**
 * A create was sent and nobody knows whether the API took it. A job ends so only with `onAmbiguousCreate: "fail"`; it goes
 * on when it is resumed with `"wait"`, which searches the list until it knows, or with `"resubmit"`, which sends again and
 * is right where the Console shows no such batch. Behind a create made by hand nothing was searched: `list()` shows the
 * newest batches, and `request_counts` and `created_at` tell whether one of them is it.
 */
export class AmbiguousCreateError extends BatchwiseError {
  /** Index of the part, where a job sent it. */
  readonly part: number | null = null;
  /** When it left, in milliseconds since 1970 by our clock; null where that was in an earlier life of the job. */
  readonly sentAt: number | null = null;
  /** The newest batch that the list showed just before; null where it showed none. */
  readonly mark: string | null = null;
  /** Names of the exchange, where it was answered, when asking Anthropic for help. */
  readonly requestIds: readonly string[] = [];
  /** Batches that may be the one that was sent, newest first. */
  readonly candidates: readonly string[] = [];

  protected static override readonly errorName: string = "AmbiguousCreateError";
}

/** The batch has no results: it has not ended, or they are archived or deleted. */
export class ResultsUnavailableError extends BatchwiseError {
  protected static override readonly errorName: string = "ResultsUnavailableError";
}

/** The results ended before every request was accounted for. */
export class TruncatedResultsError extends BatchwiseError {
  protected static override readonly errorName: string = "TruncatedResultsError";
}

/** The store failed, or what lies in it cannot be used. Nothing was sent on its account; `cause` is its own error. */
export class StoreError extends BatchwiseError {
  protected static override readonly errorName: string = "StoreError";
}

/** Somebody else owns this job: nothing was sent, or nothing more is. */
export class StoreConflictError extends StoreError {
  /** The other owner's name; null where he took the job over while this one ran. */
  readonly owner: string | null;
  /** Until when he holds it unless he renews that, in milliseconds since 1970. */
  readonly until: number | null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { owner?: string; until?: number } = {}) {
    super(code, message, details);
    this.owner = details.owner ?? null;
    this.until = details.until ?? null;
  }

  protected static override readonly errorName: string = "StoreConflictError";
}

interface ErrorBody {
  readonly error?: { readonly message?: unknown; readonly details?: unknown };
}

function parsed(body: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(body ?? "null");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
