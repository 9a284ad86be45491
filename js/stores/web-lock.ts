// In browsers the tab that drives a job holds a lock, which the browser takes from it the moment it is gone: closed,
// crashed, or navigated away. A lease in the store would have to run out first.
import { StoreConflictError } from "../errors.js";
import type { Store } from "../store.js";

/** Ends the holding of a job's lock. */
export type Release = () => void;

/**
 * Takes the lock of a job, at once or not at all. Null where the store asks for none, or the runtime has none; rejects
 * with `StoreConflictError` where another tab holds it.
 */
export async function lockJob(store: Store, jobId: string): Promise<Release | null> {
  const locks = globalThis.navigator?.locks;
  if (store.lockScope === undefined || !locks) return null;
  const name = `batchwise ${store.lockScope} ${jobId}`;
  const release = await hold(locks, name);
  if (!release) throw await refusal(locks, name, jobId);
  // A second lock, whose name is all there is to it: who is refused reads it.
  const describe = await hold(locks, `${name} held by ${ourselves()}`);
  return () => {
    describe?.();
    release();
  };
}

/** Holds a lock until the answer is called; null where somebody else holds it. */
function hold(locks: LockManager, name: string): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    const whileHeld = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) return new Promise((release) => resolve(release));
      resolve(null);
      return undefined;
    };
    locks.request(name, { ifAvailable: true }, whileHeld).catch(reject);
  });
}

async function refusal(locks: LockManager, name: string, jobId: string): Promise<StoreConflictError> {
  const { held = [] } = await locks.query();
  const prefix = `${name} held by `;
  const holder = held.find((lock) => lock.name?.startsWith(prefix))?.name?.slice(prefix.length);
  const who = holder ?? "another tab of this site";
  const message = `the job ${jobId} is driven by ${who}: go on there, or close that tab and take the job up here`;
  return new StoreConflictError("store/conflict", message);
}

/** Says which tab or worker we are. No more of the address than its path: the rest may hold what is nobody's business. */
function ourselves(): string {
  const { location } = globalThis as { location?: { pathname?: string } };
  const kind = typeof document === "undefined" ? "a worker" : "the tab";
  return `${kind} at ${location?.pathname ?? "an unknown path"} since ${new Date().toISOString()}`;
}
