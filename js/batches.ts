// The six endpoints and the waiting: what `client.messages.batches` of the official SDK offers, and `wait`.
import { type Answer, APIPromise, answerOf } from "./api-promise.js";
import { Body } from "./body.js";
import { sentOnce } from "./env.js";
import { BatchwiseError, InvalidRequestsError, NotFoundError, ResultsUnavailableError } from "./errors.js";
import { fromFault } from "./fault.js";
import type { ErrorCode } from "./generated.js";
import { halvedPath } from "./halves.js";
import { type PagePromise, pagePromise } from "./page.js";
import type { Violation } from "./plan.js";
import { ResultStream } from "./results.js";
import type {
  BatchCreateParams,
  BatchListParams,
  BatchRequest,
  DeletedMessageBatch,
  MessageBatch,
  OpenRequest,
} from "./types.js";
import type { Client, RawAnswer } from "./wasm/batchwise_bg.js";

/** Options of one call. */
export interface RequestOptions {
  /** Ends the call, not the batch. */
  signal?: AbortSignal | null | undefined;
  /** To the headers of the response; default that of the client. */
  timeoutMs?: number | undefined;
  /** The same as `timeoutMs`, under the official SDK's name. */
  timeout?: number | undefined;
  /** Between two chunks of a body; default that of the client. */
  idleTimeoutMs?: number | undefined;
  /** How often a call that does no harm twice is repeated; default that of the client. A create never is. */
  maxRetries?: number | undefined;
  headers?: Record<string, string | null | undefined> | Headers | [string, string][] | undefined;
}

/** Options of `wait`. */
export interface WaitOptions extends RequestOptions {
  /** Between two looks, never below what the server asks for; default: from 5 seconds up to a minute, by age. */
  pollMs?: number | undefined;
  /** How long to wait at the most; a value as large as `Date.now()` is taken for the point in time. Default: no limit. */
  deadlineMs?: number | undefined;
  /** Told of each look; waited for. */
  onPoll?: ((batch: MessageBatch) => unknown) | undefined;
  /** The clock; default `Date.now`. */
  now?: (() => number) | undefined;
  /** Lets time pass; default the runtime's timers. */
  sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

/** What the official SDK passes besides the id; sent as headers. */
export interface BatchParams {
  workspace_id?: string;
}

type Params = BatchParams | null | undefined;

/** The Message Batches API, a drop-in for `client.messages.batches` of the official SDK. */
export class Batches {
  readonly #engine: Client;

  /** @internal Made by `Batchwise`. */
  constructor(engine: Client) {
    this.#engine = engine;
  }

  /**
   * Makes a batch. Sent once, whatever happens: where no answer comes, an `AmbiguousCreateError` says that nobody knows
   * whether there is a batch now. `submit` of the client finds out. Browsers send calls again by themselves where a kept
   * connection is closed unanswered; only a job looks for what came of that.
   */
  create(
    body: BatchCreateParams | { requests: readonly (BatchRequest | OpenRequest)[] },
    options?: RequestOptions,
  ): APIPromise<MessageBatch> {
    return new APIPromise(this.#created(body as BatchCreateParams, options));
  }

  /** Reads a batch. */
  retrieve(id: string, options?: RequestOptions): APIPromise<MessageBatch>;
  retrieve(id: string, params?: Params, options?: RequestOptions): APIPromise<MessageBatch>;
  retrieve(id: string, ...rest: Rest): APIPromise<MessageBatch> {
    return this.#ofBatch("retrieve", id, rest);
  }

  /** Lists batches, newest first. Await it for a page, or iterate over it for all of them. */
  list(query?: BatchListParams | null, options?: RequestOptions): PagePromise<MessageBatch> {
    const { workspace_id, ...asked } = query ?? {};
    return pagePromise(asked, (page) =>
      this.#guarded({ workspace_id }, options, (o) => this.#engine.call("list", null, page, null, o)),
    );
  }

  /** Asks for the end of a batch; what is in flight still finishes. Results are there once it has ended. */
  cancel(id: string, options?: RequestOptions): APIPromise<MessageBatch>;
  cancel(id: string, params?: Params, options?: RequestOptions): APIPromise<MessageBatch>;
  cancel(id: string, ...rest: Rest): APIPromise<MessageBatch> {
    return this.#ofBatch("cancel", id, rest);
  }

  /** Deletes an ended batch and its results. */
  delete(id: string, options?: RequestOptions): APIPromise<DeletedMessageBatch>;
  delete(id: string, params?: Params, options?: RequestOptions): APIPromise<DeletedMessageBatch>;
  delete(id: string, ...rest: Rest): APIPromise<DeletedMessageBatch> {
    return this.#ofBatch("delete", id, rest);
  }

  /**
   * Opens the results of an ended batch. They are read from the client's own base URL, whatever `results_url` says: the
   * key goes nowhere else.
   */
  results(id: string, options?: RequestOptions): Promise<ResultStream>;
  results(id: string, params?: Params, options?: RequestOptions): Promise<ResultStream>;
  async results(id: string, ...rest: Rest): Promise<ResultStream> {
    const [params, options] = told(rest);
    const batch = await this.retrieve(id, params, options);
    const missing = whyNoResults(batch);
    if (missing) throw new ResultsUnavailableError("results/gone", missing);
    const body = await this.#guarded(params, options, (o) => this.#engine.open_results(id, o)).catch((error) => {
      if (!(error instanceof NotFoundError)) throw error;
      const message = `batch ${id} has ended, but the API has no results for it: ${error.message}`;
      throw new ResultsUnavailableError("results/gone", message, { cause: error });
    });
    return new ResultStream(new Body(body), batch, options?.signal);
  }

