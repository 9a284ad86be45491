import {
  ERROR_MESSAGE,
  ERROR_REQUEST_ID,
  ERROR_TYPE,
  LINE,
  MESSAGE,
  RESULT_TYPE,
  STOP_REASON,
  Table,
  USAGE,
} from "./rawblock.js";
import type { Message, MessageBatchIndividualResponse, Usage } from "./types.js";
import type { RawBlock } from "./wasm/batchwise_bg.js";

const OUTCOMES = ["succeeded", "errored", "canceled", "expired", "unknown"] as const;
const UNKNOWN = 4;
const RETRY = ["now", "never", "once"] as const;

/** What became of one request. A kind that the API adds later keeps the API's own word. */
export type RowOutcome = "succeeded" | "errored" | "canceled" | "expired" | (string & {});

/** Why a request failed. */
export interface RowError {
  type: string;
  message: string;
  requestId: string | null;
}

/**
 * One result, lazy: each field is read from the bytes when it is asked for.
 *
 * A row keeps its block (up to some hundred kilobytes) in memory; to keep few rows of many, keep what you need of them.
 */
export interface ResultRow<Id extends string = string> {
  /** The id of the request that this is the result of. */
  readonly custom_id: Id;
  /** What became of it. */
  readonly outcome: RowOutcome;
  /** The text blocks of the message, joined; `""` when there are none. */
  readonly text: string;
  /** Why the model stopped; `null` when there is no message. */
  readonly stopReason: string | null;
  /** The tokens used, as the API counts them; `null` when there is no message. */
  readonly usage: Usage | null;
  /** Why it failed; `null` when it did not. */
  readonly error: RowError | null;
  /** Whether the same request, sent again, may succeed: `now`, `never`, or `once` where nobody can say. */
  readonly retry: "now" | "never" | "once";
  /** The message, parsed on first access; `null` when there is none. */
  readonly message: Message | null;
  /** The whole result, deep-equal to `JSON.parse` of its line. */
  toJSON(): MessageBatchIndividualResponse<Id>;
}

class LazyRow implements ResultRow {
  readonly #table: Table;
  readonly #index: number;
  #message: Message | null = null;
  #usage: Usage | null = null;

  constructor(table: Table, index: number) {
    this.#table = table;
    this.#index = index;
  }

  get custom_id(): string {
    return this.#table.id(this.#index);
  }

  get outcome(): RowOutcome {
    const known = this.#table.kind(this.#index) & 0xff;
    return known < UNKNOWN ? (OUTCOMES[known] ?? "") : (this.#table.string(this.#index, RESULT_TYPE) ?? "");
  }

  get text(): string {
    return this.#table.text(this.#index);
  }

  get stopReason(): string | null {
    return this.#table.string(this.#index, STOP_REASON);
  }

  get usage(): Usage | null {
    this.#usage ??= this.#table.json(this.#index, USAGE) as Usage | null;
    return this.#usage;
  }

  get error(): RowError | null {
    const type = this.#table.string(this.#index, ERROR_TYPE);
    if (type === null && this.outcome !== "errored") return null;
    return {
      type: type ?? "unknown_error",
      message: this.#table.string(this.#index, ERROR_MESSAGE) ?? "",
      requestId: this.#table.string(this.#index, ERROR_REQUEST_ID),
    };
  }

  get retry(): "now" | "never" | "once" {
    return RETRY[(this.#table.kind(this.#index) >> 8) & 0xff] ?? "never";
  }

  get message(): Message | null {
    this.#message ??= this.#table.json(this.#index, MESSAGE) as Message | null;
    return this.#message;
  }

  toJSON(): MessageBatchIndividualResponse {
    return this.#table.json(this.#index, LINE) as MessageBatchIndividualResponse;
  }

  /** What `console.log` shows in Node and Deno. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    const { custom_id, outcome, text, stopReason, usage, error, retry } = this;
    return { custom_id, outcome, text, stopReason, usage, error, retry };
  }
}

/**
 * Rows as columns: the fastest way through results. Nothing is made for a row before it is asked for.
 */
export class ResultBlock {
  /** The kinds of outcome, in the order of the figures in `outcome`. */
  static readonly OUTCOMES: typeof OUTCOMES = OUTCOMES;

  /** How many rows there are. */
  readonly length: number;
  /** Per row, an index into `ResultBlock.OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** Per row, input tokens that no cache had to do with. Rows without usage have 0 in this and the next columns. */
  readonly inputTokens: Float64Array;
  /** Per row, tokens written to the 5-minute cache. */
  readonly cacheWrite5mTokens: Float64Array;
  /** Per row, tokens written to the 1-hour cache. */
  readonly cacheWrite1hTokens: Float64Array;
  /** Per row, tokens read from the cache. */
  readonly cacheReadTokens: Float64Array;
  /** Per row, output tokens, thinking included. */
  readonly outputTokens: Float64Array;
  readonly #table: Table;

  /** @internal Made from a block as it comes from the engine. */
  constructor(raw: RawBlock) {
    const table = new Table(raw);
    this.#table = table;
    this.length = table.count;
    this.outcome = new Uint8Array(table.count);
    for (let i = 0; i < table.count; i++) this.outcome[i] = table.kind(i) & 0xff;
    this.inputTokens = table.column(0);
    this.cacheWrite5mTokens = table.column(1);
    this.cacheWrite1hTokens = table.column(2);
    this.cacheReadTokens = table.column(3);
    this.outputTokens = table.column(4);
  }

  /** The `custom_id` of row `i`. */
  id(i: number): string {
    return this.#table.id(this.#checked(i));
  }

  /** The text of row `i`: its text blocks joined, `""` when there are none. */
  text(i: number): string {
    return this.#table.text(this.#checked(i));
  }

  /** Row `i`, lazy. */
  row(i: number): ResultRow {
    return rowOf(this.#table, this.#checked(i));
  }

  /** Row `i`, deep-equal to `JSON.parse` of its line. */
  json(i: number): MessageBatchIndividualResponse {
    return this.#table.json(this.#checked(i), LINE) as MessageBatchIndividualResponse;
  }

  /** The line of row `i` as bytes of JSON, without its end: a view of the block, not a copy. */
  line(i: number): Uint8Array {
    return this.#table.line(this.#checked(i));
  }

  #checked(i: number): number {
    if (Number.isInteger(i) && i >= 0 && i < this.length) return i;
    throw new RangeError(`no row ${i} in a block of ${this.length}`);
  }
}

/** A row of a block's tables. */
export function rowOf(table: Table, index: number): ResultRow {
  return new LazyRow(table, index);
}

/** The rows of a block as it comes from the engine. */
export function rowsOf(raw: RawBlock): ResultRow[] {
  const table = new Table(raw);
  return Array.from({ length: raw.count }, (_, i) => rowOf(table, i));
}
