// A file, or text that was pasted, becomes rows: what it is, how it is written, what had to be mended.
import { CellIndex, type CellOptions, ResultIndex } from "batchwise/slim";
import type { DataFacts } from "../shared.js";
import { bookOf } from "./books.js";
import type { Brought } from "./outcomes.js";
import { type Original, Packed } from "./packed.js";

/** Rows, and what is to be told about them. */
export interface Intake {
  readonly facts: DataFacts;
  readonly rows: Packed;
  /** Finished requests as they came; null for a table. */
  readonly requests: Blob | null;
  /** A results file as it came, and its results. */
  readonly results: Brought | null;
}

type Kind = "csv" | "tsv" | "jsonl" | "requests" | "results";

/** Longer ones do not fit into what a browser gives a page. */
const MOST_BYTES = 2_000_000_000;
const HEAD_BYTES = 64 * 1024;
const LINE_FEED = 10;
const KEPT_RAGGED = 100;

/** Reads a file; of a workbook the sheet of this name. */
export async function take(file: Blob, name: string, sheet: string | null = null): Promise<Intake> {
  if (file.size > MOST_BYTES) throw new Error(`${name} has more than 2 GB: cut it into several files`);
  const notes: string[] = [];
  const book = await bookOf(file, name, sheet);
  if (book) {
    const read = await cells({ blob: book.lines, name, bytes: file.size, notes }, "jsonl", "");
    if (!read) throw new Error(`${name} could not be read`);
    return { ...read, facts: { ...read.facts, form: book.form, sheets: book.sheets, sheet: book.sheet } };
  }
  const plain = await marked(await unpacked(file, notes), notes);
  return (await read(plain, name, file.size, notes)) ?? (await readWestern(plain, name, file.size, notes));
}

/**
 * The first rows of a long table, from its head alone, so that they can be shown while all of it is read. Null where it is
 * not told by its head that this is a table in UTF-8.
 */
export async function takeHead(file: Blob, name: string): Promise<Intake | null> {
  if (file.size <= HEAD_BYTES) return null;
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const whole = bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1);
  const head = utf8Of(whole);
  // A list is known from its end.
  if (head === null || /^\s*(?:\[|$)/.test(head)) return null;
  const kind = kindOf(head);
  if (kind === "requests" || kind === "results") return null;
  const { form, options } = written(kind, head);
  const index = new CellIndex(options);
  index.push(whole);
  index.finish();
  return tabled({ blob: file, name, bytes: file.size, notes: [] }, index, form, options);
}

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Reads it as UTF-8; null where it is none. */
async function read(plain: Blob, name: string, bytes: number, notes: string[]): Promise<Intake | null> {
  const head = await plain.slice(0, HEAD_BYTES).text();
  if (head.trim() === "") throw new Error(`${name} is empty: choose a file with rows in it`);
  const { blob, text, kind } = await recognised(plain, head, notes);
  const source = { blob, name, bytes, notes };
  if (kind === "results") return results(source);
  if (kind !== "requests") return cells(source, kind, text);
  return (await isUtf8(blob)) ? requests(source) : null;
}

/** Reads it in the encoding of those who have no other. */
async function readWestern(plain: Blob, name: string, bytes: number, notes: string[]): Promise<Intake> {
  notes.push("not UTF-8: read as Windows-1252");
  const intake = await read(await recoded(plain, "windows-1252"), name, bytes, notes);
  if (!intake) throw new Error(`${name} could not be read`);
  return intake;
}

interface Source {
  readonly blob: Blob;
  readonly name: string;
  readonly bytes: number;
  readonly notes: string[];
}

async function unpacked(file: Blob, notes: string[]): Promise<Blob> {
  const magic = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (magic[0] === 0x1f && magic[1] === 0x8b) {
    notes.push("unpacked from gzip");
    return new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  }
  return file;
}

/** UTF-8 without a mark, where the mark at its start says what it was before. */
async function marked(file: Blob, notes: string[]): Promise<Blob> {
  const mark = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  const wide =
    mark[0] === 0xff && mark[1] === 0xfe ? "utf-16le" : mark[0] === 0xfe && mark[1] === 0xff ? "utf-16be" : null;
  if (wide === null) return mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf ? file.slice(3) : file;
  notes.push(`read as ${wide.toUpperCase()}`);
  return recoded(file, wide);
}

function recoded(file: Blob, encoding: string): Promise<Blob> {
  const text = file
    .stream()
    .pipeThrough(new TextDecoderStream(encoding) as unknown as TransformStream<Uint8Array, string>);
  return new Response(text.pipeThrough(new TextEncoderStream())).blob();
}

async function isUtf8(file: Blob): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        decoder.decode();
        return true;
      }
      decoder.decode(value, { stream: true });
    }
  } catch {
    await reader.cancel();
    return false;
  }
}

