import type { ResultRow } from "./row.js";

/** Rows that are final, with their positions in the input. */
interface Batch {
  readonly rows: readonly ResultRow[];
  readonly requests: Uint32Array;
}

/**
 * Rows between the engine, which brings them in blocks, and a reader, who takes them one by one. Without a reader
 * everything is kept, so that rows can be read after the job is done; with one, the engine is held back while more
 * than a few blocks are ahead.
 */
export class RowQueue {
  readonly #ahead: number;
  readonly #taken: (request: number) => void;
  readonly #blocks: Batch[] = [];
  /** Rows of the first block that were handed out. */
  #at = 0;
  #readers = 0;
  #ended = false;
  #failure: unknown;
  readonly #waiting: (() => void)[] = [];
  #wakeEngine: (() => void) | undefined;
  readonly #draining: (() => void)[] = [];

  /** `taken` is told of each request whose row a reader is done with. */
  constructor(ahead: number, taken: (request: number) => void) {
    this.#ahead = ahead;
    this.#taken = taken;
  }

  /** Whether every row that came was handed out. */
  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Whether no more rows will come and none is in anybody's hands. */
  get isDone(): boolean {
    return this.#ended && this.isEmpty && this.#readers === 0;
  }

  /** Takes a block. A promise in return resolves once the reader has caught up. */
  push(batch: Batch): Promise<void> | undefined {
    this.#blocks.push(batch);
    this.#wake();
    if (this.#readers === 0 || this.#blocks.length <= this.#ahead) return undefined;
    return new Promise((resolve) => {
      this.#wakeEngine = resolve;
    });
  }

  /** No more rows will come. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** No more rows will come, for this reason; the reader learns of it behind the rows that did. */
  fail(failure: unknown): void {
    this.#failure = failure;
    this.end();
  }

  /** Resolves once no reader has anything left to take: he waits for more, or has left. */
  drained(): Promise<void> {
    if (this.#readers === this.#waiting.length) return Promise.resolve();
    return new Promise((resolve) => this.#draining.push(resolve));
  }

  /**
   * The rows, each once, whoever asks: a reader who leaves in the middle leaves the rest to the next one. He is done with
   * a row when he asks for another, or leaves.
   */
  async *rows(): AsyncGenerator<ResultRow, void, undefined> {
    for await (const { row, request } of this.#each()) {
      try {
        yield row;
      } finally {
        this.#taken(request);
      }
    }
  }

  async *#each(): AsyncGenerator<{ row: ResultRow; request: number }, void, undefined> {
    this.#readers++;
    try {
      for (;;) {
        const batch = this.#blocks[0];
        if (batch !== undefined) {
          const at = this.#at++;
          if (this.#at >= batch.rows.length) this.#next();
          const row = batch.rows[at];
          if (row) yield { row, request: batch.requests[at] ?? 0 };
        } else if (this.#ended) {
          break;
        } else {
          const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
          this.#look();
          await more;
        }
      }
    } finally {
      // A job must not wait for a reader who has left.
      this.#readers--;
      this.#release();
      this.#look();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * The rows in the order of the input, for which early ones are kept here. A reader who leaves gives those back; a
   * failure comes behind them.
   */
  async *inOrder(): AsyncGenerator<ResultRow, void, undefined> {
    const early = new Map<number, ResultRow>();
    let next = 0;
    let failure: { readonly error: unknown } | undefined;
    try {
      try {
        for await (const { row, request } of this.#each()) {
          early.set(request, row);
          for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
            early.delete(next);
            try {
              yield ready;
            } finally {
              this.#taken(next++);
            }
          }
        }
      } catch (error) {
        failure = { error };
      }
      // Gaps are left by a job that failed, by a reader before, and where a job was taken up again in the middle.
      for (const [request, row] of [...early].sort(([a], [b]) => a - b)) {
        early.delete(request);
        try {
          yield row;
        } finally {
          this.#taken(request);
        }
      }
    } finally {
      this.#giveBack(early);
    }
    if (failure) throw failure.error;
  }

  #giveBack(rows: ReadonlyMap<number, ResultRow>): void {
    if (rows.size === 0) return;
    const batch = { rows: [...rows.values()], requests: Uint32Array.from(rows.keys()) };
    // Behind a block that somebody has begun.
    this.#blocks.splice(this.#at > 0 ? 1 : 0, 0, batch);
    this.#wake();
  }

  #next(): void {
    this.#blocks.shift();
    this.#at = 0;
    if (this.#blocks.length <= this.#ahead) this.#release();
  }

  #look(): void {
    if (this.#readers === this.#waiting.length) for (const resolve of this.#draining.splice(0)) resolve();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #release(): void {
    this.#wakeEngine?.();
    this.#wakeEngine = undefined;
  }
}
