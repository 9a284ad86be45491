import { asked } from "./asked.js";
import { Delivery } from "./delivery.js";
import { onWaking } from "./env.js";
import { AmbiguousCreateError, BatchwiseError } from "./errors.js";
import { fromFault } from "./fault.js";
import type { JobEvent, JobProgress, JobReport, PartProgress, PartState, Snapshot } from "./job-types.js";
import { type Line, through } from "./line.js";
import type { Plan, PlanOptions } from "./plan.js";
import { deleteBatches, type Purging } from "./purging.js";
import { type ResultRow, rowsOf } from "./row.js";
import { bodyOf } from "./sending.js";
import type { Source } from "./source.js";
import { engine } from "./start.js";
import type { Sink, Store } from "./store.js";
import type { Client, Job as Engine, Journal } from "./wasm/batchwise_bg.js";

/** A row of a job: as a row of a results file, and `missing` where the API's results do not hold a request. */
export type JobResult<Id extends string = string> = ResultRow<Id>;

/** How a job is run. */
export interface SubmitOptions extends PlanOptions {
  /** Names the job in reports, snapshots and the store; random where absent. */
  jobId?: string;
  /** Where the job lives, so that `resume(jobId, { store, source })` takes it up again after any crash. */
  store?: Store;
  /** A lasting home of the rows: with one, a row counts as delivered when it lies there. */
  sink?: Sink;
  /** How long others leave a job alone after the last sign of life of its owner. Default 60,000. */
  leaseMs?: number;
  /**
   * Whoever drove the job before is known to be gone, whatever the lease says: a supervisor saw that process end. Where
   * that is wrong, the other one is put out, and notices before it sends anything more.
   */
  ownerIsGone?: boolean;
  /** Passes over failures that may pass, the first one included. Default 3. */
  rounds?: number;
  /** Batches being processed at once. Default 4. Creates always go one at a time. */
  concurrency?: number;
  /** Requests waiting at the API. Default 200,000, the lowest tier's queue. */
  maxQueued?: number;
  /** USD. Nothing is sent, and no further round begun, whose ceiling with what was spent before lies above. */
  maxCost?: number;
  /**
   * Requests that may be sent again over all further rounds, as a share of the job. Default 0.2, and 100 requests in
   * a job of any size; 0 sends nothing again.
   */
  maxResubmitShare?: number;
  /** The longest wait before a create that the API may ask for; asked for more, the job stops and can be resumed. */
  maxRetryAfterMs?: number;
  /** Send so many requests first, alone; then ask `onPilot` whether to send the rest. */
  pilot?: number;
  /**
   * Told the account of the pilot, and decides whether the rest is sent. Where there is none, or it answers nothing, the
   * rest is sent unless more than half of the pilot failed for good.
   */
  onPilot?: (report: JobReport) => boolean | undefined | Promise<boolean | undefined>;
  /**
   * What to do with a create whose answer was lost. "wait", the default: search the list, settle, then send again.
   * "fail": search once, then stop with an `AmbiguousCreateError`, unless just one batch fits. "resubmit": search once,
   * then send again, which may pay twice. Where the batch that fits is archived, so that nobody can tell any more whose
   * it is, the other two stop with an `AmbiguousCreateError` that names it.
   */
  onAmbiguousCreate?: "wait" | "fail" | "resubmit";
  /**
   * The settle window: how long the API's list may lag behind a create that went unanswered. Default 900,000; behind a
   * failure that the API answered 60,000 at the most. That nothing is paid twice rests on it, and on one owner at a time
   * driving the job and not being frozen for longer. What is paid twice all the same stands in `paidTwice`.
   */
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

/** How a job is taken up again. What is not given is as it was when the job was begun, where it lives in a store. */
export interface ResumeOptions extends SubmitOptions {
  /** The input the job was begun with. */
  source: Source | Plan;
}

/** @internal What a job that is taken up again, or that lives in a store, begins with. */
export interface Origin {
  readonly saved?: Snapshot | undefined;
  readonly journal?: Journal | undefined;
  /** Kept in the store for whoever takes the job up again. */
  readonly note?: string | undefined;
  /** How far an earlier life came with the deleting of the job's batches. */
  readonly purge?: string | undefined;
  /** Keeps the wish to delete them. */
  readonly purging?: Purging | undefined;
  /** Lets other tabs have the job. */
  readonly release?: (() => void) | null | undefined;
}

/** One submission, from the first create to the final account. Made by `submit` and `resume`. */
export class Job<Id extends string = string> implements AsyncIterable<JobResult<Id>> {
  /** The job's name. */
  readonly id: string;
  readonly #engine: Engine;
  readonly #client: Client;
  readonly #delivery: Delivery;
  readonly #listeners = new Set<(progress: JobProgress) => void>();
  #settled: Promise<JobReport>;
  readonly #line: Line;
  readonly #purging: Purging;
  #refusal: unknown;
  /** What there was to see when the engine's side was given back. */
  #last: { readonly progress: JobProgress; readonly snapshot: Snapshot } | undefined;

