// One run with its rows and its results, as another one is compared with it.
import type { Run } from "../shared.js";
import { take } from "./intake.js";
import { Outcomes } from "./outcomes.js";
import type { Packed } from "./packed.js";
import { recalled } from "./running.js";
import { dataOf } from "./shelf.js";

/** A run that can be compared. */
export interface Side {
  readonly run: Run;
  readonly rows: Packed;
  readonly outcomes: Outcomes;
}

/** The column whose values name the rows; -1 where their numbers do. Requests and results bring their ids in the first. */
export function keyColumn(rows: Packed, key: string | null): number {
  if (rows.columns[0] === "custom_id") return 0;
  return key === null ? -1 : rows.columns.indexOf(key);
}

/** Reads a run that is kept here. */
export async function readSide(run: Run): Promise<Side> {
  const file = await dataOf(run.id);
  if (!file) throw new Error(`the rows of ${run.name} are not here any more`);
  const intake = await take(file, run.data.name, run.data.sheet);
  const outcomes = new Outcomes(intake.rows.rowCount);
  await recalled(run.id, intake, run.attempts, outcomes);
  return { run, rows: intake.rows, outcomes };
}
