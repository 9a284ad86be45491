// A lock between processes: a file that only one of them can create. Who finds it waits, until the holder removes it
// or is known to be gone.
import { storeFailed } from "./entry.js";
import { codeOf, type FilesNow, isGone, type Self } from "./files.js";

/** A lock is held for milliseconds. Who held it longer, asleep or starved, gives up instead of writing. */
const HOLD_MS = 5_000;
/** Who sees one and the same holder for so long takes its place; longer than anybody may still write. */
const STALE_MS = 10_000;
/** How long to wait for a turn at all. */
const WAIT_MS = 120_000;

/** The lock may be another's by now. Nothing was written, so the work can be done again. */
export class StoodStill extends Error {
  constructor(path: string) {
    super(`this process stood still while it held ${path}; nothing was written`);
  }
}

/** Runs `work` while nobody else holds the lock of that name. `check` throws where the lock may be another's by now. */
export async function locked<T>(
  files: FilesNow,
  path: string,
  self: Self,
  work: (check: () => void) => Promise<T>,
): Promise<T> {
  const elapsed = await acquire(files, path, self);
  const isOurs = (): boolean => elapsed() < HOLD_MS;
  try {
    return await work(() => {
      if (!isOurs()) throw new StoodStill(path);
    });
  } finally {
    // One held for longer may be another's. If it is not, whoever waits takes it when its time has come.
    if (isOurs()) files.unlinkSync(path);
  }
}

/** Creates the lock's file when its turn has come. Answers the clock of the holding, which began before the file. */
async function acquire(files: FilesNow, path: string, self: Self): Promise<() => number> {
  const name = JSON.stringify({ ...self, nonce: crypto.randomUUID() });
  const waited = stopwatch();
  let seen = { holder: "", since: stopwatch() };
  for (;;) {
    const held = stopwatch();
    if (await created(files, path, name)) return held;
    const holder = await holderOf(files, path);
    if (holder === null) continue;
    if (holder !== seen.holder) seen = { holder, since: stopwatch() };
    if (isDead(holder, self) || seen.since() > STALE_MS) {
      await evict(files, path, self, holder);
      continue;
    }
    if (waited() > WAIT_MS) throw storeFailed(`${path} is always held by others, just now by ${holder}`);
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 10));
  }
}

/** Milliseconds from now on, by the clock that stops while the machine sleeps or the one that can be set: the later. */
function stopwatch(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

async function created(files: FilesNow, path: string, name: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof files.promises.open>>;
  try {
    file = await files.promises.open(path, "wx");
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    // Until then it counts as held by somebody unknown.
    await file.writeFile(name);
  } finally {
    await file.close();
  }
  return true;
}

/** What the lock says of its holder; null where there is no lock any more. */
async function holderOf(files: FilesNow, path: string): Promise<string | null> {
  try {
    return await files.promises.readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Whether the holder was a process of this machine that is certainly gone. */
function isDead(holder: string, self: Self): boolean {
  if (self.machine === null) return false;
  try {
    const { pid, machine } = JSON.parse(holder) as Partial<Self>;
    return machine === self.machine && typeof pid === "number" && isGone(pid);
  } catch {
    return false;
  }
}

/** Removes the lock of a holder who is gone, and not that of somebody who came since: one at a time looks and acts. */
function evict(files: FilesNow, path: string, self: Self, holder: string): Promise<void> {
  return locked(files, `${path}.evict`, self, async (check) => {
    if ((await holderOf(files, path)) !== holder) return;
    check();
    files.unlinkSync(path);
  });
}
