// The client: its options, and the way into everything else.
import { type AnthropicClient, optionsOf } from "./anthropic.js";
import { Batches } from "./batches.js";
import * as causes from "./cause-errors.js";
import { environment, isBrowser } from "./env.js";
import * as errors from "./errors.js";
import { BatchwiseError, InvalidRequestsError } from "./errors.js";
import { fromFault } from "./fault.js";
import type { Engine } from "./instance.js";
import { Job, type ResumeOptions, type SubmitOptions } from "./job.js";
import type { Snapshot } from "./job-types.js";
import { beginIn, takeUpFrom } from "./kept.js";
import { Plan, type PlanOptions, planOf } from "./plan.js";
import type { Source } from "./source.js";
import { engine } from "./start.js";
import type * as api from "./types.js";
import type { Client } from "./wasm/batchwise_bg.js";

/** Options of the client. */
export interface ClientOptions {
  /** Sent as `x-api-key`. Default: ANTHROPIC_API_KEY, where the runtime has an environment and no token is given. */
  apiKey?: string | null | undefined;
  /** Sent as Bearer. Default: ANTHROPIC_AUTH_TOKEN, where there is no key. */
  authToken?: string | null | undefined;
  /** Default: ANTHROPIC_BASE_URL, else https://api.anthropic.com. Must be https, or http on this machine. */
  baseURL?: string | null | undefined;
  /** Sent as `anthropic-version`. Default 2026-10-21. */
  apiVersion?: string | undefined;
  /** Sent as `anthropic-beta` with every call. */
  betas?: readonly string[] | undefined;
  /** Default: that of the runtime. */
  fetch?: typeof fetch | undefined;
  /** Sent with every call. */
  defaultHeaders?: Record<string, string | null | undefined> | undefined;
  /**
   * How often a call that does no harm twice is repeated. Default 2. A create never is. While nothing succeeds, all
   * calls of a client together are repeated some twenty times and no more.
   */
  maxRetries?: number | undefined;
  /** To the headers of a response. Default 600,000. */
  timeoutMs?: number | undefined;
  /** The same as `timeoutMs`, under the official SDK's name. */
  timeout?: number | undefined;
  /** Between two chunks of a body. Default 60,000. */
  idleTimeoutMs?: number | undefined;
  /** In a page, whoever looks can read the key. Set this only where that is no harm. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** What can be set where a client of the official SDK does the calls. */
export type BorrowedOptions = Omit<
  ClientOptions,
  "apiKey" | "authToken" | "baseURL" | "fetch" | "dangerouslyAllowBrowser"
>;

/** The way to the Message Batches API. The key lies in the engine: printing or serialising a client shows nothing of it. */
export class Batchwise {
  // Where the official SDK's class has its errors, too.
  static readonly AnthropicError: typeof errors.BatchwiseError = errors.BatchwiseError;
  static readonly APIConnectionError: typeof errors.APIConnectionError = errors.APIConnectionError;
  static readonly APIConnectionTimeoutError: typeof errors.APIConnectionTimeoutError = errors.APIConnectionTimeoutError;
  static readonly APIError: typeof errors.APIError = errors.APIError;
  static readonly APIUserAbortError: typeof errors.APIUserAbortError = errors.APIUserAbortError;
  static readonly AuthenticationError: typeof errors.AuthenticationError = errors.AuthenticationError;
  static readonly BadRequestError: typeof errors.BadRequestError = errors.BadRequestError;
  static readonly ClientClosedRequestError: typeof errors.ClientClosedRequestError = errors.ClientClosedRequestError;
  static readonly ClaudeCodeKeyCreatorNotMemberError: typeof causes.ClaudeCodeKeyCreatorNotMemberError =
    causes.ClaudeCodeKeyCreatorNotMemberError;
  static readonly CMEKKeyDisabledError: typeof causes.CMEKKeyDisabledError = causes.CMEKKeyDisabledError;
  static readonly EnforcedSpendLimitReachedError: typeof causes.EnforcedSpendLimitReachedError =
    causes.EnforcedSpendLimitReachedError;
  static readonly OrganizationOnHoldError: typeof causes.OrganizationOnHoldError = causes.OrganizationOnHoldError;
  static readonly ConflictError: typeof errors.ConflictError = errors.ConflictError;
  static readonly ContentTooLargeError: typeof errors.ContentTooLargeError = errors.ContentTooLargeError;
  static readonly GatewayTimeoutError: typeof errors.GatewayTimeoutError = errors.GatewayTimeoutError;
  static readonly InternalServerError: typeof errors.InternalServerError = errors.InternalServerError;
  static readonly NotFoundError: typeof errors.NotFoundError = errors.NotFoundError;
  static readonly NotImplementedError: typeof errors.NotImplementedError = errors.NotImplementedError;
  static readonly OverloadedError: typeof errors.OverloadedError = errors.OverloadedError;
  static readonly PaymentRequiredError: typeof errors.PaymentRequiredError = errors.PaymentRequiredError;
  static readonly PermissionDeniedError: typeof errors.PermissionDeniedError = errors.PermissionDeniedError;
  static readonly PreconditionFailedError: typeof errors.PreconditionFailedError = errors.PreconditionFailedError;
  static readonly RateLimitError: typeof errors.RateLimitError = errors.RateLimitError;
  static readonly RequestHeaderFieldsTooLargeError: typeof errors.RequestHeaderFieldsTooLargeError =
    errors.RequestHeaderFieldsTooLargeError;
  static readonly RequestTimeoutError: typeof errors.RequestTimeoutError = errors.RequestTimeoutError;
  static readonly ServiceUnavailableError: typeof errors.ServiceUnavailableError = errors.ServiceUnavailableError;
  static readonly UnprocessableEntityError: typeof errors.UnprocessableEntityError = errors.UnprocessableEntityError;

