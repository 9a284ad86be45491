// Where results go: a file that is replaced as a whole, or stdout.
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { usage } from "../call/exit.js";
import { doing } from "../runs/results-file.js";

/** How merged rows are written. */
export type Format = "jsonl" | "csv" | "parquet";

/** All of them. */
export const FORMATS: readonly Format[] = ["jsonl", "csv", "parquet"];

/** What `-o` and `--format` mean together. `path` is null for stdout. */
export interface Target {
  readonly path: string | null;
  readonly format: Format;
}

/** Reads `-o`: the ending of a name says how it is written. */
export function targetOf(output: string | undefined, format?: Format): Target {
  if (output === undefined || output === "-") {
    if (format === "parquet") throw usage("Parquet is for files: name one with -o");
    return { path: null, format: format ?? "jsonl" };
  }
  const ending = extname(output).toLowerCase().replace(".ndjson", ".jsonl").slice(1);
  const told = format ?? FORMATS.find((known) => known === ending);
  if (told) return { path: output, format: told };
  throw usage(`-o ${output}: results are written as .csv, .jsonl or .parquet; name one of them, or say --format`);
}

/** The input is read while results are written, and is the user's own: nothing may be written over it. */
export function keepInput(input: string | null, { path }: Target): void {
  if (input === null || path === null) return;
  const [a, b] = [input, path].map((file) => (existsSync(file) ? statSync(file) : null));
  if (a && b && a.ino === b.ino && a.dev === b.dev) {
    throw usage(`results would be written over ${input}: give -o another name`);
  }
}

/** Finds out before anything is paid whether a file can be written there. */
export function proveWritable({ path }: Target): void {
  if (path === null) return;
  doing(path, "written", () => {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    const isNew = !existsSync(path);
    closeSync(openSync(path, "a"));
    if (isNew) rmSync(path);
  });
}

/** Takes pieces of a file. */
export interface Drain {
  write(piece: Uint8Array | string): Promise<void>;
}

/** Runs `work` with a place to write to. A file appears when all of it is there; one that fails is left as it was. */
export async function writing({ path }: Target, work: (drain: Drain) => Promise<void>): Promise<void> {
  if (path === null) return work({ write: toStdout });
  // A device or a link is written to where it is.
  const isPlain = !existsSync(path) || lstatSync(path).isFile();
  const draft = isPlain ? `${path}.${process.pid}.part` : path;
  const file = doing(path, "written", () => openSync(draft, "w"));
  try {
    await work({
      write: async (piece) => {
        const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
        doing(path, "written", () => {
          for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        });
      },
    });
    doing(path, "written", () => {
      closeSync(file);
      if (isPlain) renameSync(draft, path);
    });
  } catch (error) {
    if (isPlain) rmSync(draft, { force: true });
    throw error;
  }
}

/** stdout as fast as its reader takes it. */
export async function toStdout(piece: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(piece)) await new Promise<void>((drained) => process.stdout.once("drain", () => drained()));
}
