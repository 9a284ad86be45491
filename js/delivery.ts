// Rows on their way out of a job, and the word that they arrived.
import { StoreError } from "./errors.js";
import type { ResultRow } from "./row.js";
import { RowQueue } from "./row-queue.js";
import type { Sink, SinkRecord } from "./store.js";

/** Rows that are final, with their positions in the input. */
interface Block {
  readonly rows: readonly ResultRow[];
  readonly requests: Uint32Array;
}

/** Who is told. */
interface Ears {
  /** These rows need not be brought again, whatever happens. */
  readonly taken: (requests: Uint32Array) => void;
  /** The sink has failed: the job must not go on. */
  readonly failed: (error: StoreError) => void;
}

/** Blocks of rows kept for a consumer before the reading of results is held back. */
const BLOCKS_AHEAD = 4;

/** Blocks that go into a sink together, at the most; and how long one waits for others. A flush may cost a disk's turn. */
const BLOCKS_AT_ONCE = 32;
const LINGER_MS = 20;

/** Rows that are told of together. */
const TOLD_AT_ONCE = 64;

/** A reader who takes nothing for so long is not waited for at the end of a job. */
const PATIENCE_MS = 10_000;

/**
 * Between the engine and whoever gets the rows. With a sink a row has arrived when it lies there, and readers get it
 * after that; without one it has when a reader is done with it.
 */
export class Delivery {
  readonly #queue: RowQueue;
  readonly #sink: Sink | undefined;
  readonly #ears: Ears;
  /** Whether an earlier life of the job may have put rows of which the engine does not know. */
  readonly #mayKnow: boolean;
  /** Blocks on their way into the sink. */
  #waiting: Block[] = [];
  #putting: Promise<void> | undefined;
  #isPutting = false;
  /** Ends the waiting for further blocks. */
  #hurry: (() => void) | undefined;
  #isOver = false;
  #failed = false;
  #taken: number[] = [];
  #takenInAll = 0;

  constructor(sink: Sink | undefined, isResumed: boolean, ears: Ears) {
    this.#sink = sink;
    this.#ears = ears;
    this.#mayKnow = isResumed;
    this.#queue = new RowQueue(BLOCKS_AHEAD, (request) => {
      if (sink === undefined) this.#take(request);
    });
  }

  /** Takes a block. A promise in return holds back the reading of further ones. */
  push(block: Block): Promise<void> | undefined {
    const sink = this.#sink;
    if (sink === undefined) return this.#queue.push(block);
    this.#waiting.push(block);
    if (!this.#isPutting) this.#putting = this.#putAll(sink);
    if (this.#waiting.length < BLOCKS_AT_ONCE) return undefined;
    this.#hurry?.();
    return this.#putting;
  }

  /** Whether every row that came was handed out. */
  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  /** Whether no more rows will come and none is in anybody's hands. */
  get isDone(): boolean {
    return this.#queue.isDone;
  }

  /** The rows for one reader. */
  read(order: "arrival" | "input"): AsyncGenerator<ResultRow, void, undefined> {
    return order === "input" ? this.#queue.inOrder() : this.#queue.rows();
  }

  /** Tells of every row that was taken so far. */
  flush(): void {
    if (this.#taken.length === 0) return;
    this.#ears.taken(Uint32Array.from(this.#taken));
    this.#taken = [];
  }

  /** The job is over but for what is under way here: resolves once that has come to its end. */
  settle(isKept: boolean): Promise<void> | undefined {
    return isKept || this.#putting ? this.#settle(isKept) : undefined;
  }

  /** No more rows will come. */
  end(): void {
    this.#queue.end();
  }

  /** No more rows will come, for this reason. What came before goes into the sink, unless a reader holds it up for long. */
  async fail(failure: unknown): Promise<void> {
    this.#isOver = true;
    this.#hurry?.();
    if (this.#isPutting && this.#putting) await within(PATIENCE_MS, this.#putting);
    this.#queue.fail(failure);
  }

  async #settle(isKept: boolean): Promise<void> {
    this.#isOver = true;
    this.#hurry?.();
    await this.#putting;
    while (isKept && this.#sink === undefined) {
      const before = this.#takenInAll;
      if ((await within(PATIENCE_MS, this.#queue.drained())) || this.#takenInAll === before) break;
    }
    this.flush();
  }

  /** Puts what waits, and what comes meanwhile: everything that is there goes together, under one flush. */
  async #putAll(sink: Sink): Promise<void> {
    this.#isPutting = true;
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < BLOCKS_AT_ONCE && !this.#isOver) await this.#linger();
      const blocks = this.#waiting;
      this.#waiting = [];
      await this.#put(sink, blocks);
    }
    this.#isPutting = false;
  }

  async #linger(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#hurry = undefined;
  }

  async #put(sink: Sink, blocks: readonly Block[]): Promise<void> {
    if (this.#failed) return;
    try {
      const fresh: Block[] = [];
      for (const block of blocks) fresh.push(this.#mayKnow ? await unknown(sink, block) : block);
      const full = fresh.filter(({ rows }) => rows.length > 0);
      // Block by block: the records of all of them would grow the heap for good.
      for (const { rows } of full) await sink.put(rows.map(recordOf));
      if (full.length > 0) await sink.flush?.();
      for (const { requests } of blocks) for (const request of requests) this.#take(request);
      this.flush();
      for (const block of fresh) await this.#queue.push(block);
    } catch (cause) {
      this.#failed = true;
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#ears.failed(new StoreError("store/failed", `the sink failed: ${why}`, { cause }));
    }
  }

  #take(request: number): void {
    this.#takenInAll++;
    if (this.#taken.push(request) >= TOLD_AT_ONCE) this.flush();
  }
}

/** The rows of a block that the sink does not have. */
async function unknown(sink: Sink, { rows, requests }: Block): Promise<Block> {
  const known = await Promise.all(rows.map((row) => sink.has(row.custom_id)));
  return { rows: rows.filter((_, at) => !known[at]), requests: requests.filter((_, at) => !known[at]) };
}

function recordOf(row: ResultRow): SinkRecord {
  return { custom_id: row.custom_id, outcome: row.outcome, result: row.toJSON().result };
}

/** Whether `promise` came within the time. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const came = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return came;
}
