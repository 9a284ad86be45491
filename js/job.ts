import { AmbiguousCreateError, BatchwiseError, fromFault } from "./errors.js";
import type { Plan, PlanOptions } from "./plan.js";
import type { BadLine } from "./results.js";
import { type ResultRow, rowsOf } from "./row.js";
import { RowQueue } from "./row-queue.js";
import type { Source } from "./source.js";
import type { Usage } from "./types.js";
import { type Client, Job as Engine, type RawBlock } from "./wasm/batchwise_bg.js";

/** A row of a job: as a row of a results file, and `missing` where the API's results do not hold a request. */
export type JobResult = ResultRow;

/** How requests ended, as counts. */
export interface Outcomes {
  readonly succeeded: number;
  readonly errored: number;
  readonly canceled: number;
  readonly expired: number;
  /** Not in the results of their batch; never sent again. */
  readonly missing: number;
  /** Ended in a way this version does not know; absent where there are none. */
  readonly unknown?: number;
}

/** Where a part stands; the states of ARCHITECTURE.md. */
export type PartState =
  | "planned"
  | "marking"
  | "sending"
  | "uncertain"
  | "processing"
  | "ended"
  | "harvesting"
  | "done"
  | "dropped";

/** One create call's worth of requests, at one moment. Times are milliseconds since 1970, by the API's clock. */
export interface PartProgress {
  readonly index: number;
  /** The pass it belongs to, from 1. */
  readonly round: number;
  readonly state: PartState;
  readonly requestCount: number;
  readonly bodyBytes: number;
  readonly batchId: string | null;
  /** Whether its batch was told of the wish to cancel. */
  readonly canceling: boolean;
  /** The API's own counts. All requests stay in `processing` until the whole batch ends. */
  readonly counts: Readonly<Record<"processing" | "succeeded" | "errored" | "canceled" | "expired", number>> | null;
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
  readonly endedAt: number | null;
}

/** A job at one moment. */
export interface JobProgress {
  readonly id: string;
  readonly state: "running" | "done" | "failed";
  readonly canceling: boolean;
  readonly requestCount: number;
  /** Requests that have their final outcome. */
  readonly finished: number;
  readonly round: number;
  readonly outcomes: Outcomes;
  /** USD so far, from reported usage; null when a model has no known price. */
  readonly cost: number | null;
  readonly parts: readonly PartProgress[];
}

/** The account of a job. */
export interface JobReport {
  readonly id: string;
  readonly requestCount: number;
  readonly outcomes: Outcomes;
  /** Passes made, the first one included. */
  readonly rounds: number;
  /** Ids of the batches, in the order of their parts. */
  readonly batches: readonly string[];
  readonly usage: Usage;
  /** USD, computed from reported usage and the dated price table; null when a model has no known price. */
  readonly cost: number | null;
  readonly badLines: readonly BadLine[];
  readonly missing: readonly string[];
  readonly unknownIds: readonly string[];
  readonly duplicateIds: readonly string[];
  /** Why failures that might have passed were not sent again; null when there was no reason to stop. */
  readonly stopped: string | null;
}

/** A job as plain JSON: no bodies, no prompts, no key. */
export interface Snapshot {
  readonly version: number;
  readonly jobId: string;
  readonly [field: string]: unknown;
}

/** Something worth telling while a job runs. */
export type JobEvent =
  | { readonly type: "created"; readonly part: number; readonly batchId: string; readonly adopted: boolean }
  | { readonly type: "uncertain" | "settled" | "split" | "ended"; readonly part: number }
  | { readonly type: "reread"; readonly part: number; readonly missing: number }
  | { readonly type: "pilot" }
  | { readonly type: "round"; readonly round: number; readonly requests: number }
  | { readonly type: "retrying"; readonly reason: string; readonly at: number };

