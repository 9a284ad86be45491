// Driving a run: its job from wherever it stands to the end, every result to disk first.
import { type Job, type JobEvent, type JobReport, StoreConflictError, StoreError, type SubmitOptions } from "batchwise";
import { CommandError, Exit, explain, usage } from "../call/exit.js";
import { trace } from "../call/trace.js";
import type { Prepared } from "../input/prepare.js";
import { counted } from "../screen/format.js";
import { follow } from "../screen/progress.js";
import type { Screen } from "../screen/screen.js";
import { type Clock, clockOf } from "./clock.js";
import type { Run } from "./folder.js";
import { claim, journalOf, leave } from "./owner.js";
import { ResultsFile } from "./results-file.js";
import { keepProgress } from "./saved-progress.js";
import { stopSignal } from "./stop.js";

/** A reason to wait is not told again before this has passed. */
const QUIET_MS = 60_000;
/** How long others leave a run alone after the last sign of life of the process that drives it. */
const LEASE_MS = 60_000;
/** Between two looks at a lease that somebody left behind. */
const LOOK_MS = 2_000;

/** How a run is driven. */
export interface Driving {
  readonly screen: Screen;
  /** Options for the job, over those of the run's record. */
  readonly options?: SubmitOptions;
  /** Ends the driving before the job is done: it says when. */
  readonly until?: (job: Job) => Promise<unknown>;
}

/** What came of it. */
export interface Driven {
  readonly job: Job;
  /** Null where the driving was to end before. */
  readonly report: JobReport | null;
  /** Its results, which are closed. */
  readonly file: ResultsFile;
  readonly elapsed: { readonly real: number; readonly clock: number };
}

/** Takes up the run's job, or begins it, and stays with it. What stops it early ends the command with what to do next. */
export async function drive(run: Run, prepared: Prepared, driving: Driving): Promise<Driven> {
  const { screen } = driving;
  const { ownerIsGone, driver } = await claim(run);
  if (driver !== null) throw locked(run, driver);
  const clock = clockOf(run.record.clock);
  const began = { real: Date.now(), clock: clock.now() };
  const file = new ResultsFile(run.path("results.jsonl"), "append");
  const stop = stopSignal(screen);
  let job: Job | undefined;
  try {
    const { settings } = run.record;
    job = await taken(run, prepared, screen, {
      ...settings,
      ...driving.options,
      jobId: run.id,
      store: journalOf(run),
      sink: file,
      // An emulator's hours pass in seconds; this process needs its own time for the same work.
      leaseMs: LEASE_MS * (run.record.clock?.speed ?? 1),
      ownerIsGone,
      signal: stop.signal,
      now: clock.now,
      sleep: clock.sleep,
      onEvent: teller(screen),
    } as SubmitOptions);
    const report = await gathered(run, job, screen, clock, driving.until);
    if (report) run.save({ report, finishedAt: new Date().toISOString() });
    return { job, report, file, elapsed: { real: Date.now() - began.real, clock: clock.now() - began.clock } };
  } catch (error) {
    screen.clear();
    throw stopped(error, run, job, file, stop.signal.aborted);
  } finally {
    file.close();
    stop.release();
    await leave(run);
  }
}

/** The job as an earlier process left it; a new one where none did. */
async function taken(run: Run, prepared: Prepared, screen: Screen, options: SubmitOptions): Promise<Job> {
  const { client, plan } = prepared;
  let isTold = false;
  for (;;) {
    try {
      return await client.resume(run.id, { ...options, source: plan });
    } catch (error) {
      if (error instanceof StoreError && error.code === "store/missing") return await client.submit(plan, options);
      if (!(error instanceof StoreConflictError)) throw error;
      options.signal?.throwIfAborted();
      if (!isTold) screen.say(`waiting   whoever drove run ${run.id} left no word: until its lease is over`);
      isTold = true;
      await clockOf(null).sleep(LOOK_MS, options.signal);
    }
  }
}

/** Stays with the job. Its rows go to the sink by themselves; nothing is kept of them here. */
async function gathered(
  run: Run,
  job: Job,
  screen: Screen,
  clock: Clock,
  until: Driving["until"],
): Promise<JobReport | null> {
  const shown = follow(job, screen, clock.now);
  const kept = keepProgress(run, job);
  const rows = (async (): Promise<JobReport> => {
    for await (const _ of job.results());
    return await job.done();
  })();
  try {
    if (until === undefined) return await rows;
    const report = await Promise.race([rows, until(job).then(() => null)]);
    // Whatever becomes of the rows, the driving has ended.
    rows.catch(() => undefined);
    if (report === null) await job[Symbol.asyncDispose]();
    return report;
  } finally {
    kept.stop();
    shown.stop();
  }
}

/** What ended a run early, with what is kept and what is left to do about it. */
function stopped(error: unknown, run: Run, job: Job | undefined, file: ResultsFile, byUser: boolean): CommandError {
  const { exit, line } = explain(error);
  if (job === undefined && !byUser) return new CommandError(exit, `${line}; nothing was sent`);
  const parts = job?.progress.parts ?? [];
  const unknown = parts.filter((part) => part.state === "sending" || part.state === "uncertain").length;
  const running = parts.filter(({ batchId, state }) => batchId !== null && state === "processing");
  const unread = parts.filter(
    ({ batchId, state }) => batchId !== null && (state === "ended" || state === "harvesting"),
  );
  const said = [byUser ? "Stopped watching." : `${line}.`];
  if (running.length > 0)
    said.push(`${byUser ? "The batches keep running at Anthropic" : "The batches go on"}: ${batchesOf(running)}.`);
  if (unread.length > 0) said.push(`Ended, with results that are not all here: ${batchesOf(unread)}.`);
  if (unknown > 0)
    said.push(`${counted(unknown, "create")} without an answer: resuming looks for it before it sends again.`);
  if (unknown === 0 && parts.every((part) => part.batchId === null)) said.push("Nothing was sent.");
  if (file.count > 0) said.push(`${counted(file.count, "result")} kept in ${file.path}.`);
  return new CommandError(
    byUser ? Exit.interrupted : exit,
    `${said.join(" ")}\n  Continue with:  batchwise resume ${run.id}`,
  );
}

/** The first of them: a long list helps nobody. */
function batchesOf(parts: readonly { batchId: string | null }[]): string {
  const ids = parts.flatMap(({ batchId }) => (batchId === null ? [] : [batchId]));
  return `${ids.slice(0, 3).join(" ")}${ids.length > 3 ? ` and ${ids.length - 3} more` : ""}`;
}

function locked(run: Run, driver: number): CommandError {
  return usage(
    `run ${run.id} is driven by process ${driver}: batchwise watch ${run.id} follows it; end that process first to drive it from here`,
  );
}

/** Says what happens; the same reason to wait not more than once a minute. */
function teller(screen: Screen): (event: JobEvent) => void {
  const told = new Map<string, number>();
  return (event) => {
    trace(JSON.stringify(event));
    if (event.type === "created" && event.adopted) {
      screen.say(`part ${event.part + 1}  found at the API as ${event.batchId}: not sent again`);
    }
    if (event.type === "resultsGone") screen.say(`gone      results of ${event.batchId} were deleted or archived`);
    if (event.type === "longWait")
      screen.say(`waiting   the API asks for ${Math.round(event.askedMs / 60_000)} minutes`);
    if (event.type !== "retrying" || Date.now() - (told.get(event.reason) ?? 0) < QUIET_MS) return;
    told.set(event.reason, Date.now());
    screen.say(`waiting   ${event.reason}`);
  };
}
