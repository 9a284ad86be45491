// A job as a Workflow: it cuts the input, keeps as many parts at work as the API's queue takes, and ends with a manifest.
import type { BatchwiseBindings, WorkflowSteps } from "./bindings.js";
import { storageOf } from "./bindings.js";
import { type Cause, causeOf, pauseOf } from "./cause.js";
import { clockOf } from "./clock.js";
import { type CutState, cut, type JobPart } from "./cut.js";
import { InputMissing } from "./input.js";
import { endOfPart, isThere, PART_ENDED, type PartEnd, type PartParams, partId } from "./part-flow.js";
import { type CheckedSpec, folderOf } from "./spec.js";
import { type JobAccount, sumOf, withdrawn } from "./status.js";
import { type JobStorage, putJson, type StoredObject, textOf } from "./storage.js";

/** What a job is begun with; the rest lies in the storage. */
export interface JobParams {
  readonly kind: "job";
  readonly job: string;
}

/** What is kept for those who ask how the job stands. */
export interface JobNote {
  readonly cause: Cause | null;
  /** Parts at work. */
  readonly open: readonly number[];
  readonly ended: number;
  readonly parts: number;
}

/** What a finished job left. */
export interface Manifest extends PartEnd {
  readonly parts: readonly (JobPart & { readonly outputs: PartEnd["outputs"] })[];
}

interface Cutting {
  readonly found: StoredObject;
  readonly parts: readonly JobPart[];
  /** The bytes of a table's header. */
  readonly head: number;
}

interface CutSome {
  readonly parts: readonly JobPart[];
  readonly state: CutState | null;
  readonly found: StoredObject | null;
  readonly cause: Cause | null;
}

const TRIED = { retries: { limit: 0, delay: 0 }, timeout: 600_000 };
/** Bytes of the input for one step: half a second of CPU. */
const CUT_BYTES = 512_000_000;
/** The lowest tier's queue. */
const QUEUED = 200_000;
/** Between two looks at the parts, if none has said that it ended. */
const LOOK_MS = 600_000;
const STARTED_AT_ONCE = 100;

export const noteKey = (job: string): string => `${folderOf(job)}note.json`;
export const manifestKey = (job: string): string => `${folderOf(job)}manifest.json`;

/** Runs a job to its end. */
export async function runJob(env: BatchwiseBindings, { job }: JobParams, step: WorkflowSteps): Promise<void> {
  const { found, parts, head } = await cutting(env, job, step);
  const { key, window, maxCost } = await surely(step, "options", () => optionsOf(storageOf(env), job));
  const total = parts.reduce((sum, { ceiling }) => sum + (ceiling ?? 0), 0);
  const open = new Set<number>();
  let [next, queued, ended] = [0, 0, 0];
  for (let look = 0; ended < parts.length; look++) {
    const begin: PartParams[] = [];
    for (let part = parts[next]; part && (open.size === 0 || queued + part.requests <= window); part = parts[next]) {
      // What the ceiling leaves of the limit is shared out for the further rounds.
      const share = maxCost === null || total === 0 ? {} : { maxCost: (maxCost * (part.ceiling ?? 0)) / total };
      const input = { key, etag: found.etag, head, start: part.start, end: part.end };
      begin.push({ kind: "part", job, part: next, input, ...share });
      open.add(next++);
      queued += part.requests;
    }
    const counts = { ended, parts: parts.length };
    if (begin.length > 0) await surely(step, `start ${look}`, () => started(env, job, begin, [...open], counts));
    await step.waitForEvent(`wait ${look}`, { type: PART_ENDED, timeout: LOOK_MS }).catch(() => null);
    const seen = await surely(step, `look ${look}`, () => looked(env, job, [...open], counts));
    for (const part of seen.ended) {
      open.delete(part);
      queued -= parts[part]?.requests ?? 0;
      ended += 1;
    }
    // What was not begun is not begun any more.
    if (seen.isCanceled) {
      ended += parts.length - next;
      next = parts.length;
    }
  }
  await surely(step, "manifest", () => manifest(storageOf(env), job, parts));
}

/** A step that is done again, however often it was cut short or refused: each of them may be. */
async function surely<T>(step: WorkflowSteps, name: string, work: () => Promise<T>): Promise<T> {
  for (let times = 0; ; times++) {
    try {
      return await step.do(times === 0 ? name : `${name} again ${times}`, TRIED, work);
    } catch {
      await step.sleep(`${name} rest ${times}`, pauseOf(times));
    }
  }
}

