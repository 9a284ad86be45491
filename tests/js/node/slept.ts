// A process that slept, or was held up: all its timers are due at once, and nothing that waited has failed.
import { memoryStore } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { bench, ids, idsOf, requests } from "../jobs.js";

const real = globalThis.setTimeout;

/** Has every timer of a second or more end at once while `work` runs. */
async function whileAllIsDue(work: () => Promise<void>): Promise<void> {
  const due = (run: () => void, ms = 0, ...rest: unknown[]) => real(run, ms >= 1000 ? 0 : ms, ...rest);
  globalThis.setTimeout = due as typeof setTimeout;
  try {
    await work();
  } finally {
    globalThis.setTimeout = real;
  }
}

/** A store whose every answer takes so long. */
function slowStore(ms: number) {
  const store = memoryStore();
  const compareAndSwap: typeof store.compareAndSwap = async (...swap) => {
    await new Promise((resolve) => real(resolve, ms));
    return store.compareAndSwap(...swap);
  };
  return { ...store, compareAndSwap };
}

test("a store is not given up on because the process slept while it answered", () =>
  whileAllIsDue(async () => {
    const { client, time } = bench();
    const job = await client.submit(requests(3), { store: slowStore(5), jobId: "j", ...time });
    assert.sameMembers(idsOf(await collect(job)), ids(3));
  }));

test("a store that does not answer is given up on all the same", () =>
  whileAllIsDue(async () => {
    const { client, time } = bench();
    const store = slowStore(2 ** 30);
    const error = await rejection(client.submit(requests(3), { store, jobId: "j", ...time }).then((job) => job.done()));
    assert.equal(error["code"], "store/failed");
    assert.match(error.message, /no answer within 60 s/);
  }));
