// Jobs in a store that somebody else drives: looked at, never touched.
import { APIUserAbortError, BatchwiseError } from "./errors.js";
import { fromFault } from "./fault.js";
import type { JobProgress, PartProgress } from "./job-types.js";
import { engine } from "./start.js";
import type { Store } from "./store.js";
import { checkStore } from "./stores/suitable.js";

/** How a job is followed. */
export interface FollowOptions {
  /** Where the job lives. */
  store: Store;
  /** How long between two looks. Default 5,000. */
  everyMs?: number;
  /** Stops the looking. */
  signal?: AbortSignal;
  /** The clock, by which a lease is over; default `Date.now`. */
  now?: () => number;
  /** How time passes between looks; default the runtime's timers. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A job as its owner last kept it. */
export interface JobStanding extends Omit<JobProgress, "state" | "parts"> {
  /** `running` while somebody holds the job, `done`, or `left`: nobody holds it and it has not ended, so `resume` takes it up. */
  readonly state: "running" | "done" | "left";
  /** The name of whoever holds it; null where nobody does. */
  readonly owner: string | null;
  /** Until when, unless he renews that. */
  readonly until: number | null;
  readonly parts: readonly Omit<PartProgress, "bodyBytes" | "counts" | "endedAt">[];
}

const EVERY_MS = 5_000;

/**
 * Where a job in a store stands that somebody else drives: now, and after each change, until it is done or left. Needs no
 * key, takes no lease, writes nothing and calls nobody: how far the API is with a batch is what its owner last kept.
 */
export async function* followJob(jobId: string, options: FollowOptions): AsyncGenerator<JobStanding, void, undefined> {
  const { store, everyMs = EVERY_MS, signal, now = Date.now, sleep = pass } = options;
  checkStore(store);
  if (!(everyMs > 0)) throw new BatchwiseError("misuse/option", `everyMs must be more than 0, not ${everyMs}`);
  let told: string | undefined;
  for (;;) {
    if (signal?.aborted) {
      throw new APIUserAbortError("abort/user", "the following was ended by its signal", { cause: signal.reason });
    }
    const standing = await look(store, jobId, now);
    // A lease that was renewed is no news.
    const news = JSON.stringify({ ...standing, until: null });
    if (news !== told) yield standing;
    told = news;
    if (standing.state !== "running") return;
    await sleep(everyMs, signal).catch((error) => {
      if (!signal?.aborted) throw error;
    });
  }
}

/** Lets time pass, or the signal come. */
function pass(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

async function look(store: Store, jobId: string, now: () => number): Promise<JobStanding> {
  try {
    const standing = await engine().classes.Journal.look(store as never, jobId, now);
    return { id: jobId, ...(standing as Omit<JobStanding, "id">) };
  } catch (fault) {
    throw fromFault(fault);
  }
}
