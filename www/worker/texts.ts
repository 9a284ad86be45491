// Texts of rows in one place, as bytes.
import { search } from "./search.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** One text for each of many rows; a row that is set again has its last text. */
export class Texts {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 16);
  #used = 0;
  /** By entry: where it ends and whose it is. */
  #ends: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 10);
  #rows: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 10);
  #entries = 0;
  /** By row: its entry, from 1; 0 for none. */
  readonly #entry: Uint32Array<ArrayBuffer>;

  constructor(rowCount: number) {
    this.#entry = new Uint32Array(rowCount);
  }

  /** Sets the text of a row. */
  set(row: number, text: string): void {
    if (this.#used + 3 * text.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#used + 3 * text.length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#used += encoder.encodeInto(text, this.#bytes.subarray(this.#used)).written;
    if (this.#entries === this.#ends.length) {
      this.#ends = grown(this.#ends);
      this.#rows = grown(this.#rows);
    }
    this.#ends[this.#entries] = this.#used;
    this.#rows[this.#entries] = row;
    this.#entries += 1;
    this.#entry[row] = this.#entries;
  }

  /** The text of a row; empty where it has none. */
  get(row: number): string {
    const [start, end] = this.#span(row);
    return decoder.decode(this.#bytes.subarray(start, end));
  }

  /** How many bytes the text of a row has. */
  size(row: number): number {
    const [start, end] = this.#span(row);
    return end - start;
  }

  /** Marks the rows whose text has `needle` in it; letters of ASCII match in both cases. */
  find(needle: string, mark: Uint8Array): void {
    search(this.#bytes.subarray(0, this.#used), this.#ends.subarray(0, this.#entries), needle, (entry) => {
      const row = this.#rows[entry] as number;
      if (this.#entry[row] === entry + 1) mark[row] = 1;
    });
  }

  #span(row: number): [number, number] {
    const entry = this.#entry[row] ?? 0;
    if (entry === 0) return [0, 0];
    return [entry === 1 ? 0 : (this.#ends[entry - 2] as number), this.#ends[entry - 1] as number];
  }
}

function grown(old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * old.length);
  larger.set(old);
  return larger;
}
