// Reads the tables of a block as the engine packs them. The layout is that of `src/jsonl/rows.rs`; a test compares the
// two lists of constants.
import { Strings, utf8 } from "./strings.js";
import type { RawBlock } from "./wasm/batchwise_bg.js";

export const STRIDE = 28;
export const LINE = 0;
export const KIND = 3;
export const CUSTOM_ID = 4;
export const RESULT_TYPE = 6;
export const MESSAGE = 8;
export const USAGE = 10;
export const STOP_REASON = 12;
export const ERROR_TYPE = 16;
export const ERROR_MESSAGE = 18;
export const ERROR_REQUEST_ID = 22;
export const TEXTS = 24;
export const TEXT_COUNT = 25;
export const ID = 26;
export const ABSENT = 0xffffffff;
export const ESCAPED = 0x80000000;

/** One block's tables. Rows and fields are trusted to be in range. */
export class Table {
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #strings: Strings;

  constructor(raw: RawBlock) {
    this.count = raw.count;
    this.#bytes = raw.bytes;
    this.#words = raw.words;
    this.#numbers = raw.numbers;
    this.#strings = new Strings(raw);
  }

  /** Outcome in the low 8 bits, retry in the next 8. */
  kind(row: number): number {
    return this.#words[row * STRIDE + KIND] ?? 0;
  }

  /** Whether a row has the field. */
  has(row: number, field: number): boolean {
    return this.#words[row * STRIDE + field] !== ABSENT;
  }

  /** A string field; `null` when it is absent. */
  string(row: number, field: number): string | null {
    return this.has(row, field) ? this.#string(row * STRIDE + field) : null;
  }

  /** A field that is JSON, parsed; `null` when it is absent. */
  json(row: number, field: number): unknown {
    const at = row * STRIDE + field;
    const start = this.#words[at] ?? ABSENT;
    return start === ABSENT ? null : JSON.parse(this.#decode(start, this.#words[at + 1] ?? 0));
  }

  /** The bytes of the whole line. */
  line(row: number): Uint8Array {
    const start = this.#words[row * STRIDE + LINE] ?? 0;
    return this.#bytes.subarray(start, start + (this.#words[row * STRIDE + LINE + 1] ?? 0));
  }

  /** The id. */
  id(row: number): string {
    const at = row * STRIDE + ID;
    return this.#strings.at(this.#words[at] as number, this.#words[at + 1] as number);
  }

  /** The text blocks, joined. */
  text(row: number): string {
    const words = this.#words;
    let at = this.count * STRIDE + 2 * (words[row * STRIDE + TEXTS] ?? 0);
    let text = "";
    for (let left = words[row * STRIDE + TEXT_COUNT] ?? 0; left > 0; left--, at += 2) {
      text += this.#strings.at(words[at] as number, words[at + 1] as number);
    }
    return text;
  }

  /** One column of numbers. */
  column(index: number): Float64Array {
    return this.#numbers.subarray(index * this.count, (index + 1) * this.count);
  }

  #string(at: number): string {
    const start = this.#words[at] ?? 0;
    const length = this.#words[at + 1] ?? 0;
    if (length < ESCAPED) return this.#decode(start, length);
    // With its quotes it is JSON, and JSON.parse knows every escape, surrogates without a partner included.
    return JSON.parse(this.#decode(start - 1, length - ESCAPED + 2)) as string;
  }

  #decode(start: number, length: number): string {
    return utf8.decode(this.#bytes.subarray(start, start + length));
  }
}