  /**
   * Waits until a batch has ended. Looks that fail for a passing reason never end the waiting once the batch has been
   * seen; the signal ends it, and so does the deadline. Neither cancels the batch.
   */
  async wait(id: string, options: WaitOptions = {}): Promise<MessageBatch> {
    const { onPoll, pollMs, deadlineMs, now = Date.now, sleep } = options;
    const limit = deadlineMs !== undefined && deadlineMs > YEARS_MS ? Math.max(0, deadlineMs - now()) : deadlineMs;
    let broken: { error: unknown } | undefined;
    const tell = async (text: string): Promise<void> => {
      try {
        await onPoll?.(JSON.parse(text) as MessageBatch);
      } catch (error) {
        broken = { error };
        throw error;
      }
    };
    const waiting = { pollMs, deadlineMs: limit, now, sleep, onPoll: onPoll && tell };
    try {
      const text = await this.#guarded({}, options, (o) => this.#engine.wait(checked(id), { ...waiting, ...o }));
      return JSON.parse(text) as MessageBatch;
    } catch (error) {
      // What the caller's own function throws is his, not ours.
      throw broken ? broken.error : error;
    }
  }

  async #created(body: BatchCreateParams, options: RequestOptions | undefined): Promise<Answer<MessageBatch>> {
    const { user_profile_id, workspace_id, ...rest } = body;
    const params = { user_profile_id, workspace_id };
    const json = JSON.stringify(rest);
    const halved = halvedPath(json);
    if (halved !== undefined) throw refused(halved, body);
    try {
      return await this.#answer(params, options, (o) => this.#engine.call("create", null, null, sentOnce(json), o));
    } catch (error) {
      if (error instanceof BatchwiseError && DOUBTFUL.has(error.code)) error.message += DOUBT;
      throw error;
    }
  }

  #ofBatch<T extends object>(endpoint: string, id: string, rest: Rest): APIPromise<T> {
    const [params, options] = told(rest);
    return new APIPromise(
      this.#answer<T>(params, options, (o) => this.#engine.call(endpoint, checked(id), null, null, o)),
    );
  }

  async #answer<T extends object>(
    params: HeaderParams,
    options: RequestOptions | undefined,
    work: Work<RawAnswer>,
  ): Promise<Answer<T>> {
    return answerOf(await this.#guarded(params, options, work), (json) => json as T);
  }

  async #guarded<T>(params: HeaderParams, options: RequestOptions | undefined, work: Work<T>): Promise<T> {
    try {
      return await work(plain(params, options ?? {}));
    } catch (error) {
      throw fromFault(error, options?.signal);
    }
  }
}

type Rest = [first?: RequestOptions | Params, second?: RequestOptions];
type HeaderParams = { workspace_id?: string | undefined; user_profile_id?: string | undefined } | null | undefined;
type Work<T> = (options: object) => Promise<T>;

/** Answers after which a create may have taken effect all the same: the server broke, or something in between spoke. */
const DOUBTFUL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["api/5xx", "api/unexpected"]);
const DOUBT = "; a batch may have been made all the same: look at the newest ones of the list before sending it again";

/** Thirty years: longer than any wait, and earlier than any date that a clock shows. */
const YEARS_MS = 1e12;

/** The official SDK puts params between id and options. Their keys tell the one from the other. */
function told([first, second]: Rest): [Params, RequestOptions | undefined] {
  if (second !== undefined) return [first as Params, second];
  if (first && ("workspace_id" in first || "betas" in first)) return [first as Params, undefined];
  return [undefined, (first ?? undefined) as RequestOptions | undefined];
}

/** Options as the engine takes them. */
function plain(params: HeaderParams, options: RequestOptions): object {
  const { signal, timeoutMs, timeout, idleTimeoutMs, maxRetries, headers } = options;
  const given = headers instanceof Headers || Array.isArray(headers) ? [...headers] : Object.entries(headers ?? {});
  if (params?.workspace_id) given.push(["anthropic-workspace-id", params.workspace_id]);
  if (params?.user_profile_id) given.push(["anthropic-user-profile-id", params.user_profile_id]);
  return { signal, timeoutMs: timeoutMs ?? timeout, idleTimeoutMs, maxRetries, headers: given };
}

function checked(id: unknown): string {
  if (typeof id === "string") return id;
  throw new BatchwiseError("misuse/option", `a batch id must be text, and this is ${id === null ? "null" : typeof id}`);
}

/** The API would answer for the whole body, with a byte of it for a place. */
function refused(place: string, body: { requests?: readonly BatchRequest[] }): InvalidRequestsError {
  const [, nth, path = ""] = place.match(/^\/requests\/(\d+)(.*)/) ?? [];
  const message = `half a character at ${place}: the API refuses the whole body over one`;
  const hint = "cut texts at whole characters, or call toWellFormed() on them";
  const violation: Violation = {
    code: "json/surrogate",
    severity: "error",
    custom_id: body.requests?.[Number(nth)]?.custom_id ?? null,
    ...(nth === undefined ? { path: place } : { index: Number(nth), path }),
    message,
    hint,
  };
  return new InvalidRequestsError(`${message}; ${hint}`, [violation]);
}

function whyNoResults(batch: MessageBatch): string | null {
  if (batch.processing_status !== "ended") {
    return `batch ${batch.id} has no results yet: it is ${batch.processing_status}; wait for its end first`;
  }
  if (batch.archived_at) {
    return `the results of batch ${batch.id} were archived at ${batch.archived_at}: they are kept for 29 days`;
  }
  return null;
}
