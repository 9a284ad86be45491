// One part of a job as a Workflow: turns are steps, and between them it sleeps.
import type { WorkflowSteps } from "./bindings.js";
import { type BatchwiseBindings, storageOf } from "./bindings.js";
import { apiOf } from "./calls.js";
import { type Cause, pauseOf } from "./cause.js";
import { clockOf } from "./clock.js";
import type { InputRange } from "./input.js";
import type { OutputObject } from "./output.js";
import { type CheckedSpec, folderOf } from "./spec.js";
import { accountOf, type JobAccount } from "./status.js";
import { type JobStorage, putJson, textOf } from "./storage.js";
import { type Kept, PartDriver } from "./turn.js";

/** What a part is begun with. */
export interface PartParams {
  readonly kind: "part";
  readonly job: string;
  readonly part: number;
  readonly input: InputRange;
  /** USD of the job's limit that are this part's. */
  readonly maxCost?: number;
}

/** How a part ended. */
export interface PartEnd {
  readonly account: JobAccount;
  readonly outputs: readonly OutputObject[];
}

/** What a step remembers of a turn: never more than some hundred bytes. */
interface Outcome {
  readonly next: "again" | "sleep" | "paused" | "done";
  /** How long to sleep, by the runtime's clock. */
  readonly ms: number;
  /** The turn whose state counts. */
  readonly state: number | null;
  /** The one before it, which goes next. */
  readonly before: number | null;
}

/** A turn is never repeated by the engine: the next one begins with what was kept. */
const ONCE = { limit: 0, delay: 0 };
/** A call that is known may wait for its turn, and carry a whole body. */
const TIMEOUT_MS = { again: 1_200_000, other: 120_000 };
const REST_MS = 5_000;

/** Where a part keeps what it has. */
export const partFolder = (job: string, part: number): string => `${folderOf(job)}parts/${part}/`;
/** How a part is called. */
export const partId = (job: string, part: number): string => `${job}-part-${part}`;
/** The job's own Workflow hears of it. */
export const PART_ENDED = "part-ended";

/** Runs a part to its end. */
export async function runPart(env: BatchwiseBindings, params: PartParams, step: WorkflowSteps): Promise<void> {
  let last: Outcome = { next: "sleep", ms: 0, state: null, before: null };
  let driver = null as PartDriver | null;
  let pauses = 0;
  for (let number = 0; last.next !== "done"; number++) {
    const timeout = last.next === "again" ? TIMEOUT_MS.again : TIMEOUT_MS.other;
    const before = last;
    try {
      last = await step.do(`turn ${number}`, { retries: ONCE, timeout }, async () => {
        const storage = storageOf(env);
        driver ??= new PartDriver(await setupOf(env, storage, params));
        return turned(env, storage, params, driver, number, before, pauses);
      });
    } catch {
      // The turn was cut short: by a restart, an eviction, or its time. What was kept before it counts.
      driver?.free();
      driver = null;
      last = { ...before, next: "sleep", ms: REST_MS };
    }
    pauses = last.next === "paused" ? pauses + 1 : 0;
    if (last.next !== "again" && last.next !== "done") await step.sleep(`rest ${number}`, Math.max(1, last.ms));
  }
}

async function setupOf(env: BatchwiseBindings, storage: JobStorage, { job, part, input, maxCost }: PartParams) {
  const { planner, machine } = JSON.parse((await textOf(storage, `${folderOf(job)}spec.json`)) ?? "{}") as CheckedSpec;
  return {
    storage,
    input,
    plan: planner,
    machine: { ...machine, ...(maxCost === undefined ? {} : { maxCost }) },
    outputs: partFolder(job, part),
    api: () => apiOf(env),
    clock: clockOf(env.BATCHWISE_CLOCK),
  };
}

async function turned(
  env: BatchwiseBindings,
  storage: JobStorage,
  { job, part }: PartParams,
  driver: PartDriver,
  number: number,
  { state, before, next }: Outcome,
  pauses: number,
): Promise<Outcome> {
  const folder = partFolder(job, part);
  const stateOf = (turn: number) => `${folder}state-${turn}.json`;
  const isCanceled = await isThere(storage, `${folderOf(job)}cancel`);
  let kept: Kept | null = null;
  const outcome = await driver.turn({
    number,
    isCanceled,
    load: async () => {
      const text = state === null ? null : await textOf(storage, stateOf(state));
      return text === null ? null : (JSON.parse(text) as Kept);
    },
    keep: async (given) => {
      await putJson(storage, stateOf(number), given);
      kept = given;
    },
  });
  // The state that this turn began with stays until this step is remembered; the one before it is of no use any more.
  if (kept && before !== null) await storage.remove([stateOf(before)]).catch(() => {});
  const states = kept ? { state: number, before: state } : { state, before };
  const note = `${folder}cause.json`;
  if (outcome.next === "paused") {
    await putJson(storage, note, outcome.cause).catch(() => {});
    const { now, real } = clockOf(env.BATCHWISE_CLOCK);
    return { next: "paused", ms: real(now() + pauseOf(pauses)) - Date.now(), ...states };
  }
  if (next === "paused") await storage.remove([note]);
  if (outcome.next === "done") {
    const end: PartEnd = { account: accountOf(outcome.report), outputs: (kept as Kept | null)?.outputs ?? [] };
    await putJson(storage, `${folder}end.json`, end);
    const parent = await env.BATCHWISE_JOBS?.get(job);
    // Whoever does not hear it looks by himself in time.
    await parent?.sendEvent({ type: PART_ENDED, payload: { part } }).catch(() => {});
    return { next: "done", ms: 0, ...states };
  }
  const ms = outcome.next === "sleep" ? clockOf(env.BATCHWISE_CLOCK).real(outcome.until) - Date.now() : 0;
  return { next: outcome.next, ms: Math.max(0, ms), ...states };
}

/** Whether there is such an object; a storage that does not say counts as no. */
export async function isThere(storage: JobStorage, key: string): Promise<boolean> {
  return (await storage.head(key).catch(() => null)) !== null;
}

/** Why a part stands still; null where it does not. */
export async function causeOfPart(storage: JobStorage, job: string, part: number): Promise<Cause | null> {
  const text = await textOf(storage, `${partFolder(job, part)}cause.json`);
  return text === null ? null : (JSON.parse(text) as Cause);
}

/** The end of a part; null where it has not come. */
export async function endOfPart(storage: JobStorage, job: string, part: number): Promise<PartEnd | null> {
  const text = await textOf(storage, `${partFolder(job, part)}end.json`);
  return text === null ? null : (JSON.parse(text) as PartEnd);
}
