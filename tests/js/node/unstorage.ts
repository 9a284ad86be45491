// An unstorage instance is a store as it is: with drivers that hold values in memory and in files.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobEvent } from "batchwise";
import { createStorage } from "unstorage";
import fsLite from "unstorage/drivers/fs-lite";
import { assert, collect, test } from "../harness.js";
import { bench, ids, idsOf, requests, until } from "../jobs.js";

test("a job lives in an unstorage instance, and is taken up from another one over the same folder", async () => {
  const base = await mkdtemp(join(tmpdir(), "batchwise-"));
  try {
    const { client, emulator, time } = bench();
    const storage = () => createStorage({ driver: fsLite({ base }) });
    const events: JobEvent[] = [];
    const onEvent = (event: JobEvent) => void events.push(event);
    const job = await client.submit(requests(6), { maxRequests: 3, store: storage(), jobId: "j.1", ...time, onEvent });
    await until(job, ({ parts }) => parts.some((part) => part.state === "processing"));
    await job[Symbol.asyncDispose]();
    assert.equal(events[0]?.type, "singleOwner");
    const again = await client.resume("j.1", { store: storage(), source: requests(6), ...time });
    assert.sameMembers(idsOf(await collect(again)), ids(6));
    assert.equal((await again.done()).outcomes.succeeded, 6);
    assert.equal(emulator.state.calls.create, 2);
  } finally {
    await rm(base, { recursive: true });
  }
});
