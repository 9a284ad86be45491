// What a command was given, opened and looked at: whatever it is, it ends as rows or requests in text, as a blob.
import { basename, extname } from "node:path";
import { usage } from "../call/exit.js";
import { arrayLines } from "./array.js";
import { openFile } from "./file-blob.js";
import { gunzipped } from "./gzip.js";

/** What the text holds. */
export type Kind = "csv" | "tsv" | "rows" | "requests";

export interface Input {
  readonly name: string;
  readonly blob: Blob;
  readonly kind: Kind;
  /** Where its bytes lie as they are; null where they were made from something else and lie nowhere. */
  readonly path: string | null;
}

export interface InputOptions {
  delimiter?: string | undefined;
  /** The sheet of a workbook, by name or number. */
  sheet?: string | undefined;
}

/** How much of a file is looked at to tell what it is. */
const LOOK_BYTES = 65_536;

/** Opens a file, or stdin for `-`. What cannot be read, or has nothing in it, ends the command with one line. */
export async function openInput(path: string, options: InputOptions): Promise<Input> {
  const isPiped = path === "-";
  const blob = isPiped ? await piped() : openFile(path);
  const name = isPiped ? "stdin" : basename(path);
  return look({ name, blob, path: isPiped ? null : path, said: isPiped ? "" : path }, options);
}

/** Bytes whose kind is not known yet. `said` is the name that tells it, where one does. */
interface Found {
  readonly name: string;
  readonly blob: Blob;
  readonly path: string | null;
  readonly said: string;
}

async function look(found: Found, options: InputOptions): Promise<Input> {
  const { name, blob, path, said } = found;
  if (blob.size === 0) throw usage(`${name} is empty: there is nothing to send`);
  const head = new Uint8Array(await blob.slice(0, LOOK_BYTES).arrayBuffer());
  const begins = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  if (begins(0x1f, 0x8b)) {
    const inner = await gunzipped(name, blob);
    return look({ name, blob: inner, path: null, said: said.replace(/\.gz$/i, "") }, options);
  }
  if (begins(0x50, 0x41, 0x52, 0x31)) {
    const { parquetRows } = await import("./parquet.js");
    return { name, blob: await parquetRows(name, blob), kind: "rows", path: null };
  }
  if (begins(0x50, 0x4b, 0x03, 0x04)) {
    const { workbookRows } = await import("./workbook.js");
    return { name, blob: await workbookRows(name, blob, options.sheet), kind: "rows", path: null };
  }
  if (options.sheet !== undefined) throw usage(`${name} is no workbook: leave out --sheet`);
  refuseBinary(name, head);
  const text = new TextDecoder().decode(head).trimStart();
  const extension = extname(said).toLowerCase();
  if (options.delimiter === undefined && (extension === ".json" || text.startsWith("["))) {
    const isArray = text.startsWith("[") || !isJsonLine(text);
    if (isArray && !TABLES.has(extension)) return { name, ...(await arrayLines(name, blob)), path: null };
  }
  return { name, blob, kind: textKind(name, extension, text, options), path };
}

const TABLES = new Set([".csv", ".tsv", ".tab"]);
const LINES = new Set([".jsonl", ".ndjson", ".json"]);

function textKind(name: string, extension: string, text: string, { delimiter }: InputOptions): Kind {
  if (delimiter !== undefined) return TAB.test(delimiter) ? "tsv" : "csv";
  if (extension === ".csv") return "csv";
  if (extension === ".tsv" || extension === ".tab") return "tsv";
  const line = text.split("\n", 1)[0] ?? "";
  if (text.startsWith("{")) return /"(?:custom_id|params)"\s*:/.test(line) ? "requests" : "rows";
  if (LINES.has(extension)) throw usage(`${name} cannot be read as JSONL: its first line is no JSON object`);
  return line.includes("\t") ? "tsv" : "csv";
}

/** Whether the first line is an object of its own, so that this is JSONL whatever it is called. */
function isJsonLine(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.split("\n", 1)[0] ?? "");
    // A body of a create call on one line is no row.
    return typeof value === "object" && value !== null && !Array.isArray((value as { requests?: unknown }).requests);
  } catch {
    return false;
  }
}

/** Text in another encoding, or no text at all, would go out as nonsense. */
function refuseBinary(name: string, head: Uint8Array): void {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw usage(`${name} is UTF-16 text: save it as UTF-8 (in Excel "CSV UTF-8")`);
  }
  const zero = head.indexOf(0);
  if (zero >= 0) {
    throw usage(
      `${name} is a binary file (a zero byte at ${zero}): give CSV, TSV, JSONL, JSON, Parquet or XLSX, plain or as .gz`,
    );
  }
}

async function piped(): Promise<Blob> {
  if (process.stdin.isTTY) throw usage("- reads the input from stdin, and nothing is piped in");
  const chunks: BlobPart[] = [];
  for await (const chunk of process.stdin) chunks.push(new Uint8Array(chunk as Uint8Array));
  return new Blob(chunks);
}

const TAB = /^(?:\t|\\t|tab)$/i;

/** The character a `--delimiter` means. */
export function delimiterOf(option: string): string {
  const delimiter = TAB.test(option) ? "\t" : option;
  if (!/^[\t\x20-\x7e]$/.test(delimiter) || /["\w]/.test(delimiter)) {
    throw usage(`--delimiter ${JSON.stringify(option)} cannot be used: give one character, such as , or ; or tab`);
  }
  return delimiter;
}