/** How a job is run. */
export interface SubmitOptions extends PlanOptions {
  /** Names the job in reports and snapshots; random where absent. */
  jobId?: string;
  /** Passes over failures that may pass, the first one included. Default 3. */
  rounds?: number;
  /** Batches being processed at once. Default 4. Creates always go one at a time. */
  concurrency?: number;
  /** Requests waiting at the API. Default 200,000, the lowest tier's queue. */
  maxQueued?: number;
  /** USD. Nothing is sent, and no further round begun, whose ceiling with what was spent before lies above. */
  maxCost?: number;
  /** Send so many requests first, alone; then ask `onPilot` whether to send the rest. */
  pilot?: number;
  /** Told the account of the pilot; the rest is sent unless it answers false. Default: it is sent. */
  onPilot?: (report: JobReport) => boolean | Promise<boolean>;
  /** What to do with a create whose answer was lost. Default "wait": search the list, settle, then send again. */
  onAmbiguousCreate?: "wait" | "fail" | "resubmit";
  /** How long the API's list may lag behind a create that went unanswered. Default 900,000. */
  settleMs?: number;
  /** Stops the waiting. The batches go on, and cost what they cost: only {@link Job.cancel} ends them. */
  signal?: AbortSignal;
  /** The clock; default `Date.now`. */
  now?: () => number;
  /** How time passes between polls, backoffs and looks; default the runtime's timers. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told of what happens: creates, searches, rounds, retries. */
  onEvent?: (event: JobEvent) => void;
}

/** How a job is taken up again. */
export interface ResumeOptions extends SubmitOptions {
  /** The input the job was begun with. */
  source: Source | Plan;
}

/** Blocks of rows kept for a consumer before the reading of results is held back. */
const BLOCKS_AHEAD = 4;

/** One submission, from the first create to the final account. Made by `submit` and `resume`. */
export class Job implements AsyncIterable<JobResult> {
  /** The job's name. */
  readonly id: string;
  readonly #engine: Engine;
  readonly #queue = new RowQueue(BLOCKS_AHEAD);
  readonly #listeners = new Set<(progress: JobProgress) => void>();
  readonly #settled: Promise<JobReport>;
  #refusal: unknown;

  /** Not for callers: jobs are made by `submit` and `resume`. */
  constructor(client: Client, plan: Plan, options: SubmitOptions, saved?: Snapshot) {
    this.id = options.jobId ?? saved?.jobId ?? crypto.randomUUID();
    const host = {
      body: (requests: Uint32Array, prefix?: string): Promise<unknown> => plan.bodyOf(requests, prefix),
      rows: (raw: RawBlock, requests: Uint32Array) => this.#queue.push({ rows: rowsOf(raw), requests }),
      event: (event: JobEvent): void => {
        told(options.onEvent, event);
        if (event.type === "pilot") void this.#ask(options.onPilot);
      },
      changed: (): void => this.#changed(),
    };
    const { now = Date.now, sleep } = options;
    if (typeof now !== "function") throw new BatchwiseError("misuse/option", "now must be a function");
    try {
      this.#engine = new Engine(plan.handle, client, engineOptions(options), host as never, now, { sleep }, saved);
    } catch (fault) {
      throw fromFault(fault);
    }
    this.#settled = this.#run(options.signal);
    // A caller who only iterates learns of a failure there; it must not count as unhandled here.
    this.#settled.catch(() => undefined);
  }