  /** @internal Not for callers: jobs are made by `submit` and `resume`. */
  constructor(client: Client, plan: Plan, options: SubmitOptions, origin: Origin = {}) {
    const { saved, journal, note, release, purge } = origin;
    this.#client = client;
    this.#purging = origin.purging ?? ((work) => work());
    this.id = options.jobId ?? saved?.jobId ?? crypto.randomUUID();
    this.#line = {
      plan,
      host: {
        body: (requests, prefix, length, mayStream) => bodyOf(plan.piecesOf(requests, prefix), length, mayStream),
        rows: (raw, requests) => this.#delivery.push({ rows: rowsOf(raw), requests }),
        settle: () => this.#delivery.settle(journal !== undefined),
        event: (event) => {
          told(options.onEvent, event);
          if (event.type === "pilot") void this.#ask(options.onPilot, event.goOn);
        },
        changed: () => this.#changed(),
      },
    };
    const { now = Date.now, sleep } = options;
    if (typeof now !== "function") throw new BatchwiseError("misuse/option", "now must be a function");
    const asked = { ...engineOptions(options), takenOverMs: journal?.takenOverMs };
    try {
      this.#engine = new (engine().classes.Job)(
        plan.handle,
        client,
        asked,
        through(this.#line) as never,
        now,
        { sleep },
        saved,
      );
    } catch (fault) {
      throw fromFault(fault);
    }
    plan.hold();
    if (journal) this.#engine.keep(journal, note);
    this.#delivery = new Delivery(options.sink, saved !== undefined, {
      taken: (requests) => this.#engine.taken(requests),
      failed: (error) => {
        this.#refusal = error;
        this.#engine.detach();
      },
    });
    // Nobody begins to delete what was not read, and what is deleted cannot be read again.
    if (purge) this.#engine.taken(Uint32Array.from({ length: plan.requestCount }, (_, request) => request));
    this.#settled = this.#run(options.signal);
    if (purge === "begun") this.#settled = this.#purged(this.#settled);
    // A caller who only iterates learns of a failure there; it must not count as unhandled here.
    const end = (): void => release?.();
    this.#settled.then(end, end);
  }

  /** The job at this moment. */
  get progress(): JobProgress {
    if (this.#last) return this.#last.progress;
    return { id: this.id, ...(asked(() => this.#engine.progress()) as Omit<JobProgress, "id">) };
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
   * A reader has taken a row when he asks for the next one, or leaves: a snapshot, or a job in a store, brings only what
   * was not taken. After a crash rows that were taken last may come once more; a {@link Sink} knows them.
   */
  results(options: { order?: "arrival" | "input" } = {}): AsyncGenerator<JobResult<Id>, void, undefined> {
    return this.#delivery.read(options.order ?? "arrival") as AsyncGenerator<JobResult<Id>, void, undefined>;
  }

  /** {@link Job.results} in the order of arrival. */
  [Symbol.asyncIterator](): AsyncIterator<JobResult<Id>> {
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
    this.#tell((engine) => engine.cancel());
    await new Promise<void>((resolve) => {
      const stop = this.#watch((progress) => isTold(progress) && finish());
      const finish = (): void => {
        stop();
        resolve();
      };
      this.#settled.then(finish, finish);
    });
  }

  /**
   * Deletes the job's batches and their results at the API: nothing brings them back. Refused before every request has
   * its outcome and every row was read. A batch that is gone already counts as deleted. Where the job lives in a store,
   * the wish is kept there first, and a job that is taken up again ends what was begun.
   */
  async purge(): Promise<void> {
    const { state, finished, requestCount, parts } = this.progress;
    if (state !== "done" || finished < requestCount) {
      throw new BatchwiseError("misuse/order", `only a job that is done can be purged, and this one is ${state}`);
    }
    if (!this.#delivery.isEmpty) {
      throw new BatchwiseError(
        "misuse/order",
        "rows of this job have not been read yet: read results() to the end first",
      );
    }
    // The journal is given back at the very end.
    await this.#settled;
    await this.#purging(() => deleteBatches(this.#client, parts));
  }

  async #purged(settled: Promise<JobReport>): Promise<JobReport> {
    const report = await settled;
    await this.#purging(() => deleteBatches(this.#client, this.progress.parts));
    return report;
  }

  /** The job as plain JSON, to be kept anywhere and given to `resume`. */
  snapshot(): Snapshot {
    if (this.#last) return this.#last.snapshot;
    this.#delivery.flush();
    return { jobId: this.id, ...(asked(() => this.#engine.snapshot()) as object) } as Snapshot;
  }

  /**
   * Stops waiting and lets go of everything held here. Never cancels: the batches go on at the API. Rows that came can
   * still be read; once there are none, the job's memory is given back at once, otherwise by the garbage collector.
   */
  async dispose(): Promise<void> {
    try {
      this.#tell((engine) => engine.detach());
    } catch {
      return; // The engine has died: whoever waits is told, and there is nothing left to let go of.
    } finally {
      await this.#settled.catch(() => undefined);
    }
    if (this.#last || !this.#delivery.isDone) return;
    const last = { progress: this.progress, snapshot: this.snapshot() };
    this.#last = last;
    this.#engine.free();
  }

  /** For `await using`: {@link Job.dispose}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** A job whose memory was given back has nothing left to be told. */
  #tell(word: (engine: Engine) => void): void {
    if (!this.#last) word(this.#engine);
  }

  /** Asks about the rest. A question that fails counts as no, and as the job's failure. */
  async #ask(onPilot: SubmitOptions["onPilot"], otherwise: boolean): Promise<void> {
    let goOn = false;
    try {
      goOn = (await onPilot?.(this.#report())) ?? otherwise;
    } catch (error) {
      this.#refusal = error;
    }
    try {
      this.#tell((engine) => engine.proceed(goOn));
    } catch {
      // The engine died while the question was open: whoever waits for the job is told.
    }
  }

  #report(): JobReport {
    return { id: this.id, ...(asked(() => this.#engine.report()) as Omit<JobReport, "id">) };
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
    const forget = onWaking(() => this.#engine.wake());
    try {
      await this.#engine.run();
    } catch (fault) {
      const error = this.#refusal ?? this.#explain(fault, signal);
      await this.#delivery.fail(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", detach);
      forget();
      this.#line.host = undefined;
      this.#line.plan.release();
    }
    if (this.#refusal !== undefined) {
      await this.#delivery.fail(this.#refusal);
      throw this.#refusal;
    }
    this.#delivery.end();
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
  const { maxRequests, maxBodyBytes, rounds, concurrency, maxQueued, maxCost } = options;
  const { maxResubmitShare, maxRetryAfterMs, onAmbiguousCreate, settleMs, pilot } = options;
  const seed = Math.floor(Math.random() * 2 ** 32);
  return {
    maxRequests,
    maxBodyBytes,
    rounds,
    concurrency,
    maxQueued,
    maxCost,
    maxResubmitShare,
    maxRetryAfterMs,
    onAmbiguousCreate,
    settleMs,
    pilot,
    seed,
  };
}
