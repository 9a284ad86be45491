import { BatchwiseError, InvalidRequestsError } from "./errors.js";
import { fromFault } from "./fault.js";
import type { ErrorCode, ViolationCode } from "./generated.js";
import { blobOf, type Pieces } from "./sending.js";
import { openSource, type Source } from "./source.js";
import { engine } from "./start.js";
import type { BatchRequest } from "./types.js";
import type { PlanHandle } from "./wasm/batchwise_bg.js";

/** How a plan is made. */
export interface PlanOptions {
  /** Requests in a part at the most: 1 to 100,000, which is the default. */
  maxRequests?: number | undefined;
  /** Bytes in a part's body at the most. Default 256,000,000, the most the API takes. */
  maxBodyBytes?: number | undefined;
  /**
   * "strict" (default) refuses a source with errors; "warn" lists them and plans what can be placed; "off" checks only
   * what placing needs: JSON, an id of its own, a size that fits.
   */
  validate?: "strict" | "warn" | "off" | undefined;
  /**
   * What stands in `custom_id` when requests are sent. "verbatim" (default): your own ids. "nonce": ids made for the wire,
   * so that yours may be any text that is not empty; rows, reports and errors speak of yours. The first line of a results
   * file then says whose batch it is.
   */
  ids?: "verbatim" | "nonce" | undefined;
  /**
   * Sends requests once that are the same, byte for byte, but for their `custom_id`; every one of them gets the answer,
   * under its own id. Default false: every request is sent.
   */
  dedupe?: boolean | undefined;
  /** The API version the requests are meant for. Default: the client's. */
  apiVersion?: string | undefined;
  /** Betas the requests are meant for. Default: the client's. */
  betas?: readonly string[] | undefined;
}

/** One thing that is wrong with one request. */
export interface Violation {
  readonly code: ViolationCode;
  readonly severity: "error" | "warning";
  /** Line of a file, from 1, blank lines counted. */
  readonly line?: number;
  /** Position in a list, from 0. */
  readonly index?: number;
  /** Null unless it is a string. */
  readonly custom_id: string | null;
  /** JSON Pointer into the request, a missing key named; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | null;
  /** What would put it right, where a machine can tell: done to what `path` leads to. */
  readonly fix?: Fix;
  /** Byte of a file, from 0. */
  readonly offset?: number;
}

/** Take it out, put this JSON there, or call the key this. */
export type Fix =
  | { readonly op: "remove" }
  | { readonly op: "set"; readonly json: string }
  | { readonly op: "rename"; readonly to: string };

/** The requests of one create call. */
export interface PlanPart {
  readonly index: number;
  /** Requests that are sent with it. */
  readonly requestCount: number;
  /** Length of the body, exact. */
  readonly bodyBytes: number;
}

/** An amount in three words: the least and the most that is likely, and the most it can be. Null where no price is known. */
export interface EstimateRange {
  readonly low: number | null;
  readonly high: number | null;
  readonly ceiling: number | null;
}

/** What a plan may cost, before anything is sent. */
export interface Estimate {
  readonly input: EstimateRange;
  readonly output: EstimateRange;
  readonly total: EstimateRange;
  readonly currency: "USD";
  /** The oldest day on which a price that was used was read. */
  readonly pricesAsOf: string;
  readonly pricesSource: string;
  /** What the figures rest on, and what they leave out. */
  readonly basis: string;
  readonly models: readonly ModelEstimate[];
  /** Requests that are not sent, because another that is the same is. Always 0 without `dedupe`. */
  readonly merged: number;
  /** What they would cost in addition. */
  readonly saved: EstimateRange;
}

/** The same for the requests of one model. */
export interface ModelEstimate {
  readonly model: string;
  readonly requests: number;
  readonly inputTokens: EstimateRange;
  readonly outputTokens: EstimateRange;
  readonly input: EstimateRange;
  readonly output: EstimateRange;
}

/** Requests, checked, priced and cut into parts. Nothing has been sent. Made by `Batchwise.plan`. */
export class Plan<Id extends string = string> {
  /** Requests in the source, those that are `merged` too. */
  readonly requestCount: number;
  /** Requests that ride on the answer of another that is the same; see `dedupe`. */
  readonly merged: number;
  readonly parts: readonly PlanPart[];
  /** The first hundred of each code. */
  readonly violations: readonly Violation[];
  /** All of them, by code. */
  readonly violationCounts: Readonly<Record<string, number>>;
  readonly #handle: PlanHandle;
  readonly #source: Blob;
  /** Whoever needs the engine's side: the caller, and each job that runs on it. */
  #users = 1;
  #isDisposed = false;