async function recognised(
  blob: Blob,
  head: string,
  notes: string[],
): Promise<{ blob: Blob; text: string; kind: Kind }> {
  if (/^\s*\[/.test(head)) {
    // A list of objects becomes a line for each.
    const list = JSON.parse(await blob.text()) as unknown[];
    notes.push("a JSON list");
    const text = list.map((item) => JSON.stringify(item)).join("\n");
    return { blob: new Blob([text]), text: text.slice(0, HEAD_BYTES), kind: kindOfLine(text.slice(0, HEAD_BYTES)) };
  }
  return { blob, text: head, kind: kindOf(head) };
}

function kindOf(head: string): Kind {
  if (/^\s*\{/.test(head)) return kindOfLine(head);
  const line = head.slice(0, head.indexOf("\n") >>> 0);
  return line.split("\t").length > line.split(",").length ? "tsv" : "csv";
}

function kindOfLine(head: string): Kind {
  for (const line of head.split("\n").slice(0, 20)) {
    try {
      const value = JSON.parse(line) as object;
      if ("custom_id" in value && "params" in value) return "requests";
      if ("custom_id" in value && "result" in value) return "results";
    } catch {
      // The next line may tell.
    }
  }
  return "jsonl";
}

type TableKind = "csv" | "tsv" | "jsonl";

async function cells(source: Source, kind: TableKind, head: string): Promise<Intake | null> {
  const { form, options } = written(kind, head);
  const index = utf8(await CellIndex.of(source.blob, options));
  return index && tabled(source, index, form, options);
}

/** How a table is written, in words and to be read. */
function written(kind: TableKind, head: string): { form: string; options: CellOptions } {
  if (kind !== "csv") return { form: `${kind.toUpperCase()}, UTF-8`, options: { format: kind } };
  const delimiter = delimiterOf(head);
  return { form: `CSV, UTF-8, ${DELIMITERS[delimiter]}`, options: { format: kind, delimiter } };
}

/** The same index, unless some rows of it are not UTF-8. */
function utf8(index: CellIndex): CellIndex | null {
  if (index.notUtf8 === 0) return index;
  index.dispose();
  return null;
}

function tabled({ blob, name, bytes, notes }: Source, index: CellIndex, form: string, options: CellOptions): Intake {
  const noted = notes.length;
  const columns = unique(index.columns, notes);
  const { ragged } = index;
  // Rows that were mended, and columns that were renamed, are sent as they are shown.
  const isWhole = ragged.length === 0 && notes.length === noted;
  const original: Original | null = isWhole && options.format !== "jsonl" ? { blob, options } : null;
  const rows = new Packed(index, columns, original);
  const facts = { name, bytes, kind: "table", form, columns, rowCount: rows.rowCount } as const;
  const few = [...ragged.subarray(0, KEPT_RAGGED)];
  return { facts: { ...facts, ragged: few, raggedCount: ragged.length, notes }, rows, requests: null, results: null };
}

const DELIMITERS: Readonly<Record<string, string>> = { ",": "comma", ";": "semicolon", "|": "bar" };

/** The character that the header has most of. */
function delimiterOf(head: string): string {
  const header = head.split("\n", 1)[0] ?? "";
  const count = (mark: string): number => header.split(mark).length;
  return Object.keys(DELIMITERS).reduce((best, mark) => (count(mark) > count(best) ? mark : best), ",");
}

function unique(columns: readonly string[], notes: string[]): string[] {
  const seen = new Map<string, number>();
  return columns.map((column, at) => {
    const name = column === "" ? `column_${at + 1}` : column;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    if (times > 1) notes.push(`a second column ${name} is called ${name}_${times}`);
    return times > 1 ? `${name}_${times}` : name;
  });
}

/** Requests: a line is a row, also one that cannot be read. */
async function requests({ blob, name, bytes, notes }: Source): Promise<Intake> {
  const index = new CellIndex({ columns: ["custom_id", "model", "request"] });
  for await (const line of linesOf(blob)) {
    const value = parsed(line);
    const params = value["params"] as { model?: unknown } | undefined;
    index.add([String(value["custom_id"] ?? ""), String(params?.model ?? ""), line]);
  }
  index.finish();
  const rows = new Packed(index);
  const facts = { name, bytes, kind: "requests", form: "JSONL of requests", columns: rows.columns, notes } as const;
  return { facts: { ...facts, ...whole(rows) }, rows, requests: blob, results: null };
}

/** Results: what is one is a row. Null where it is not UTF-8. */
async function results({ blob, name, bytes, notes }: Source): Promise<Intake | null> {
  const found = await ResultIndex.of(blob);
  const { badLines } = found;
  if (badLines > 0 && !(await isUtf8(blob))) {
    found.dispose();
    return null;
  }
  if (badLines > 0) notes.push(`${badLines} ${badLines === 1 ? "line is" : "lines are"} no result`);
  const index = new CellIndex({ columns: ["custom_id"] });
  for (const id of found.ids()) index.add([id]);
  index.finish();
  const rows = new Packed(index);
  const facts = { name, bytes, kind: "results", form: "JSONL of results", columns: rows.columns, notes } as const;
  return { facts: { ...facts, ...whole(rows) }, rows, requests: null, results: { blob, index: found } };
}

function whole({ rowCount }: Packed): Pick<DataFacts, "rowCount" | "ragged" | "raggedCount"> {
  return { rowCount, ragged: [], raggedCount: 0 };
}

function parsed(line: string): Record<string, unknown> {
  try {
    return (JSON.parse(line) as Record<string, unknown>) ?? {};
  } catch {
    return {};
  }
}

/** Lines that are not blank. */
export async function* linesOf(blob: Blob): AsyncGenerator<string> {
  const reader = blob
    .stream()
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (parts.pop() ?? "");
    for (const line of parts) if (line.trim() !== "") yield line;
    if (done) return;
  }
}
