// Beginning a run, or finding the one that has begun already.
import { baseUrl } from "../call/env.js";
import type { Prepared } from "../input/prepare.js";
import type { Target } from "../output/target.js";
import { anchorOf } from "./clock.js";
import type { Run, Runs } from "./folder.js";
import { dataOf, fingerprintOf, keepInput } from "./input-of.js";
import type { RunRecord, RunSettings } from "./record.js";

/** What a run begins with besides its input. */
export interface Beginning {
  readonly settings: RunSettings;
  readonly target: Target | null;
  readonly speed?: number | undefined;
  readonly retries?: string;
}

/** A run that is found or may be begun. */
export interface Found {
  /** The unfinished run that asks the same of the same rows. */
  readonly same: Run | null;
  /** An unfinished run of the same file that asks something else. */
  readonly other: Run | null;
  /** Begins a new one: on disk, with nothing sent. */
  begin(): Promise<Run>;
}

/** Looks for a run of the same input and prompt. */
export async function lookFor(runs: Runs, prepared: Prepared, beginning: Beginning): Promise<Found> {
  const { recipe, plan } = prepared;
  const data = await dataOf(prepared);
  const fingerprint = fingerprintOf(data, recipe);
  const open = runs.list().filter(({ record }) => record.report === undefined && record.adopted === undefined);
  const same = open.find(({ record }) => record.fingerprint === fingerprint) ?? null;
  const other = open.find(({ record }) => record.data.path !== null && record.data.path === data.path) ?? null;
  const begin = async (): Promise<Run> => {
    const { settings, target, speed, retries } = beginning;
    const record: RunRecord = {
      version: 1,
      id: runs.freshId(),
      createdAt: new Date().toISOString(),
      origin: baseUrl(),
      fingerprint,
      data,
      recipe,
      requestCount: plan.requestCount,
      settings,
      output: target?.path ?? null,
      clock: anchorOf(speed),
      ...(retries === undefined ? {} : { retries }),
    };
    const run = runs.create(record);
    try {
      await keepInput(run, prepared);
    } catch (error) {
      // A run without its input is none.
      runs.remove(run);
      throw error;
    }
    return run;
  };
  return { same, other, begin };
}
