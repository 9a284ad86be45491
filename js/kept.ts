// Jobs that live in a store: begun there, and taken up again from there.
import { BatchwiseError, fromFault } from "./errors.js";
import { Job, type Origin, type ResumeOptions, type SubmitOptions } from "./job.js";
import type { Snapshot } from "./job-types.js";
import type { Plan } from "./plan.js";
import type { Store } from "./store.js";
import { type Client, Journal } from "./wasm/batchwise_bg.js";

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
  const journal = await open(store, jobId, false, options);
  return made(journal, options, () => new Job(client, plan, { ...options, jobId }, { saved, journal, note }));
}

/** Takes a job up again that lives in a store. `planned` makes its plan from the source. */
export async function takeUpFrom(
  store: Store,
  jobId: string,
  client: Client,
  given: ResumeOptions,
  planned: (options: ResumeOptions) => Promise<Plan>,
): Promise<Job> {
  const journal = await open(store, jobId, true, given);
  return made(journal, given, async () => {
    const saved = { jobId, ...(journal.saved() as object) } as Snapshot;
    const noted = JSON.parse(journal.plan ?? "{}") as SubmitOptions;
    const options = { ...noted, ...present(given), jobId, dedupe: Number(saved["merged"] ?? 0) > 0 };
    const plan = await planned(options as ResumeOptions);
    const origin: Origin = { saved, journal };
    return new Job(client, plan, options, origin);
  });
}

async function open(store: Store, jobId: string, resume: boolean, options: SubmitOptions): Promise<Journal> {
  const { now = Date.now, leaseMs } = options;
  if (typeof store !== "object" || store === null) {
    throw new BatchwiseError("misuse/option", "store must be an object with getItem, setItem, removeItem and getKeys");
  }
  try {
    return await Journal.open(store as never, jobId, crypto.randomUUID(), resume, { leaseMs }, now);
  } catch (fault) {
    throw fromFault(fault);
  }
}

/** What `make` makes; where it fails, the job is given back. */
async function made(journal: Journal, { now = Date.now }: SubmitOptions, make: () => Job | Promise<Job>): Promise<Job> {
  try {
    return await make();
  } catch (fault) {
    await journal.close(now);
    throw fromFault(fault);
  }
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
