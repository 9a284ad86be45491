import { pieces } from "./pieces.js";
import { engine } from "./start.js";
import type { CellReader } from "./wasm/batchwise_bg.js";

/** How a table is written. */
export interface CellOptions {
  /** Default "csv". */
  format?: "csv" | "tsv" | "jsonl" | undefined;
  /** One ASCII character between two cells. Default `,` in CSV, a tab in TSV. */
  delimiter?: string | undefined;
  /** Whether `"` begins a cell that may hold delimiters and line feeds. Default true, false where a tab delimits. */
  quote?: boolean | undefined;
  /** Whether the first row names the columns. Default true, false where `columns` are given. */
  header?: boolean | undefined;
  /** Names for the columns of a table without a header. Default `1`, `2` and so on. */
  columns?: readonly string[] | undefined;
}

/** A table's columns and the rows below them. */
export interface Cells {
  readonly columns: readonly string[];
  /** Rows in order, read while they are asked for, once. A row that cannot be read has no cells. */
  readonly rows: AsyncIterable<readonly string[]>;
}

/** Reads a table's cells, exactly as `table` reads them when it makes requests of the rows. */
export async function readCells(source: Blob, options: CellOptions = {}): Promise<Cells> {
  const rows = options.format === "jsonl" ? objectRows(source) : cellRows(source, options);
  const first = await rows.next();
  const row = first.done ? [] : first.value;
  if (options.format === "jsonl") {
    const columns = Object.keys(row);
    const cells = (object: object): string[] =>
      columns.map((name) => cellOf((object as Record<string, unknown>)[name]));
    return { columns, rows: mapped(first.done ? [] : [row], rows, cells) };
  }
  const named = row as readonly string[];
  if (options.columns) return { columns: options.columns, rows: mapped(first.done ? [] : [named], rows, asCells) };
  if (options.header === false) {
    return { columns: named.map((_, at) => String(at + 1)), rows: mapped(first.done ? [] : [named], rows, asCells) };
  }
  return { columns: named.map((name) => name.trim()), rows: mapped([], rows, asCells) };
}

const asCells = (row: object): readonly string[] => row as readonly string[];

async function* mapped<T>(
  first: readonly object[],
  rest: AsyncIterable<object>,
  to: (row: object) => T,
): AsyncGenerator<T> {
  for (const row of first) yield to(row);
  for await (const row of rest) yield to(row);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function* cellRows(source: Blob, options: CellOptions): AsyncGenerator<readonly string[]> {
  const delimiter = options.delimiter ?? (options.format === "tsv" ? "\t" : ",");
  const reader = new (engine().classes.CellReader)(delimiter.charCodeAt(0), options.quote ?? delimiter !== "\t");
  try {
    for await (const chunk of pieces(source)) {
      reader.push(chunk);
      yield* taken(reader);
    }
    reader.finish();
    yield* taken(reader);
  } finally {
    reader.free();
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function* taken(reader: CellReader): Generator<readonly string[]> {
  const text = reader.takeText();
  const ends = reader.takeEnds();
  let cell = 0;
  let start = 0;
  for (const count of reader.takeCounts()) {
    const row: string[] = [];
    for (const end of ends.subarray(cell, cell + count)) {
      row.push(decoder.decode(text.subarray(start, end)));
      start = end;
    }
    cell += count;
    yield row;
  }
}

async function* objectRows(source: Blob): AsyncGenerator<object> {
  let rest = "";
  const lines = new TextDecoder();
  for await (const chunk of pieces(source)) {
    const parts = (rest + lines.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) if (line.trim() !== "") yield parsed(line);
  }
  rest += lines.decode();
  if (rest.trim() !== "") yield parsed(rest);
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : [];
  } catch {
    return [];
  }
}
