import { BatchwiseError } from "./errors.js";
import { Objects } from "./objects.js";
import { Table } from "./rawblock.js";
import { type BadLine, type ChunkSource, Download, Reading } from "./reading.js";
import { ResultBlock, type ResultRow, rowOf } from "./row.js";
import type { MessageBatch, MessageBatchIndividualResponse, Usage } from "./types.js";
import type { Reader } from "./wasm/batchwise_bg.js";

export type { BadLine } from "./reading.js";

/** A results file in figures. */
export interface ResultSummary {
  /** Requests by what became of them. `missing` are those without a readable line. */
  readonly outcomes: OutcomeCounts;
  /** Sums over all rows. */
  readonly usage: Usage;
  /** USD at batch prices, of what the API counted; null where a model has no known price. */
  readonly cost: number | null;
}

/** How many requests ended in which way. */
export interface OutcomeCounts {
  readonly succeeded: number;
  readonly errored: number;
  readonly canceled: number;
  readonly expired: number;
  readonly missing: number;
  /** Kinds that the API has added since; absent when there are none. */
  readonly unknown?: number;
}

/**
 * The results of a batch, read as they come and in one way of five: full objects (`for await` over the stream itself),
 * lazy `rows()`, columnar `blocks()`, a `summary()`, or the raw `bytes()`.
 *
 * It can be read once. Nothing is read ahead of what is asked for, and leaving a loop early ends the download. Where
 * rows and bad lines fall short of the batch's requests, the reading ends with a `TruncatedResultsError` after the last
 * row: not every runtime notices that a body was cut.
 */
export class ResultStream implements AsyncIterable<MessageBatchIndividualResponse> {
  /** Lines that are no result: reported, never fatal. Grows while reading; only the first 10,000 are kept. */
  readonly badLines: readonly BadLine[];
  readonly #badLines: BadLine[] = [];
  readonly #download: Download;
  readonly #expected: number;
  #taken = false;
  #open: Reading | undefined;

  /** @internal Made by `results()`: the body of an ended batch. `signal` is the caller's, for the cause of an abort. */
  constructor(source: ChunkSource, batch: Pick<MessageBatch, "request_counts">, signal?: AbortSignal | null) {
    const { processing, succeeded, errored, canceled, expired } = batch.request_counts;
    this.badLines = this.#badLines;
    this.#download = new Download(source, signal ?? null);
    this.#expected = processing + succeeded + errored + canceled + expired;
  }

  /** Each result as `JSON.parse` makes it of its line. */
  [Symbol.asyncIterator](): AsyncIterator<MessageBatchIndividualResponse> {
    const objects = new Objects();
    return new Items<MessageBatchIndividualResponse>(this.#reading().valuesOnly(), (reader) => objects.page(reader));
  }

  /** Each result as a lazy row: what is not looked at costs nothing. */
  rows(): AsyncIterable<ResultRow> {
    const items = () =>
      this.#items((reader) => {
        const raw = reader.take_block();
        if (!raw) return undefined;
        const table = new Table(raw);
        return { length: raw.count, at: (i) => rowOf(table, i), isKept: true };
      });
    return { [Symbol.asyncIterator]: items };
  }

  /** Up to a few thousand results at a time, as columns: the fastest way. */
  blocks(): AsyncIterable<ResultBlock> {
    const items = () =>
      this.#items((reader) => {
        const raw = reader.take_block();
        return raw && { length: 1, at: () => new ResultBlock(raw), isKept: true };
      });
    return { [Symbol.asyncIterator]: items };
  }

  /** Counts by outcome, tokens and cost; makes no row. */
  async summary(): Promise<ResultSummary> {
    const totals = await this.#reading().totals();
    if (!totals) throw new BatchwiseError("misuse/order", "the results were cancelled while they were being counted");
    const { outcomes, records, usage, cost } = totals;
    const missing = Math.max(0, this.#expected - records);
    const { unknown, ...known } = outcomes;
    return { outcomes: { ...known, missing, ...(unknown > 0 ? { unknown } : {}) }, usage, cost };
  }

  /** The file's bytes, unchanged. Nothing is parsed and nothing is checked. */
  bytes(): ReadableStream<Uint8Array> {
    this.#take();
    const download = this.#download;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const chunk = await download.next();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: () => download.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Ends the download. For results that will not be read (to the end); leaving a loop does it by itself. */
  cancel(): void {
    this.#taken = true;
    this.#download.cancel();
  }

  /** Ends the download and gives the memory of what was read back. A loop that goes on ends. */
  dispose(): void {
    this.cancel();
    this.#open?.close();
  }

  /** For `using`: {@link ResultStream.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** For `await using`: {@link ResultStream.dispose}. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }

  #items<T>(open: (reader: Reader) => Page<T> | undefined): Items<T> {
    return new Items(this.#reading(), open);
  }

  #reading(): Reading {
    this.#take();
    this.#open = new Reading(this.#download, this.#expected, this.#badLines);
    return this.#open;
  }

  #take(): void {
    if (this.#taken) {
      throw new BatchwiseError("misuse/order", "results can be read once: call results() again to read them again");
    }
    this.#taken = true;
  }
}

/** Items that are ready. */
interface Page<T> {
  readonly length: number;
  /** Asked for each item once, in their order. */
  at(index: number): T;
  /** Whether the items outlive the reading. */
  readonly isKept: boolean;
}

/**
 * Hands out the items of one page after the other. By hand and not as an async generator, which takes twice the time an
 * item.
 */
class Items<T> implements AsyncIterableIterator<T> {
  readonly #reading: Reading;
  readonly #open: (reader: Reader) => Page<T> | undefined;
  #page: Page<T> = { length: 0, at: () => undefined as never, isKept: true };
  #next = 0;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(reading: Reading, open: (reader: Reader) => Page<T> | undefined) {
    this.#reading = reading;
    this.#open = open;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#waiting === 0 && this.#hasItem()) {
      try {
        return Promise.resolve(this.#item());
      } catch (error) {
        return Promise.reject(error);
      }
    }
    // Calls that do not wait for each other are answered in their order.
    this.#waiting++;
    const answer = this.#turn.then(() => this.#advance());
    this.#turn = answer.then(
      () => this.#waiting--,
      () => this.#waiting--,
    );
    return answer;
  }

  async return(): Promise<IteratorResult<T>> {
    this.#next = this.#page.length;
    this.#reading.close();
    return { done: true, value: undefined };
  }

  async #advance(): Promise<IteratorResult<T>> {
    while (!this.#hasItem()) {
      const page = await this.#reading.next(this.#open);
      if (!page) return { done: true, value: undefined };
      this.#page = page;
      this.#next = 0;
    }
    return this.#item();
  }

  #hasItem(): boolean {
    return this.#next < this.#page.length && (this.#page.isKept || !this.#reading.isClosed);
  }

  #item(): IteratorResult<T> {
    try {
      return { done: false, value: this.#page.at(this.#next++) };
    } catch (error) {
      // Nested deeper than this runtime can parse. A loop does not come back after an error, so the download ends here.
      this.#reading.close();
      throw error;
    }
  }
}