  /**
   * A client that calls by way of a client of the official SDK: with its address, credentials, headers, middleware and
   * `fetch`. `options` outrank what it says. Repetitions are this package's: a create is sent once.
   */
  static from(client: AnthropicClient, options: BorrowedOptions = {}): Batchwise {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return new Batchwise({ ...optionsOf(client, options.apiVersion !== undefined), ...Object.fromEntries(given) });
  }

  /** The endpoints, as the official SDK has them. */
  readonly messages: { readonly batches: Batches };
  /** Where it was made, and with which it dies. */
  readonly #home: Engine;
  readonly #engine: Client;
  /** What requests are checked against when a plan does not say. */
  readonly #terms: Pick<PlanOptions, "apiVersion" | "betas">;

  /** Checks the options; sends nothing. Without a key, planning works and calls fail. */
  constructor(options: ClientOptions = {}) {
    if (isBrowser() && !options.dangerouslyAllowBrowser) {
      throw new BatchwiseError(
        "misuse/option",
        "this is a browser, where anybody who looks can read the key: put the key on a server of yours, name it as baseURL, or set dangerouslyAllowBrowser where that is no harm",
      );
    }
    this.#home = engine();
    try {
      this.#engine = new this.#home.classes.Client(complete(options));
    } catch (error) {
      throw fromFault(error);
    }
    this.#terms = { apiVersion: options.apiVersion, betas: options.betas };
    this.messages = Object.freeze({ batches: new Batches(this.#engine) });
  }

  /** Checks, prices and cuts requests into parts; no network call is made. Rejects with `InvalidRequestsError`. */
  plan<Id extends string = string>(source: Source<Id>, options?: PlanOptions): Promise<Plan<Id>> {
    const { apiVersion, betas } = this.#terms;
    return planOf(source, {
      ...options,
      apiVersion: options?.apiVersion ?? apiVersion,
      betas: options?.betas ?? betas,
    });
  }

  /**
   * Sends requests and sees them through: checked, cut into parts, created once each, waited for, read, retried where
   * that helps. Resolves as soon as the job runs; rejects where nothing was sent, with `InvalidRequestsError`,
   * `SpendLimitError` or a coded error. Nothing is paid twice while a batch that was accepted shows in the API's list
   * within `settleMs`, and while one process at a time drives the job.
   */
  async submit<Id extends string = string>(
    source: Source<Id> | Plan<Id>,
    options: SubmitOptions = {},
  ): Promise<Job<Id>> {
    const plan = await this.#planned(source, options);
    try {
      if (options.store) return (await beginIn(options.store, this.#engine, plan, options)) as Job<Id>;
      return new Job(this.#engine, plan, options);
    } finally {
      // The job holds what it needs.
      if (plan !== source) plan.dispose();
    }
  }

  /**
   * Takes a job up again: one that lives in `options.store` by its name, any by its snapshot. `source` is the input it was
   * begun with: ids and bodies come from it, and a digest proves that it is the same. Nothing that was sent is sent again;
   * rows that were taken before do not come again. Rejects with `StoreConflictError` while another owner holds the job.
   */
  async resume(ref: string | Snapshot, options: ResumeOptions): Promise<Job> {
    const { store } = options;
    if (typeof ref === "string") {
      if (!store) throw new BatchwiseError("misuse/option", "a job is taken up by its name from a store: name it, too");
      return takeUpFrom(store, ref, this.#engine, options, (merged) => this.#planned(merged.source, merged));
    }
    // Without one this would be a new job, and pay again.
    if (typeof ref !== "object" || ref === null) {
      throw new BatchwiseError("store/snapshot", `a snapshot is needed to take a job up again, not ${typeof ref}`);
    }
    const ids = typeof ref["nonce"] === "string" ? "nonce" : "verbatim";
    const dedupe = Number(ref["merged"] ?? 0) > 0;
    const plan = await this.#planned(options.source, { ...options, ids, dedupe });
    try {
      if (store) return await beginIn(store, this.#engine, plan, options, ref);
      return new Job(this.#engine, plan, options, { saved: ref });
    } finally {
      if (plan !== options.source) plan.dispose();
    }
  }

  async #planned(source: Source | Plan, options: SubmitOptions): Promise<Plan> {
    this.#home.assertAlive();
    const plan = source instanceof Plan ? source : await this.plan(source, options);
    const ids = plan.handle.makesIds ? "nonce" : "verbatim";
    if (options.ids !== undefined && options.ids !== ids) {
      throw new BatchwiseError(
        "misuse/option",
        `the plan was made with ids "${ids}": plan again with "${options.ids}"`,
      );
    }
    const { dedupes } = plan.handle;
    if (options.dedupe ? !dedupes : options.dedupe === false && plan.merged > 0) {
      throw new BatchwiseError(
        "misuse/option",
        `the plan was made with dedupe ${dedupes}: plan again with ${!dedupes}`,
      );
    }
    const errors = plan.violations.filter((violation) => violation.severity === "error");
    const [first] = errors;
    if (first && (options.validate ?? "strict") === "strict") {
      throw new InvalidRequestsError(first.message, plan.violations);
    }
    return plan;
  }
}

/** Types under the names that they have in the official SDK: `Anthropic.Messages.MessageBatch` and so on. */
export declare namespace Batchwise {
  export namespace Messages {
    export type BatchCreateParams = api.BatchCreateParams;
    export namespace BatchCreateParams {
      export type Request = api.BatchRequest;
    }
    export type BatchListParams = api.BatchListParams;
    export type DeletedMessageBatch = api.DeletedMessageBatch;
    export type Message = api.Message;
    export type MessageBatch = api.MessageBatch;
    export type MessageBatchCanceledResult = api.MessageBatchCanceledResult;
    export type MessageBatchErroredResult = api.MessageBatchErroredResult;
    export type MessageBatchExpiredResult = api.MessageBatchExpiredResult;
    export type MessageBatchIndividualResponse = api.MessageBatchIndividualResponse;
    export type MessageBatchRequestCounts = api.MessageBatchRequestCounts;
    export type MessageBatchResult = api.MessageBatchResult;
    export type MessageBatchSucceededResult = api.MessageBatchSucceededResult;
    export type MessageParam = api.MessageParam;
    export type Usage = api.Usage;
    export namespace Batches {
      export type BatchCreateParams = api.BatchCreateParams;
      export namespace BatchCreateParams {
        export type Request = api.BatchRequest;
      }
      export type BatchListParams = api.BatchListParams;
      export type DeletedMessageBatch = api.DeletedMessageBatch;
      export type MessageBatch = api.MessageBatch;
      export type MessageBatchIndividualResponse = api.MessageBatchIndividualResponse;
      export type MessageBatchResult = api.MessageBatchResult;
    }
  }
}

/** The options with what the environment says where they are silent. */
function complete(options: ClientOptions): object {
  const { apiKey, authToken, baseURL } = options;
  // A credential that was passed must not be outranked by one that happens to lie around.
  const passed = Boolean(apiKey ?? authToken);
  const key = apiKey === undefined && !passed ? environment("ANTHROPIC_API_KEY") : apiKey;
  const token = authToken === undefined && !key && !passed ? environment("ANTHROPIC_AUTH_TOKEN") : authToken;
  return {
    ...options,
    timeoutMs: options.timeoutMs ?? options.timeout,
    apiKey: key,
    authToken: token,
    baseURL: absolute(baseURL ?? environment("ANTHROPIC_BASE_URL")),
  };
}

/** In a page, `/api` means a relay on the page's own server. */
function absolute(baseURL: string | undefined): string | undefined {
  const here = (globalThis as { location?: { href?: string } }).location?.href;
  return here && baseURL?.startsWith("/") ? new URL(baseURL, here).href : baseURL;
}
