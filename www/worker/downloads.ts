// A download of a run, by what it is.
import type { Snapshot } from "batchwise/slim";
import type { ExportKind, Facts, Run } from "../shared.js";
import { csvOf, mergedOf, parquetOf, problemsOf } from "./exports.js";
import { resultsName } from "./ledger.js";
import { OUTCOMES, type Outcomes } from "./outcomes.js";
import { keyOf } from "./pairing.js";
import { type Material, requestsOf } from "./planning.js";
import { writeRunFile } from "./run-file.js";
import { fileOf } from "./shelf.js";
import { keyColumn } from "./side.js";

/** A file that is made. */
export interface Download {
  readonly blob: Blob;
  readonly name: string;
}

/** What downloads are made of. */
export interface Stock {
  readonly run: Run;
  readonly material: Material;
  readonly outcomes: Outcomes;
  /** What the last check found. */
  readonly facts: Facts | null;
  /** The job that runs. */
  readonly snapshot: Snapshot | null;
}

/** Makes a file. */
export async function downloadOf(kind: ExportKind, stock: Stock): Promise<Download> {
  const { run, material, outcomes, facts, snapshot } = stock;
  const { rows } = material;
  const stem = run.name.replace(/\.[^.]*$/, "");
  const succeeded = OUTCOMES.indexOf("succeeded");
  switch (kind) {
    case "csv":
      return { blob: csvOf(rows, outcomes, () => true), name: `${stem}.results.csv` };
    case "failed":
      return {
        blob: csvOf(rows, outcomes, (row) => (outcomes.outcome[row] ?? 0) > succeeded),
        name: `${stem}.failed.csv`,
      };
    case "merged":
      return { blob: await merged(stock), name: `${stem}.results.jsonl` };
    case "raw":
      return { blob: new Blob(await resultFiles(run)), name: `${stem}.raw.jsonl` };
    case "problems":
      return { blob: problemsOf(rows, facts?.groups ?? []), name: `${stem}.problems.csv` };
    case "run":
      return { blob: await writeRunFile(run, snapshot), name: `${stem}.run.json` };
    case "requests":
      return { blob: await requestsOf(material, run.settings), name: `${stem}.requests.jsonl` };
    case "parquet":
      return { blob: await parquetOf(rows, outcomes), name: `${stem}.results.parquet` };
    case "comparison":
      throw new Error("two runs are compared first");
  }
}

async function merged({ run, material, outcomes }: Stock): Promise<Blob> {
  const texts = await Promise.all((await resultFiles(run)).map((file) => file.text()));
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const rawOf = (row: number): string | null => {
    const place = outcomes.place(row);
    const bytes = place && encoded[place.attempt];
    return bytes ? new TextDecoder().decode(bytes.subarray(place.start, place.start + place.length)) : null;
  };
  const column = keyColumn(material.rows, run.settings.key);
  return mergedOf(outcomes, (row) => keyOf(material.rows, column, row), rawOf);
}

async function resultFiles({ id, attempts }: Run): Promise<File[]> {
  const files = await Promise.all(attempts.map((_, attempt) => fileOf(id, resultsName(attempt))));
  return files.filter((file): file is File => file !== null);
}