  /** @internal */
  constructor(handle: PlanHandle, source: Blob) {
    this.requestCount = handle.requestCount;
    this.merged = handle.merged;
    this.parts = partsOf(handle);
    this.violations = handle.violations() as Violation[];
    this.violationCounts = handle.violationCounts();
    this.#handle = handle;
    this.#source = source;
  }

  /** What it may cost: ranges, and what they rest on. */
  estimate(): Estimate {
    return this.handle.estimate();
  }

  /** Each of the `merged` requests by its position in the source, from 0, and behind it that of the one whose answer it gets. */
  mergedInto(): Uint32Array {
    return this.handle.mergedInto();
  }

  /**
   * Every request as it was planned, under its own id, those that are `merged` too; made from the source again while it
   * is asked for.
   */
  async *requests(): AsyncGenerator<BatchRequest<Id>, void, undefined> {
    this.hold();
    try {
      for (let first = 0; first < this.requestCount; first += AT_ONCE) {
        const count = Math.min(AT_ONCE, this.requestCount - first);
        const body = await this.bodyOf(Uint32Array.from({ length: count }, (_, at) => first + at));
        yield* (JSON.parse(await body.text()) as { requests: BatchRequest<Id>[] }).requests;
      }
    } finally {
      this.release();
    }
  }

  /**
   * Gives the plan's memory back now; without it, the garbage collector does some time. What stands in its fields stays,
   * and a job that runs on it goes on.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.release();
  }

  /** For `using`: {@link Plan.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal The engine's side of the plan. */
  get handle(): PlanHandle {
    if (this.#isDisposed) throw new BatchwiseError("misuse/order", "this plan was disposed of: plan again");
    return this.#handle;
  }

  /** @internal Keeps the engine's side until `release`, whatever the caller does. */
  hold(): void {
    if (this.handle) this.#users++;
  }

  /** @internal What was held is needed no more. */
  release(): void {
    if (--this.#users === 0) this.#handle.free();
  }

  /**
   * @internal The body of a create call for these requests, made from the source again. `prefix` begins the ids that are
   * made for the part; without it requests keep their own.
   */
  bodyOf(requests: Uint32Array, prefix?: string): Promise<Blob> {
    return blobOf(this.piecesOf(requests, prefix));
  }

  /** @internal The same, piece by piece. */
  async *piecesOf(requests: Uint32Array, prefix?: string): Pieces {
    const runs = this.#handle.runs(requests, RUN_BYTES);
    let done = 0;
    for (let at = 0; at < runs.length; at += 3) {
      const [start, end, count] = runs.subarray(at, at + 3) as unknown as [number, number, number];
      const run = new Uint8Array(await this.#source.slice(start, end).arrayBuffer());
      const piece = requests.subarray(done, done + count);
      yield made(() => this.#handle.append(piece, done, prefix, run, start)) as Uint8Array;
      done += count;
    }
    yield encoder.encode("]}");
  }
}

/** @internal The parts of a plan. */
export function partsOf(handle: PlanHandle): PlanPart[] {
  const flat = handle.parts();
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    index,
    requestCount: flat[2 * index] as number,
    bodyBytes: flat[2 * index + 1] as number,
  }));
}

/** Bytes of the source that are read at once. */
const RUN_BYTES = 1 << 18;

const encoder = new TextEncoder();

/** Requests that are made at once for whoever goes through them. */
const AT_ONCE = 500;

/** @internal Reads a source and plans it. */
export async function planOf<Id extends string>(source: Source<Id>, options: PlanOptions = {}): Promise<Plan<Id>> {
  const { dedupe, ...asked } = pick(options);
  const { list, table, read } = await openSource(source);
  const chance = dedupe ? crypto.getRandomValues(new Uint32Array(4)) : undefined;
  const planner = made(() => new (engine().classes.Planner)({ ...asked, dedupe: chance, list, table }));
  let kept: Blob;
  try {
    kept = await read(planner);
  } catch (error) {
    planner.free();
    throw error;
  }
  return new Plan(
    made(() => planner.finish()),
    kept,
  );
}

/** What a planner knows of options that may be a job's. */
function pick({ maxRequests, maxBodyBytes, validate, ids, dedupe, apiVersion, betas }: PlanOptions): PlanOptions {
  return { maxRequests, maxBodyBytes, validate, ids, dedupe, apiVersion, betas };
}

function made<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw refusal(error) ?? fromFault(error);
  }
}

/** @internal The error of a plan that was refused. */
export function refusal(error: unknown): BatchwiseError | undefined {
  if (!(error instanceof Error && "violations" in error && "code" in error)) return undefined;
  return new InvalidRequestsError(error.message, error.violations as Violation[], error.code as ErrorCode);
}
