// A results file in chunks, rows out as columns: no stream, no promise, nothing that waits.
import { asked } from "../asked.js";
import type { BadLine } from "../reading.js";
import { ResultBlock } from "../row.js";
import { engine } from "../start.js";
import type { Usage } from "../types.js";
import type { Reader as Engine } from "../wasm/batchwise_bg.js";

/** What a file has come to so far. */
export interface ReaderTotals {
  /** Rows: lines that are results. */
  readonly records: number;
  readonly outcomes: Readonly<Record<"succeeded" | "errored" | "canceled" | "expired" | "unknown", number>>;
  readonly usage: Usage;
  /** USD; null where a model has no known price. */
  readonly cost: number | null;
}

/** Reads a results file that comes in pieces. */
export class ResultReader {
  readonly #engine: Engine;

  /** Lines of more than `maxLineBytes` are bad; default 64 MiB. */
  constructor(options: { maxLineBytes?: number } = {}) {
    this.#engine = asked(() => new (engine().classes.Reader)(options.maxLineBytes));
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    asked(() => this.#engine.push(chunk));
  }

  /** The file has ended. Whether it is whole is told by its rows alone: compare `totals().records` and `badLines` with the batch. */
  finish(): void {
    asked(() => this.#engine.finish());
  }

  /** The rows since the last call; undefined where there are none. */
  take(): ResultBlock | undefined {
    const raw = asked(() => this.#engine.take_block());
    return raw && new ResultBlock(raw);
  }

  /** The bad lines since the last call. */
  takeBadLines(): BadLine[] {
    return asked(() => this.#engine.take_bad_lines()) ?? [];
  }

  /** Counts, tokens and cost so far. */
  totals(): ReaderTotals {
    return asked(() => this.#engine.totals());
  }

  /** Lets go of the memory. */
  free(): void {
    asked(() => this.#engine.free());
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
