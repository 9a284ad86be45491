// Where a run stands, kept beside it for whoever asks in another process.
import { readFileSync } from "node:fs";
import type { Job, JobProgress } from "batchwise";
import { type Run, writeWhole } from "./folder.js";

/** Progress is not written more often than this, but for batches that are new. */
const APART_MS = 1_000;

/** Writes the job's progress as it changes, until `stop`. */
export function keepProgress(run: Run, job: Job): { stop(): void } {
  let written = 0;
  let batches = -1;
  const write = (progress: JobProgress): void => {
    const known = progress.parts.filter((part) => part.batchId !== null).length;
    if (known === batches && Date.now() - written < APART_MS) return;
    batches = known;
    written = Date.now();
    save(run, progress);
  };
  const leave = job.subscribe(write);
  return {
    stop() {
      leave();
      save(run, job.progress);
    },
  };
}

/** What was written last; null where nothing was. */
export function savedProgress(run: Run): JobProgress | null {
  try {
    return JSON.parse(readFileSync(run.path("progress.json"), "utf8")) as JobProgress;
  } catch {
    return null;
  }
}

/** Keeps what is known of a run now. One that was left, or stopped by a failure, can be taken up: it is not over. */
export function save(run: Run, progress: JobProgress): void {
  const state = progress.state === "done" ? "done" : "running";
  writeWhole(run.path("progress.json"), `${JSON.stringify({ ...progress, state })}\n`);
}
