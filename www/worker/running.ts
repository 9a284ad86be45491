// Jobs of a run: begun, followed, taken up again.
import {
  Batchwise,
  indexedDbStore,
  type Job,
  type JobEvent,
  memoryStore,
  type ResumeOptions,
  type Snapshot,
  type SwapStore,
} from "batchwise/slim";
import type { Attempt, Live, Settings } from "../shared.js";
import { NOT_RUNNING } from "../shared.js";
import { isLasting } from "./database.js";
import { Ids } from "./ids.js";
import { Ledger, recall } from "./ledger.js";
import type { Link } from "./link.js";
import type { Outcomes } from "./outcomes.js";
import { keptRows, type Material, planned, ridesOf } from "./planning.js";

const lastingStore = indexedDbStore("batchwise-jobs");
const volatileStore = memoryStore();
const KEPT_EVENTS = 200;
/** Progress is told at most so often. */
const TOLD_MS = 100;

/** Who is told of a job. */
export interface Ears {
  readonly live: (live: Live) => void;
  readonly rows: () => void;
  readonly ended: (change: Pick<Attempt, "report" | "failure">) => void;
  /** The job as it was left, at its end or before. */
  readonly left: (snapshot: Snapshot) => void;
}

/** What a job works on. */
export interface Work {
  readonly run: string;
  readonly material: Material;
  readonly attempt: Attempt;
  /** From 0. */
  readonly number: number;
  readonly outcomes: Outcomes;
  /** The job as another browser has left it, where it came from there. */
  readonly snapshot?: Snapshot | null;
}

/** One job of this tab. */
export class Running {
  readonly #ears: Ears;
  #live: Live = NOT_RUNNING;
  #job: Job | null = null;
  #ledger: Ledger | null = null;
  #decide: ((goOn: boolean) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ears: Ears) {
    this.#ears = ears;
  }

  get live(): Live {
    return this.#live;
  }

  /** The ledger of the attempt that runs, for whoever reads its lines. */
  get ledger(): Ledger | null {
    return this.#ledger;
  }

  /** Begins a job, or takes it up again. Resolves once it runs; its end is told to `ended`. */
  async start(work: Work, link: Link, isResumed: boolean): Promise<void> {
    this.#tell({ ...NOT_RUNNING, state: "starting" });
    try {
      await this.#begin(work, link, isResumed);
    } catch (error) {
      this.#failed(error, isResumed);
    }
  }

  /** The job as it is now, for whoever goes on with it elsewhere; null where none runs. */
  get snapshot(): Snapshot | null {
    return this.#job?.snapshot() ?? null;
  }

  /** Answers the question after the pilot. */
  proceed(goOn: boolean): void {
    this.#decide?.(goOn);
    this.#decide = null;
  }

  /** Cancels what was sent, at the API. */
  async cancel(): Promise<void> {
    await this.#job?.cancel();
  }

  /** Lets go; nothing is cancelled. */
  async close(): Promise<void> {
    await this.#job?.[Symbol.asyncDispose]();
    this.#shut();
  }

  async #begin(
    { run, material, attempt, number, outcomes, snapshot }: Work,
    link: Link,
    isResumed: boolean,
  ): Promise<void> {
    const { jobId, settings, pilot, maxCost } = attempt;
    const whole = await planned(material, settings, attempt.rows, link.maxBodyBytes);
    const { plan, kept } = whole;
    const ids = new Ids(material.rows, settings, kept, hasOwnIds(material));
    const wantsJson = settings.schema !== null;
    const terms = { run, attempt: number, ids, outcomes, wantsJson, rides: ridesOf(whole) };
    const client = new Batchwise(link.client);
    const store = await jobStore();
    const options = {
      store,
      maxCost,
      ...(pilot > 0 ? { pilot } : {}),
      now: link.now,
      ...(link.sleep ? { sleep: link.sleep } : {}),
      ...(link.leaseMs ? { leaseMs: link.leaseMs } : {}),
      onEvent: (event: JobEvent) => this.#event(event, link.now()),
      onPilot: (report: Live["pilot"] & object) => {
        const progress = this.#job?.progress ?? this.#live.progress;
        this.#tell({ ...this.#live, state: "pilot", pilot: report, progress });
        return new Promise<boolean>((resolve) => {
          this.#decide = (goOn) => {
            this.#tell({ ...this.#live, state: "running" });
            resolve(goOn);
          };
        });
      },
    };
    link.watch?.((upload) => this.#soon({ upload }));
    const ledger = await Ledger.open(terms, this.#ears.rows);
    this.#ledger = ledger;
    const all = { ...options, sink: ledger };
    const job = isResumed
      ? await resumed(client, jobId, snapshot, { ...all, source: plan })
      : await client.submit(plan, { ...all, jobId });
    this.#job = job;
    // A job that waits at its pilot asks before it is handed over.
    this.#tell({ ...this.#live, state: this.#decide ? "pilot" : "running", progress: job.progress });
    job.subscribe((progress) => this.#soon({ progress }));
    void this.#follow(job);
  }

  /** The sink has every row; a reader keeps them coming. */
  async #follow(job: Job): Promise<void> {
    try {
      for await (const _ of job.results());
      const report = await job.done();
      this.#shut();
      this.#tell({ ...this.#live, state: "done", progress: job.progress });
      this.#ears.ended({ report, failure: null });
    } catch (error) {
      this.#failed(error, false);
    }
  }

  #failed(error: unknown, isResumed: boolean): void {
    this.#shut();
    const { code = "", message, name } = error as Error & { code?: string };
    const isElsewhere = isResumed && (code === "store/conflict" || name === "NoModificationAllowedError");
    if (isElsewhere) {
      this.#tell({ ...NOT_RUNNING, state: "followed" });
      return;
    }
    const failure = { code, message };
    this.#tell({ ...this.#live, state: "failed", failure });
    // A tab that is going away stops nothing: the job is taken up again.
    if (code !== "abort/user") this.#ears.ended({ report: null, failure });
  }

  #shut(): void {
    if (this.#job) this.#ears.left(this.#job.snapshot());
    this.#ledger?.close();
    this.#ledger = null;
    this.#job = null;
  }

  #event(event: JobEvent, told: number): void {
    this.#soon({ events: [...this.#live.events, { ...event, told }].slice(-KEPT_EVENTS) as Live["events"] });
  }

  #tell(live: Live): void {
    this.#live = live;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ears.live(live);
  }

  #soon(change: Partial<Live>): void {
    this.#live = { ...this.#live, ...change };
    this.#timer ??= setTimeout(() => this.#tell(this.#live), TOLD_MS);
  }
}

