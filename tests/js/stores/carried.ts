// A job on a store: begun, left, and taken up again by whoever opens the same data.
import type { StoreFactory } from "batchwise/testing";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, bench, ids, idsOf, requests, until } from "../jobs.js";

/** Registers the cases that show a store carrying jobs. */
export function carriesJobs(title: string, open: StoreFactory, { swap = true } = {}): void {
  test(`${title}: a job that was left is taken up by its name and brings every row once`, async () => {
    const { client, emulator, time } = bench();
    const source = requests(40);
    const options = { ...time, maxRequests: 10, concurrency: 4 };
    const first = await client.submit(source, { ...options, store: await open("left"), jobId: "left" });
    await until(first, ({ parts }) => parts.some(({ batchId }) => batchId !== null));
    await first[Symbol.asyncDispose]();
    const store = await open("left");
    assert.isNotEmpty(await store.getKeys("batchwise:left:"));
    const second = await client.resume("left", { ...time, store, source });
    assert.sameMembers(idsOf(await collect(second)), ids(40));
    assert.equal((await second.done()).outcomes.succeeded, 40);
    assertNothingTwice(emulator);
  });

  if (!swap) return;
  test(`${title}: a second owner is refused while the first one drives`, async () => {
    const { client, time } = bench();
    const source = requests(3);
    const waiting = { ...time, sleep: () => new Promise<void>(() => undefined) };
    const first = await client.submit(source, { ...waiting, store: await open("held"), jobId: "held" });
    const store = await open("held");
    const error = await rejection(client.resume("held", { ...time, store, source }));
    assert.equal(error.name, "StoreConflictError");
    assert.equal(error["code"], "store/conflict");
    await first[Symbol.asyncDispose]();
    const second = await client.resume("held", { ...time, store, source });
    assert.lengthOf(await collect(second), 3);
  });
}
