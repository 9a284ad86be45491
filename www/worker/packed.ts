// A table's cells as bytes, one after the other: text that is not looked at costs no object.
import { search } from "./search.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const QUOTE = 0x22;

/** Cells by row and column. Every row has as many as there are columns. */
export class Packed {
  readonly columns: readonly string[];
  #text: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 16);
  #ends: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 10);
  #cells = 0;

  constructor(columns: readonly string[]) {
    this.columns = columns;
  }

  get rowCount(): number {
    return this.columns.length === 0 ? 0 : this.#cells / this.columns.length;
  }

  /** Takes a row; missing cells are empty, and what is too much is left out. */
  push(row: readonly string[]): void {
    for (let column = 0; column < this.columns.length; column += 1) {
      const cell = row[column] ?? "";
      // No character has more than three bytes of UTF-8 for each of its units.
      const start = this.#reserve(cell.length * 3);
      const { written } = encoder.encodeInto(cell, this.#text.subarray(start));
      this.#end(start + written);
    }
  }

  /** The text of one cell. */
  cell(row: number, column: number): string {
    return decoder.decode(this.bytes(row, column));
  }

  /** The bytes of one cell. */
  bytes(row: number, column: number): Uint8Array<ArrayBuffer> {
    const at = row * this.columns.length + column;
    return this.#text.subarray(at === 0 ? 0 : this.#ends[at - 1], this.#ends[at]);
  }

  /** How many bytes one cell has. */
  size(row: number, column: number): number {
    const at = row * this.columns.length + column;
    return (this.#ends[at] as number) - (at === 0 ? 0 : (this.#ends[at - 1] as number));
  }

  /** One row. */
  row(row: number): string[] {
    return this.columns.map((_, column) => this.cell(row, column));
  }

  /** These rows as CSV, every cell quoted, so that line feeds and quotes are no question. */
  csv(rows: Iterable<number>): Blob {
    const parts: BlobPart[] = [`${this.columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(",")}\n`];
    let out = new Uint8Array(CHUNK);
    let used = 0;
    const flush = (): void => {
      parts.push(new Blob([out.subarray(0, used)]));
      used = 0;
    };
    const width = this.columns.length;
    for (const row of rows) {
      for (let column = 0; column < width; column += 1) {
        const cell = this.bytes(row, column);
        if (used + 2 * cell.length + 4 > out.length) flush();
        if (2 * cell.length + 4 > out.length) out = new Uint8Array(2 * cell.length + CHUNK);
        out[used++] = QUOTE;
        if (cell.includes(QUOTE)) {
          for (const byte of cell) {
            if (byte === QUOTE) out[used++] = QUOTE;
            out[used++] = byte;
          }
        } else {
          out.set(cell, used);
          used += cell.length;
        }
        out[used++] = QUOTE;
        out[used++] = column === width - 1 ? 0x0a : 0x2c;
      }
    }
    flush();
    return new Blob(parts);
  }

  /** Marks the rows that have `needle` in a cell. */
  find(needle: string, mark: Uint8Array): void {
    const ends = this.#ends.subarray(0, this.#cells);
    search(this.#text.subarray(0, ends.at(-1) ?? 0), ends, needle, (entry) => {
      mark[Math.floor(entry / this.columns.length)] = 1;
    });
  }

  /** Line feeds in a row. */
  feeds(row: number): number {
    let count = 0;
    for (let column = 0; column < this.columns.length; column += 1) {
      const cell = this.bytes(row, column);
      for (let at = cell.indexOf(0x0a); at >= 0; at = cell.indexOf(0x0a, at + 1)) count += 1;
    }
    return count;
  }

  #reserve(size: number): number {
    const start = this.#cells === 0 ? 0 : (this.#ends[this.#cells - 1] as number);
    if (start + size > this.#text.length) {
      const larger = new Uint8Array(Math.max(2 * this.#text.length, start + size));
      larger.set(this.#text.subarray(0, start));
      this.#text = larger;
    }
    return start;
  }

  #end(at: number): void {
    if (this.#cells === this.#ends.length) {
      const larger = new Uint32Array(2 * this.#ends.length);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.#cells] = at;
    this.#cells += 1;
  }
}

const CHUNK = 1 << 20;
