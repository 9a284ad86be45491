// A table's cells as the engine keeps them: text that is not looked at is no object of this language.
import type { CellIndex, CellOptions } from "batchwise/slim";

/** Rows that are decoded at once where one is asked for after the other. */
const AHEAD = 256;
/** Characters of a cell that a grid shows at the most. */
export const SHOWN_CHARS = 240;

/** A table as it was brought, where every row of it can be sent as it is. */
export interface Original {
  readonly blob: Blob;
  readonly options: Pick<CellOptions, "format" | "delimiter">;
}

/** Cells by row and column. Every row has as many as there are columns. */
export class Packed {
  readonly columns: readonly string[];
  readonly index: CellIndex;
  readonly original: Original | null;
  readonly #ahead: Ahead[];

  constructor(index: CellIndex, columns: readonly string[] = index.columns, original: Original | null = null) {
    this.index = index;
    this.columns = columns;
    this.original = original;
    this.#ahead = columns.map((_, column) => new Ahead((rows) => index.column(column, rows)));
  }

  get rowCount(): number {
    return this.index.rowCount;
  }

  /** The text of one cell. */
  cell(row: number, column: number): string {
    return this.#ahead[column]?.get(row, this.rowCount) ?? "";
  }

  /** One row. */
  row(row: number): string[] {
    return this.columns.map((_, column) => this.cell(row, column));
  }

  /** Rows as a grid shows them. */
  shown(rows: readonly number[]): string[][] {
    return this.index.rows(rows, SHOWN_CHARS);
  }

  /** These rows as CSV, every cell quoted, so that line feeds and quotes are no question. */
  csv(rows: Uint32Array): Blob {
    return this.index.csv(rows, this.columns);
  }

  /** Marks the rows that have `needle` in a cell. */
  find(needle: string, mark: Uint8Array): void {
    const found = this.index.find(needle);
    for (let row = 0; row < mark.length; row += 1) if (found[row] === 1) mark[row] = 1;
  }
}

/** Texts by number, decoded one by one, or many at once where they are asked for in order. */
export class Ahead {
  readonly #read: (numbers: Uint32Array) => string[];
  #first = 0;
  #texts: string[] = [];
  #last = -1;

  constructor(read: (numbers: Uint32Array) => string[]) {
    this.#read = read;
  }

  get(number: number, count: number): string {
    const known = this.#texts[number - this.#first];
    if (known === undefined) {
      const isInOrder = number === this.#last + 1;
      const size = Math.min(isInOrder ? AHEAD : 1, count - number);
      this.#texts = this.#read(Uint32Array.from({ length: Math.max(0, size) }, (_, at) => number + at));
      this.#first = number;
    }
    this.#last = number;
    return this.#texts[number - this.#first] ?? "";
  }

  /** Forgets what was decoded. */
  clear(): void {
    this.#texts = [];
  }
}
