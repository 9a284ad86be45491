// Batches that were made elsewhere: waited for, and their results kept as those of a run.
import {
  type Batchwise,
  costOf,
  type Job,
  type JobProgress,
  type JobReport,
  type MessageBatch,
  type SinkRecord,
} from "batchwise";
import { CommandError, Exit, explain } from "../call/exit.js";
import type { Screen } from "../screen/screen.js";
import { clockOf } from "./clock.js";
import type { Driven } from "./drive.js";
import type { Run } from "./folder.js";
import { ResultsFile } from "./results-file.js";
import { save } from "./saved-progress.js";
import { stopSignal } from "./stop.js";

const AT_ONCE = 500;

/** Waits for the run's batches, and reads the results of each once. */
export async function driveAdopted(run: Run, client: Batchwise, screen: Screen): Promise<Driven> {
  const clock = clockOf(run.record.clock);
  const began = { real: Date.now(), clock: clock.now() };
  const file = new ResultsFile(run.path("results.jsonl"), "append");
  const stop = stopSignal(screen);
  const sums = new Sums();
  const batches: MessageBatch[] = [];
  try {
    for (const id of run.record.adopted ?? []) {
      screen.say(`waiting   for ${id}`);
      const { signal } = stop;
      batches.push(await client.messages.batches.wait(id, { signal, now: clock.now, sleep: clock.sleep }));
      await read(client, id, file, sums, signal);
      screen.say(`done      ${id}`);
    }
  } catch (error) {
    const { exit, line } = explain(error);
    const byUser = stop.signal.aborted;
    const left = (run.record.adopted ?? []).slice(batches.length);
    const rest = left.length > 0 ? ` Not seen to have ended: ${left.join(" ")}.` : "";
    const why = `${byUser ? "Stopped watching" : line}.${rest}`;
    throw new CommandError(byUser ? Exit.interrupted : exit, `${why}\n  Continue with:  batchwise resume ${run.id}`);
  } finally {
    file.close();
    stop.release();
  }
  const report = sums.report(run.id, batches);
  const progress = progressOf(run.id, batches, report);
  save(run, progress);
  run.save({ report, finishedAt: new Date().toISOString(), requestCount: report.requestCount });
  const elapsed = { real: Date.now() - began.real, clock: clock.now() - began.clock };
  return { job: { progress } as Job, report, file, elapsed };
}

async function read(client: Batchwise, id: string, file: ResultsFile, sums: Sums, signal: AbortSignal): Promise<void> {
  const results = await client.messages.batches.results(id, { signal });
  let waiting: SinkRecord[] = [];
  const put = (): void => {
    file.put(waiting);
    file.flush();
    waiting = [];
  };
  for await (const row of results.rows()) {
    const { custom_id, outcome } = row;
    const { result } = row.toJSON();
    sums.add(outcome, row.usage, row.message && costOf(row.message));
    if (!file.has(custom_id)) waiting.push({ custom_id, outcome, result });
    if (waiting.length >= AT_ONCE) put();
  }
  put();
  sums.badLines.push(...results.badLines);
}

const NO_TOKENS = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

/** The account of batches that no job of ours drove. */
class Sums {
  readonly badLines: JobReport["badLines"][number][] = [];
  readonly #outcomes = { succeeded: 0, errored: 0, canceled: 0, expired: 0, missing: 0 };
  readonly #usage = { ...NO_TOKENS };
  #cost: number | null = 0;

  add(outcome: string, usage: Partial<JobReport["usage"]> | null, cost: number | null): void {
    if (outcome in this.#outcomes) this.#outcomes[outcome as "succeeded"] += 1;
    if (usage === null) return;
    for (const kind of Object.keys(this.#usage) as (keyof typeof NO_TOKENS)[]) this.#usage[kind] += usage[kind] ?? 0;
    this.#cost = this.#cost === null || cost === null ? null : this.#cost + cost;
  }

  report(id: string, batches: readonly MessageBatch[]): JobReport {
    const asked = batches.reduce((sum, { request_counts }) => sum + totalOf(request_counts), 0);
    const read = Object.values(this.#outcomes).reduce((sum, n) => sum + n, 0);
    const nothing = { missing: [], unknownIds: [], duplicateIds: [], conflictingIds: [], discrepancies: [] };
    return {
      id,
      requestCount: asked,
      merged: 0,
      outcomes: { ...this.#outcomes, missing: Math.max(0, asked - read) },
      rounds: 1,
      batches: batches.map((batch) => batch.id),
      usage: this.#usage as JobReport["usage"],
      cost: this.#cost,
      badLines: this.badLines,
      ...nothing,
      ...{ gone: [], paidTwice: [], unchecked: [], stopped: null },
    };
  }
}

function totalOf({ processing, succeeded, errored, canceled, expired }: MessageBatch["request_counts"]): number {
  return processing + succeeded + errored + canceled + expired;
}

function progressOf(
  id: string,
  batches: readonly MessageBatch[],
  { requestCount, outcomes, cost }: JobReport,
): JobProgress {
  const parts = batches.map((batch, index) => ({
    index,
    round: 1,
    state: "done" as const,
    requestCount: totalOf(batch.request_counts),
    bodyBytes: 0,
    batchId: batch.id,
    canceling: false,
    counts: batch.request_counts,
    createdAt: Date.parse(batch.created_at),
    expiresAt: Date.parse(batch.expires_at),
    endedAt: batch.ended_at ? Date.parse(batch.ended_at) : null,
  }));
  return { id, state: "done", canceling: false, requestCount, finished: requestCount, round: 1, outcomes, cost, parts };
}
