// Which process drives a run. The journal's lease keeps a second one out; who can see that the first one is gone need
// not wait for it to run out.
import { fileStore, type SwapStore } from "batchwise";
import { isGone, lastingFiles, type Self, self } from "../../stores/files.js";
import type { Run } from "./folder.js";

const KEY = "driver";

/** Where a run's journal lies. */
export function journalOf(run: Run): SwapStore {
  return fileStore(run.path("journal"));
}

/** What a claim on a run found. */
export interface Claim {
  /** Whoever drove it before is certainly gone. */
  readonly ownerIsGone: boolean;
  /** The process that drives it, as far as can be told; null where none does. */
  readonly driver: number | null;
}

/** Says that this process drives the run now, unless another one does. */
export async function claim(run: Run): Promise<Claim> {
  const store = journalOf(run);
  const me = self(lastingFiles());
  const before = await store.getItem(KEY);
  const other = parsed(before);
  if (other && isAlive(other, me)) return { ownerIsGone: false, driver: other.pid };
  const isMine = await store.compareAndSwap(KEY, before as string | null, JSON.stringify(me));
  if (!isMine) return { ownerIsGone: false, driver: parsed(await store.getItem(KEY))?.pid ?? null };
  return { ownerIsGone: other !== null && other.machine !== null && other.machine === me.machine, driver: null };
}

/** Says that this process drives it no longer. */
export async function leave(run: Run): Promise<void> {
  const store = journalOf(run);
  await store.compareAndSwap(KEY, JSON.stringify(self(lastingFiles())), null);
}

/** The process that drives a run, as far as can be told from here. */
export async function driverOf(run: Run): Promise<number | null> {
  const other = parsed(await journalOf(run).getItem(KEY));
  return other && isAlive(other, self(lastingFiles())) ? other.pid : null;
}

function parsed(text: unknown): Self | null {
  return typeof text === "string" ? (JSON.parse(text) as Self) : null;
}

/** Whether it may be at work: a process of another machine, or one that we may not ask about, counts as none. */
function isAlive(other: Self, me: Self): boolean {
  return other.machine !== null && other.machine === me.machine && other.pid !== me.pid && !isGone(other.pid);
}
