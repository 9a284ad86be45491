// The rows of a run with their results, those of later tries over those of earlier ones.

import { existsSync } from "node:fs";
import type { MessageBatchIndividualResponse } from "batchwise";
import { usage } from "../call/exit.js";
import { type Lookup, type Merged, merged } from "../output/merged.js";
import type { Run, Runs } from "./folder.js";
import { inputOf } from "./input-of.js";
import { ResultsFile } from "./results-file.js";

/**
 * Opens the results of a run and of its retries; hands `work` the rows, in the order of the input. `known` is one of these
 * files that this process has written.
 */
export async function withMerged<T>(
  runs: Runs,
  run: Run,
  work: (table: Merged) => Promise<T>,
  known?: ResultsFile,
): Promise<T> {
  const files = openResults(runs, run, known);
  try {
    const lookup: Lookup = (id) => latest(files, id);
    if (run.record.adopted) return await work(await adoptedRows(run, files, lookup));
    const { input } = await inputOf(run);
    return await work(await merged(input, run.record.recipe, lookup));
  } finally {
    for (const file of files) file.close();
  }
}

/** The results of a run and of its retries, the newest first. */
export function openResults(runs: Runs, run: Run, known?: ResultsFile): ResultsFile[] {
  const paths = [...retriesOf(runs, run), run]
    .map((one) => one.path("results.jsonl"))
    .filter((path) => existsSync(path));
  return paths.map((path) => new ResultsFile(path, "read", path === known?.path ? known : undefined));
}

/** The runs that sent failed rows of this one again, the newest first. */
export function retriesOf(runs: Runs, run: Run): Run[] {
  return runs.list().filter((other) => other.record.retries === run.id);
}

/** The line that counts: the newest success; where there is none, the newest word. */
export function latest(files: readonly ResultsFile[], id: string): string | null {
  let newest: string | null = null;
  for (const file of files) {
    const line = file.line(id);
    if (line === null) continue;
    if ((JSON.parse(line) as MessageBatchIndividualResponse).result.type === "succeeded") return line;
    newest ??= line;
  }
  return newest;
}

/** A run without an input: its rows are its results. */
async function adoptedRows(run: Run, files: readonly ResultsFile[], lookup: Lookup): Promise<Merged> {
  const [file] = files.slice(-1);
  if (!file) throw usage(`run ${run.id} has no results yet: batchwise resume ${run.id} fetches them`);
  const ids = function* (): Generator<string> {
    for (const id of file.ids()) yield `${JSON.stringify({ custom_id: id })}\n`;
  };
  const blob = new Blob([...ids()]);
  return merged({ name: run.id, kind: "requests", path: null, blob }, {}, lookup);
}