/** The outcomes that earlier lives and other tabs have written since they were read last, attempt by attempt. */
export async function recalled(
  run: string,
  material: Material,
  attempts: readonly Attempt[],
  outcomes: Outcomes,
): Promise<void> {
  for (const [attempt, sent] of attempts.entries()) {
    const { settings, rows } = sent;
    const kept = keptRows(material.rows.rowCount, settings.skip, rows);
    const ids = new Ids(material.rows, settings, kept, hasOwnIds(material));
    const rides = await ridesIn(sent, material);
    const terms = { run, attempt, ids, outcomes, wantsJson: settings.schema !== null, rides };
    if (material.results && attempt === 0 && outcomes.end(0) === 0) outcomes.adopt(material.results, terms);
    await recall(terms);
  }
}

/** Which rows of an attempt were not sent, known by planning it once more. */
function ridesIn(sent: Attempt, material: Material): Promise<ReadonlyMap<number, number>> {
  const { settings, rows, report } = sent;
  const known = knownRides.get(sent);
  if (known) return known;
  const isAlone = !settings.dedupe || material.results !== null || report?.merged === 0;
  const rides = isAlone ? Promise.resolve(new Map()) : rode(material, settings, rows);
  knownRides.set(sent, rides);
  return rides;
}

const knownRides = new WeakMap<Attempt, Promise<ReadonlyMap<number, number>>>();

async function rode(
  material: Material,
  settings: Settings,
  rows: readonly number[] | null,
): Promise<ReadonlyMap<number, number>> {
  const whole = await planned(material, settings, rows);
  try {
    return ridesOf(whole);
  } finally {
    whole.plan.dispose();
  }
}

/** Where jobs live: with the rows, or with the tab. */
async function jobStore(): Promise<SwapStore> {
  return (await isLasting()) ? lastingStore : volatileStore;
}

/** Takes a job up: from this browser's store, or as another one has left it. */
async function resumed(
  client: Batchwise,
  id: string,
  left: Snapshot | null | undefined,
  options: ResumeOptions,
): Promise<Job> {
  const isKnown = (await (await jobStore()).getKeys(`batchwise:${id}:`)).length > 0;
  return client.resume(!isKnown && left ? left : id, options);
}

/** Requests and results bring their ids in the first column. */
export function hasOwnIds({ rows }: Material): boolean {
  return rows.columns[0] === "custom_id";
}
