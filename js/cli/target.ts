// Where the results of a run go.
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { usage } from "./exit.js";

/** Where results go. */
export interface Target {
  /** The results as they came, one line a request. */
  readonly raw: string;
  /** The input's rows with their results beside them. */
  readonly csv: string | null;
  /** Whether the results are the command's data, too. */
  readonly stdout: boolean;
}

/** Where `-o` sends results; without it they lie with the run. */
export function targetOf({ output, json }: { output?: string; json?: boolean }, jobId: string): Target {
  if (output === undefined || output === "-") {
    return { raw: join(".batchwise", "runs", jobId, "results.jsonl"), csv: null, stdout: !json };
  }
  const extension = extname(output).toLowerCase();
  if (extension === ".jsonl") return { raw: output, csv: null, stdout: false };
  if (extension !== ".csv") throw usage(`-o ${output}: results are written as .csv or .jsonl`);
  return { raw: `${output.slice(0, -extension.length)}.jsonl`, csv: output, stdout: false };
}

/** The input is read while results are written, and is the user's own: nothing may be written over it. */
export async function keepInput(path: string, { raw, csv }: Target): Promise<void> {
  if (path === "-") return;
  const facts = (file: string): Promise<Stats | null> => stat(file).catch(() => null);
  const input = await facts(path);
  for (const output of csv === null ? [raw] : [csv, raw]) {
    const other = await facts(output);
    if (input && other && input.ino === other.ino && input.dev === other.dev) {
      throw usage(`results would be written over ${path}: give -o another name`);
    }
  }
}
