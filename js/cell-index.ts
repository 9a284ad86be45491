import type { CellOptions } from "./cells.js";
import { pieces } from "./pieces.js";
import { engine } from "./start.js";
import { textsOf, wordsOf } from "./texts.js";
import type { CellIndex as EngineIndex } from "./wasm/batchwise_bg.js";

/** What the values of a column are like. */
export interface CellFacts {
  /** Rows without a value. */
  readonly empty: number;
  /** Bytes of the longest value, as UTF-8. */
  readonly longest: number;
  /** Different values; null where they are longer than 60 bytes, or more than a thousand. */
  readonly distinct: number | null;
  /** The first values that are not empty. */
  readonly first: readonly string[];
}

/**
 * A table in memory, outside of JavaScript's heap: any cell by row and column, and a search over all of them. Rows are
 * numbered from 0, the header not counted, and each has as many cells as there are columns: what is missing is empty, what
 * is too much is left out.
 *
 * @example
 * const cells = await CellIndex.of(file, { delimiter: ";" });
 * const [first] = cells.rows([0]);
 * const hits = cells.find("refund"); // 1 for each row that has it
 */
export class CellIndex {
  readonly #engine: EngineIndex;
  #columns: readonly string[] | undefined;
  #added = "";

  /** An index that has seen nothing. `push` it a table's bytes, or `add` it rows under `columns`. */
  constructor({ format, delimiter, quote, header, columns }: CellOptions = {}) {
    const mark = delimiter ?? (format === "tsv" ? "\t" : ",");
    const names = columns ? [...columns] : header === false ? [] : undefined;
    const { CellIndex: Engine } = engine().classes;
    this.#engine =
      format === "jsonl" ? Engine.ofObjects() : new Engine(mark.charCodeAt(0), quote ?? mark !== "\t", names);
  }

  /** Reads all of a table. */
  static async of(source: Blob | ReadableStream<Uint8Array>, options: CellOptions = {}): Promise<CellIndex> {
    const index = new CellIndex(options);
    for await (const piece of pieces(source)) index.push(piece);
    index.finish();
    return index;
  }

  /** Takes the next bytes of the table, cut anywhere. Rows that end in them can be asked for at once. */
  push(chunk: Uint8Array): void {
    this.#engine.push(chunk);
  }

  /** Takes a row instead. It can be asked for after `finish`, or when enough of them have come. */
  add(row: readonly string[]): void {
    this.#added += `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
    if (this.#added.length > ADDED_CHARS) this.#flush();
  }

  /** Says that the table has ended. */
  finish(): void {
    this.#flush();
    this.#engine.finish();
  }

  /** The names of the columns; none before the header has come. */
  get columns(): readonly string[] {
    this.#columns ??= this.#engine.columns();
    return this.#columns ?? [];
  }

  get rowCount(): number {
    return this.#engine.rowCount();
  }

  /** Rows that had more or fewer cells than there are columns, or could not be read. */
  get ragged(): Uint32Array {
    return this.#engine.ragged();
  }

  /** How many rows are not UTF-8: their cells are empty. */
  get notUtf8(): number {
    return this.#engine.notUtf8();
  }

  /** The cells of some rows; of each cell the first `most` characters, where that is given. */
  rows(rows: readonly number[] | Uint32Array, most?: number): string[][] {
    const width = this.columns.length;
    const cells = textsOf(this.#engine.texts(wordsOf(rows), EVERY(width), most));
    return Array.from({ length: rows.length }, (_, row) => cells.slice(row * width, (row + 1) * width));
  }

  /** The values of one column, by its position, in some rows. */
  column(column: number, rows: readonly number[] | Uint32Array = EVERY(this.rowCount), most?: number): string[] {
    return textsOf(this.#engine.texts(wordsOf(rows), Uint32Array.of(column), most));
  }

  /** What the values of a column are like; `first` says how many of them are told. */
  facts(column: number, first = 0): CellFacts {
    const [empty = 0, longest = 0, counted = 0, ...rows] = this.#engine.facts(column, first);
    return { empty, longest, distinct: counted === 0 ? null : counted - 1, first: this.column(column, rows) };
  }

  /**
   * A byte for each row: 1 where a cell holds `words`, else 0. Letters match in both cases, in every script that has two.
   */
  find(words: string): Uint8Array {
    return this.#engine.find(words);
  }

  /** Some rows as CSV, every cell in quotes, below a header of `columns`. */
  csv(rows: readonly number[] | Uint32Array, columns: readonly string[] = this.columns): Blob {
    const header = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
    const wanted = wordsOf(rows);
    const parts: BlobPart[] = [`${header}\n`];
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      parts.push(this.#engine.csv(wanted.subarray(at, at + AT_ONCE)) as Uint8Array<ArrayBuffer>);
    }
    return new Blob(parts);
  }

  /** How many lines each of these rows takes in that CSV. */
  csvLines(rows: readonly number[] | Uint32Array): Uint32Array {
    return this.#engine.csvLines(wordsOf(rows));
  }

  /** The row that stands on a line of the table, counted from 1; undefined for the header. */
  rowAt(line: number): number | undefined {
    return this.#engine.rowAt(line);
  }

  /** Gives the memory back now; without it, the garbage collector does some time. */
  dispose(): void {
    this.#engine.free();
  }

  /** For `using`: {@link CellIndex.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #flush(): void {
    if (this.#added !== "") this.push(encoder.encode(this.#added));
    this.#added = "";
  }
}

const encoder = new TextEncoder();
const ADDED_CHARS = 1 << 18;
/** Rows whose bytes are made at once. */
const AT_ONCE = 10_000;

const EVERY = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, at) => at);
