// The answers to rows, as the engine keeps them: of a row that was tried again, the last one.
import { ResultIndex } from "batchwise/slim";
import { Ahead } from "./packed.js";

/** The results of one attempt, and whose they are. */
export class Source {
  readonly index: ResultIndex;
  /** Bytes of its file that have come. */
  end = 0;
  /** By result: its row, or -1. */
  rows: Int32Array<ArrayBuffer> = new Int32Array(1 << 10);

  constructor(index = new ResultIndex()) {
    this.index = index;
  }

  /** Makes room for so many results. */
  reserve(count: number): void {
    if (count <= this.rows.length) return;
    const larger = new Int32Array(Math.max(2 * this.rows.length, count));
    larger.set(this.rows);
    this.rows = larger;
  }
}

/** One text for each of many rows. */
export class Texts {
  readonly #sources: readonly Source[];
  /** By row: of which attempt its text is, and which of its results, from 1; 0 for none. */
  readonly #attempt: Uint8Array;
  readonly #result: Uint32Array;
  readonly #ahead: Ahead;

  constructor(sources: readonly Source[], attempt: Uint8Array) {
    this.#sources = sources;
    this.#attempt = attempt;
    this.#result = new Uint32Array(attempt.length);
    this.#ahead = new Ahead((rows) => this.of(rows));
  }

  /** Sets which result has the text of a row. */
  set(row: number, result: number): void {
    this.#result[row] = result + 1;
    this.#ahead.clear();
  }

  /** The text of a row; empty where it has none. */
  get(row: number): string {
    return this.#ahead.get(row, this.#result.length);
  }

  /** The texts of rows, of each the first `most` characters. */
  of(rows: Uint32Array, most?: number): string[] {
    const texts: string[] = new Array(rows.length).fill("");
    for (const [attempt, { index }] of this.#sources.entries()) {
      const mine = Array.from(rows.keys()).filter((at) => {
        const row = rows[at] as number;
        return this.#attempt[row] === attempt && this.#result[row] !== 0;
      });
      const results = Uint32Array.from(mine, (at) => (this.#result[rows[at] as number] as number) - 1);
      for (const [at, text] of index.texts(results, most).entries()) texts[mine[at] as number] = text;
    }
    return texts;
  }

  /** Marks the rows whose text has `needle` in it. */
  find(needle: string, mark: Uint8Array): void {
    for (const [attempt, { index, rows }] of this.#sources.entries()) {
      const found = index.find(needle);
      for (let result = 0; result < found.length; result += 1) {
        if (found[result] === 0) continue;
        const row = rows[result] as number;
        if (row >= 0 && this.#attempt[row] === attempt && this.#result[row] === result + 1) mark[row] = 1;
      }
    }
  }
}
