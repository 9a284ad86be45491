// A run as one file, to go on with it in another browser: what was asked and what was sent, no rows, no key.
import type { Snapshot } from "batchwise/slim";
import type { Run } from "../shared.js";
import { fileOf, keepFile } from "./shelf.js";

const FORMAT = "batchwise-run";
const VERSION = 1;
const HEAD_BYTES = 200;
/** A run file holds a letter for each row; a longer file is something else. */
const MOST_BYTES = 64 << 20;

interface RunFile {
  readonly format: string;
  readonly version: number;
  readonly run: Run;
  /** By attempt; null where one has none. */
  readonly snapshots: readonly (Snapshot | null)[];
}

/** Where an attempt's job is kept as it was last seen. */
export function snapshotName(attempt: number): string {
  return `job-${attempt + 1}.json`;
}

/** The job of an attempt as it was last seen; null where nothing is known of it. */
export async function snapshotOf(run: string, attempt: number): Promise<Snapshot | null> {
  const file = await fileOf(run, snapshotName(attempt));
  return file && (JSON.parse(await file.text()) as Snapshot);
}

/** Writes a run. `live` is the job that is under way, the last one's. */
export async function writeRunFile(run: Run, live: Snapshot | null): Promise<Blob> {
  const last = run.attempts.length - 1;
  const snapshots = await Promise.all(
    run.attempts.map((_, attempt) => (attempt === last && live ? live : snapshotOf(run.id, attempt))),
  );
  const file: RunFile = { format: FORMAT, version: VERSION, run, snapshots };
  return new Blob([JSON.stringify(file)], { type: "application/json" });
}

/** Takes a run out of its file; null where the file is something else. The rows are to be brought. */
export async function readRunFile(file: Blob, name: string): Promise<Run | null> {
  const head = await file.slice(0, HEAD_BYTES).text();
  if (file.size > MOST_BYTES || !/^\s*\{\s*"format"\s*:\s*"batchwise-run"/.test(head)) return null;
  const { version, run, snapshots } = parsed(await file.text(), name);
  if (version > VERSION) throw new Error(`${name} was written by a newer version: reload the page, or update`);
  const isWhole = /^[\w-]{1,64}$/.test(run?.id ?? "") && run?.data && run.settings && Array.isArray(run.attempts);
  if (!isWhole || !Array.isArray(snapshots)) throw new Error(`${name} is a damaged run file`);
  for (const [attempt, snapshot] of snapshots.entries()) {
    if (snapshot) await keepFile(run.id, snapshotName(attempt), new Blob([JSON.stringify(snapshot)]));
  }
  return { ...run, isBrought: true };
}

function parsed(text: string, name: string): Partial<RunFile> & { version: number; run?: Run } {
  try {
    return JSON.parse(text) as RunFile;
  } catch {
    throw new Error(`${name} is a damaged run file`);
  }
}
