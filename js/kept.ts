// Jobs that live in a store: begun there, and taken up again from there.
import type { BatchwiseError } from "./errors.js";
import { fromFault } from "./fault.js";
import { Job, type ResumeOptions, type SubmitOptions } from "./job.js";
import type { Snapshot } from "./job-types.js";
import type { Plan } from "./plan.js";
import type { Purging } from "./purging.js";
import { engine } from "./start.js";
import type { Store } from "./store.js";
import { checkStore } from "./stores/suitable.js";
import { lockJob, type Release } from "./stores/web-lock.js";
import type { Client, Journal } from "./wasm/batchwise_bg.js";

/** Begins a job in a store, with what an earlier life of it left where there was one. */
export async function beginIn(
  store: Store,
  client: Client,
  plan: Plan,
  options: SubmitOptions,
  saved?: Snapshot,
): Promise<Job> {
  const jobId = options.jobId ?? saved?.jobId ?? crypto.randomUUID();
  const note = JSON.stringify(noted({ ...options, ids: plan.handle.makesIds ? "nonce" : "verbatim" }));
  const held = await open(store, jobId, false, options);
  const purging = purgeIn(store, jobId, options);
  return made(held, options, () => new Job(client, plan, { ...options, jobId }, { ...held, purging, saved, note }));
}

/** Takes a job up again that lives in a store. `planned` makes its plan from the source. */
export async function takeUpFrom(
  store: Store,
  jobId: string,
  client: Client,
  given: ResumeOptions,
  planned: (options: ResumeOptions) => Promise<Plan>,
): Promise<Job> {
  const held = await open(store, jobId, true, given);
  return made(held, given, async () => {
    const { journal } = held;
    const saved = { jobId, ...(journal.saved() as object) } as Snapshot;
    const noted = JSON.parse(journal.plan ?? "{}") as SubmitOptions;
    const options = { ...noted, ...present(given), jobId, dedupe: Number(saved["merged"] ?? 0) > 0 };
    const plan = await planned(options as ResumeOptions);
    const purging = purgeIn(store, jobId, options);
    try {
      return new Job(client, plan, options, { ...held, purging, purge: journal.purge, saved });
    } finally {
      if (plan !== given.source) plan.dispose();
    }
  });
}

/** A job that is ours: its journal, the lock that keeps other tabs out, and the name under which it is held. */
interface Held {
  readonly owner: string;
  readonly journal: Journal;
  readonly release: Release | null;
}

async function open(store: Store, jobId: string, resume: boolean, options: SubmitOptions): Promise<Held> {
  const { now = Date.now, leaseMs, ownerIsGone = false } = options;
  checkStore(store);
  const release = await lockJob(store, jobId);
  const owner = crypto.randomUUID();
  try {
    // Whoever held the job before would hold the lock, too: he is gone, whatever his lease says.
    const terms = { leaseMs, alone: release !== null || ownerIsGone, gone: [...fallen] };
    const journal = await engine().classes.Journal.open(store as never, jobId, owner, resume, terms, now);
    return { journal, release, owner };
  } catch (fault) {
    release?.();
    throw buried(owner, fault);
  }
}

/** Owners who died with their engine in this very process: they renew no lease and send nothing more. */
const fallen = new Set<string>();

/** The error that `fault` means; where it is the engine's death, the owner is known to be gone. */
function buried(owner: string, fault: unknown): BatchwiseError {
  const error = fromFault(fault);
  if (error.code === "wasm/trap") fallen.add(owner);
  return error;
}

/** What `make` makes; where it fails, the job is given back. */
async function made(held: Held, { now = Date.now }: SubmitOptions, make: () => Job | Promise<Job>): Promise<Job> {
  try {
    const job = await make();
    job.done().catch((error) => buried(held.owner, error));
    return job;
  } catch (fault) {
    try {
      await held.journal.close(now);
    } catch {
      // With the engine the journal is lost, too.
    }
    held.release?.();
    throw buried(held.owner, fault);
  }
}

/** Runs a purge with its wish in the journal first: whoever takes the job up again ends what was begun. */
function purgeIn(store: Store, jobId: string, options: SubmitOptions): Purging {
  return async (purge) => {
    const { now = Date.now } = options;
    const { owner, journal, release } = await open(store, jobId, true, { ...options, ownerIsGone: false });
    try {
      await journal.notePurge(false, now);
      await purge();
      await journal.notePurge(true, now);
      await journal.close(now);
    } catch (fault) {
      await journal.close(now).catch(() => undefined);
      throw buried(owner, fault);
    } finally {
      release?.();
    }
  };
}

/** What whoever takes the job up again needs to run it as it was begun: everything that is plain data. */
function noted(options: SubmitOptions): object {
  const { maxRequests, maxBodyBytes, validate, ids, apiVersion, betas } = options;
  const { rounds, concurrency, maxQueued, maxCost, maxResubmitShare, maxRetryAfterMs } = options;
  const { pilot, onAmbiguousCreate, settleMs } = options;
  const plan = { maxRequests, maxBodyBytes, validate, ids, apiVersion, betas };
  const limits = { rounds, concurrency, maxQueued, maxCost, maxResubmitShare, maxRetryAfterMs };
  return { ...plan, ...limits, pilot, onAmbiguousCreate, settleMs };
}

/** The options that are given: an undefined one must not hide what the store says. */
function present(options: ResumeOptions): Partial<ResumeOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
