// Where a run stands: what its driver wrote last and, where none is at work, what the API says of its batches.
import type { Batchwise, JobProgress, MessageBatch, PartProgress } from "batchwise";
import type { Run } from "./folder.js";
import { driverOf } from "./owner.js";
import { savedProgress } from "./saved-progress.js";

/** In one word. */
export type Word = "running" | "done" | "unfinished" | "new";

export interface Standing {
  readonly word: Word;
  readonly progress: JobProgress;
  /** The process that drives it; null where none does. */
  readonly driver: number | null;
}

/** As far as this machine knows. */
export async function standingOf(run: Run): Promise<Standing> {
  const progress = savedProgress(run) ?? nothing(run);
  if (run.record.report) return { word: "done", progress: ended(run, progress), driver: null };
  const driver = await driverOf(run);
  if (driver !== null) return { word: "running", progress, driver };
  return { word: progress.parts.length === 0 ? "new" : "unfinished", progress, driver };
}

/** As far as the API knows: batches that no process here waits for are asked about. */
export async function askedStanding(run: Run, client: Batchwise, signal?: AbortSignal): Promise<Standing> {
  const standing = await standingOf(run);
  if (standing.word !== "unfinished") return standing;
  const parts: PartProgress[] = [];
  for (const part of standing.progress.parts) {
    const isOpen = part.batchId !== null && part.state === "processing";
    parts.push(isOpen ? seen(part, await client.messages.batches.retrieve(part.batchId, { signal })) : part);
  }
  return { ...standing, progress: { ...standing.progress, parts } };
}

function seen(part: PartProgress, batch: MessageBatch): PartProgress {
  return {
    ...part,
    state: batch.processing_status === "ended" ? "ended" : "processing",
    canceling: batch.processing_status === "canceling",
    counts: batch.request_counts,
    expiresAt: Date.parse(batch.expires_at),
    endedAt: batch.ended_at ? Date.parse(batch.ended_at) : null,
  };
}

function ended({ record }: Run, progress: JobProgress): JobProgress {
  const { report } = record;
  if (!report) return progress;
  const { requestCount, outcomes, cost } = report;
  return { ...progress, state: "done", requestCount, finished: requestCount, outcomes, cost };
}

function nothing({ id, record }: Run): JobProgress {
  const outcomes = { succeeded: 0, errored: 0, canceled: 0, expired: 0, missing: 0 };
  const { requestCount } = record;
  const none = { state: "running" as const, canceling: false, finished: 0, round: 1, cost: 0, parts: [] };
  return { id, requestCount, outcomes, ...none };
}