/** The parts. Whatever is in the way is waited for: nothing was sent yet. */
async function cutting(env: BatchwiseBindings, job: string, step: WorkflowSteps): Promise<Cutting> {
  for (let attempt = 0; ; attempt++) {
    const parts: JobPart[] = [];
    let state: CutState | null = null;
    let found: StoredObject | null = null;
    let cause: Cause | null = null;
    for (let turn = 0; !cause; turn++) {
      const from: CutState | null = state;
      const seen: StoredObject | null = found;
      const some: CutSome = await surely(step, `cut ${attempt}.${turn}`, () => cutSome(env, job, seen, from, parts));
      cause = some.cause;
      state = some.state;
      found = some.found;
      parts.push(...some.parts);
      if (!cause && found && state && state.at >= found.size) return { found, parts, head: state.head };
    }
    await step.sleep(`pause ${attempt}`, await surely(step, `length ${attempt}`, () => pause(env, attempt)));
  }
}

async function cutSome(
  env: BatchwiseBindings,
  job: string,
  seen: StoredObject | null,
  state: CutState | null,
  before: readonly JobPart[],
): Promise<CutSome> {
  const nothing = { parts: [], state: null, found: null };
  const stopped = async (cause: Cause) => {
    await putJson(storageOf(env), noteKey(job), { cause, open: [], ended: 0, parts: 0 } satisfies JobNote).catch(
      () => {},
    );
    return { ...nothing, cause };
  };
  try {
    const storage = storageOf(env);
    const spec = await specOf(storage, job);
    const found = seen ?? (await storage.head(spec.input));
    if (!found) throw new InputMissing(spec.input);
    const { fault, ...some } = await cut(storage, { ...found, key: spec.input }, spec, state, CUT_BYTES);
    if (fault) return await stopped({ ...causeOf(fault.error), line: fault.line });
    const ceilings = [...before, ...some.parts].map(({ ceiling }) => ceiling);
    const { maxCost } = spec.machine;
    const sum = ceilings.reduce<number>((all, ceiling) => all + (ceiling ?? Number.POSITIVE_INFINITY), 0);
    if (maxCost !== undefined && sum > maxCost) {
      return await stopped({
        code: "spend/guard",
        message: `the job may cost more than ${maxCost} USD: nothing was sent`,
      });
    }
    return { ...some, found, cause: null };
  } catch (error) {
    return stopped(causeOf(error));
  }
}

async function pause(env: BatchwiseBindings, attempt: number): Promise<number> {
  const { now, real } = clockOf(env.BATCHWISE_CLOCK);
  return Math.max(1, real(now() + pauseOf(attempt)) - Date.now());
}

async function optionsOf(storage: JobStorage, job: string) {
  const { input, machine } = await specOf(storage, job);
  return { key: input, window: machine.maxQueued ?? QUEUED, maxCost: machine.maxCost ?? null };
}

async function started(
  env: BatchwiseBindings,
  job: string,
  begin: readonly PartParams[],
  open: readonly number[],
  counts: { ended: number; parts: number },
): Promise<null> {
  // Whoever asks how the job stands asks these, too, and wakes them.
  await putJson(storageOf(env), noteKey(job), { cause: null, open, ...counts } satisfies JobNote);
  for (let at = 0; at < begin.length; at += STARTED_AT_ONCE) {
    const some = begin.slice(at, at + STARTED_AT_ONCE);
    await env.BATCHWISE_JOBS?.createBatch(some.map((params) => ({ id: partId(job, params.part), params })));
  }
  return null;
}

async function looked(
  env: BatchwiseBindings,
  job: string,
  open: readonly number[],
  { ended: before, parts }: { ended: number; parts: number },
): Promise<{ ended: number[]; isCanceled: boolean }> {
  const storage = storageOf(env);
  const ended: number[] = [];
  for (const part of open) {
    if (await endOfPart(storage, job, part)) ended.push(part);
    // A question wakes whoever was asleep in a process that died.
    else await (await env.BATCHWISE_JOBS?.get(partId(job, part)))?.status();
  }
  const left = open.filter((part) => !ended.includes(part));
  await putJson(storage, noteKey(job), {
    cause: null,
    open: left,
    ended: before + ended.length,
    parts,
  } satisfies JobNote);
  return { ended, isCanceled: await isThere(storage, `${folderOf(job)}cancel`) };
}

async function manifest(storage: JobStorage, job: string, parts: readonly JobPart[]): Promise<null> {
  const accounts: JobAccount[] = [];
  const all: Manifest["parts"][number][] = [];
  for (const [number, part] of parts.entries()) {
    const end = await endOfPart(storage, job, number);
    accounts.push(end?.account ?? withdrawn(part.requests));
    all.push({ ...part, outputs: end?.outputs ?? [] });
  }
  const outputs = all.flatMap((part) => part.outputs);
  await putJson(storage, manifestKey(job), { account: sumOf(accounts), outputs, parts: all } satisfies Manifest);
  return null;
}

async function specOf(storage: JobStorage, job: string): Promise<CheckedSpec> {
  return JSON.parse((await textOf(storage, `${folderOf(job)}spec.json`)) ?? "{}") as CheckedSpec;
}
