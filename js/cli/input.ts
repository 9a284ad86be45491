// The file a command was given: opened, looked at, and turned into a source for the library.
import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { buffer } from "node:stream/consumers";
import { CommandError, Exit, usage } from "./exit.js";

/** What a file holds. */
export type Kind = "csv" | "tsv" | "rows" | "requests";

export interface Input {
  readonly name: string;
  readonly blob: Blob;
  readonly kind: Kind;
}

export interface InputOptions {
  delimiter?: string;
}

/** How much of a file is looked at to tell what it is. */
const LOOK_BYTES = 65_536;

const MIGHT_BE_JSON = new Set([".jsonl", ".ndjson", ".json"]);

/** Opens a file, or stdin for `-`. What cannot be read, or has nothing in it, ends the command with one line. */
export async function openInput(path: string, options: InputOptions): Promise<Input> {
  const name = path === "-" ? "stdin" : basename(path);
  const blob = path === "-" ? new Blob([new Uint8Array(await buffer(process.stdin))]) : await openFile(path);
  if (blob.size === 0) throw usage(`${path} is empty: there is nothing to send`);
  return { name, blob, kind: options.delimiter === undefined ? await look(path, blob) : tableKind(options.delimiter) };
}

async function openFile(path: string): Promise<Blob> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw usage(`${path} is a folder: name the file in it`);
    return await openAsBlob(path);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(Exit.usage, `${path} cannot be read: ${whyNot(error)}`);
  }
}

/** The operating system's word for it, with what to do. */
export function whyNot(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return "no such file; check the path";
  if (code === "EACCES" || code === "EPERM") return "not allowed; check its permissions";
  if (code === "ENOSPC") return "the disk is full";
  return error instanceof Error ? error.message : String(error);
}

async function look(path: string, blob: Blob): Promise<Kind> {
  const extension = extname(path).toLowerCase();
  if (extension === ".csv") return "csv";
  if (extension === ".tsv" || extension === ".tab") return "tsv";
  const start = (await blob.slice(0, LOOK_BYTES).text()).replace(/^\uFEFF/, "").trimStart();
  const line = start.split("\n", 1)[0] ?? "";
  if (start.startsWith("{")) return /"(?:custom_id|params)"\s*:/.test(line) ? "requests" : "rows";
  if (MIGHT_BE_JSON.has(extension)) {
    const hint = start.startsWith("[") ? "a JSON array; write one object a line" : "its first line is no JSON object";
    throw usage(`${path} cannot be read as JSONL: ${hint}`);
  }
  return line.includes("\t") ? "tsv" : "csv";
}

const TAB = /^(?:\t|\\t|tab)$/i;

function tableKind(delimiter: string): Kind {
  return TAB.test(delimiter) ? "tsv" : "csv";
}

/** The character a `--delimiter` means. */
export function delimiterOf(option: string): string {
  const delimiter = TAB.test(option) ? "\t" : option;
  if (!/^[\t\x20-\x7e]$/.test(delimiter) || /["\w]/.test(delimiter)) {
    throw usage(`--delimiter ${JSON.stringify(option)} cannot be used: give one character, such as , or ; or tab`);
  }
  return delimiter;
}