  /** The job at this moment. */
  get progress(): JobProgress {
    return { id: this.id, ...(this.#engine.progress() as Omit<JobProgress, "id">) };
  }

  /** Calls `listener` whenever something has changed, and once at the start. Answers the function that ends it. */
  subscribe(listener: (progress: JobProgress) => void): () => void {
    this.#listeners.add(listener);
    listener(this.progress);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Every request exactly once, as its last word comes in, or in the order of the input. Rows wait for the first
   * reader; from then on reading results keeps pace with the reader. A second reader gets what the first one left.
   */
  async *results(options: { order?: "arrival" | "input" } = {}): AsyncGenerator<JobResult, void, undefined> {
    if (options.order === "input") yield* this.#queue.inOrder();
    else for await (const { row } of this.#queue.rows()) yield row;
  }

  /** {@link Job.results} in the order of arrival. */
  [Symbol.asyncIterator](): AsyncIterator<JobResult> {
    return this.results();
  }

  /** The account, once every request has its outcome. Rejects with what stopped the job. */
  done(): Promise<JobReport> {
    return this.#settled;
  }

  /**
   * Cancels the job's batches at the API and sends nothing more. Resolves once every batch has been told; what was
   * finished before is paid for and still comes out of {@link Job.results}.
   */
  async cancel(): Promise<void> {
    this.#engine.cancel();
    await new Promise<void>((resolve) => {
      const stop = this.#watch((progress) => isTold(progress) && finish());
      const finish = (): void => {
        stop();
        resolve();
      };
      this.#settled.then(finish, finish);
    });
  }

  /** The job as plain JSON, to be kept anywhere and given to `resume`. */
  snapshot(): Snapshot {
    return { jobId: this.id, ...(this.#engine.snapshot() as object) } as Snapshot;
  }

  /** Stops waiting and lets go of everything held here. Never cancels: the batches go on at the API. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine.detach();
    await this.#settled.catch(() => undefined);
  }

  /** Asks about the rest. A question that fails counts as no, and as the job's failure. */
  async #ask(onPilot: SubmitOptions["onPilot"]): Promise<void> {
    try {
      this.#engine.proceed((await onPilot?.(this.#report())) ?? true);
    } catch (error) {
      this.#refusal = error;
      this.#engine.proceed(false);
    }
  }

  #report(): JobReport {
    return { id: this.id, ...(this.#engine.report() as Omit<JobReport, "id">) };
  }

  #watch(listener: (progress: JobProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #changed(): void {
    if (this.#listeners.size === 0) return;
    const { progress } = this;
    for (const listener of [...this.#listeners]) told(listener, progress);
  }

  async #run(signal: AbortSignal | undefined): Promise<JobReport> {
    const detach = (): void => this.#engine.detach();
    if (signal?.aborted) detach();
    signal?.addEventListener("abort", detach);
    try {
      await this.#engine.run();
    } catch (fault) {
      const error = this.#explain(fault, signal);
      this.#queue.fail(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", detach);
    }
    if (this.#refusal !== undefined) {
      this.#queue.fail(this.#refusal);
      throw this.#refusal;
    }
    this.#queue.end();
    return this.#report();
  }

  #explain(fault: unknown, signal: AbortSignal | undefined): BatchwiseError {
    const error = fromFault(fault, signal);
    if (error instanceof AmbiguousCreateError) Object.assign(error, this.#engine.doubt(error.at.part ?? 0));
    return error;
  }
}

/** A listener's own failure must not end a job whose batches go on and cost. */
function told<T>(listener: ((news: T) => void) | undefined, news: T): void {
  try {
    listener?.(news);
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: thrown later, it would end the whole process in Node.
    console.error("batchwise: a listener failed:", error);
  }
}

/** Whether every batch that exists, or may exist, has been told of the wish to cancel. */
function isTold(progress: JobProgress): boolean {
  const open = (part: PartProgress): boolean =>
    part.state === "processing" ? !part.canceling : MAY_BECOME_BATCH.has(part.state);
  return progress.canceling && !progress.parts.some(open);
}

const MAY_BECOME_BATCH: ReadonlySet<PartState> = new Set(["marking", "sending", "uncertain"]);

function engineOptions(options: SubmitOptions): object {
  const { maxRequests, maxBodyBytes, rounds, concurrency, maxQueued, maxCost, onAmbiguousCreate, settleMs, pilot } =
    options;
  const seed = Math.floor(Math.random() * 2 ** 32);
  return {
    maxRequests,
    maxBodyBytes,
    rounds,
    concurrency,
    maxQueued,
    maxCost,
    onAmbiguousCreate,
    settleMs,
    pilot,
    seed,
  };
}
