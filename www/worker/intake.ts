// A file, or text that was pasted, becomes rows: what it is, how it is written, what had to be mended.
import { readCells } from "batchwise/slim";
import type { DataFacts } from "../shared.js";
import { bookOf } from "./books.js";
import { Packed } from "./packed.js";

/** Rows, and what is to be told about them. */
export interface Intake {
  readonly facts: DataFacts;
  readonly rows: Packed;
  /** Finished requests as they came; null for a table. */
  readonly requests: Blob | null;
  /** A results file as it came. */
  readonly results: Blob | null;
}

type Kind = "csv" | "tsv" | "jsonl" | "requests" | "results";

/** Longer ones do not fit into what a browser gives a page. */
const MOST_BYTES = 2_000_000_000;
const HEAD_BYTES = 64 * 1024;
const KEPT_RAGGED = 100;

/** Reads a file; of a workbook the sheet of this name. */
export async function take(file: Blob, name: string, sheet: string | null = null): Promise<Intake> {
  if (file.size > MOST_BYTES) throw new Error(`${name} has more than 2 GB: cut it into several files`);
  const notes: string[] = [];
  const book = await bookOf(file, name, sheet);
  if (book) {
    const read = await cells({ blob: book.lines, name, bytes: file.size, notes }, "jsonl", "");
    return { ...read, facts: { ...read.facts, form: book.form, sheets: book.sheets, sheet: book.sheet } };
  }
  const plain = await decoded(await unpacked(file, notes), notes);
  const head = await plain.slice(0, HEAD_BYTES).text();
  if (head.trim() === "") throw new Error(`${name} is empty: choose a file with rows in it`);
  const { blob, text, kind } = await recognised(plain, head, notes);
  const source = { blob, name, bytes: file.size, notes };
  if (kind === "requests" || kind === "results") return lines(source, kind);
  return cells(source, kind, text);
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

/** UTF-8, whatever it was before. */
async function decoded(file: Blob, notes: string[]): Promise<Blob> {
  const mark = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  const wide =
    mark[0] === 0xff && mark[1] === 0xfe ? "utf-16le" : mark[0] === 0xfe && mark[1] === 0xff ? "utf-16be" : null;
  const encoding = wide ?? ((await isUtf8(file)) ? null : "windows-1252");
  if (encoding === null) return mark[0] === 0xef && mark[1] === 0xbb && mark[2] === 0xbf ? file.slice(3) : file;
  notes.push(encoding === "windows-1252" ? "not UTF-8: read as Windows-1252" : `read as ${encoding.toUpperCase()}`);
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
  if (/^\s*\{/.test(head)) return { blob, text: head, kind: kindOfLine(head) };
  const line = head.slice(0, head.indexOf("\n") >>> 0);
  return { blob, text: head, kind: line.split("\t").length > line.split(",").length ? "tsv" : "csv" };
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

async function cells(
  { blob, name, bytes, notes }: Source,
  kind: "csv" | "tsv" | "jsonl",
  head: string,
): Promise<Intake> {
  const delimiter = kind === "csv" ? delimiterOf(head) : undefined;
  const { columns, rows } = await readCells(blob, { format: kind, delimiter });
  const packed = new Packed(unique(columns, notes));
  const ragged: number[] = [];
  let raggedCount = 0;
  for await (const row of rows) {
    if (row.length !== columns.length) {
      raggedCount += 1;
      if (ragged.length < KEPT_RAGGED) ragged.push(packed.rowCount);
    }
    packed.push(row);
  }
  const words = { csv: `CSV, UTF-8, ${DELIMITERS[delimiter ?? ","]}`, tsv: "TSV, UTF-8", jsonl: "JSONL, UTF-8" };
  const facts = { name, bytes, kind: "table", form: words[kind], columns: packed.columns } as const;
  return {
    facts: { ...facts, rowCount: packed.rowCount, ragged, raggedCount, notes },
    rows: packed,
    requests: null,
    results: null,
  };
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

/** Requests and results: a line is a row, also one that cannot be read. */
async function lines({ blob, name, bytes, notes }: Source, kind: "requests" | "results"): Promise<Intake> {
  const rows = new Packed(kind === "requests" ? ["custom_id", "model", "request"] : ["custom_id"]);
  for await (const line of linesOf(blob)) {
    const value = parsed(line);
    const params = value["params"] as { model?: unknown } | undefined;
    const id = String(value["custom_id"] ?? "");
    rows.push(kind === "requests" ? [id, String(params?.model ?? ""), line] : [id]);
  }
  const facts = { name, bytes, kind, form: kind === "requests" ? "JSONL of requests" : "JSONL of results" } as const;
  return {
    facts: { ...facts, columns: rows.columns, rowCount: rows.rowCount, ragged: [], raggedCount: 0, notes },
    rows,
    requests: kind === "requests" ? blob : null,
    results: kind === "results" ? blob : null,
  };
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
