// Deleting what a job left at the API: only when it is told to, and only when nothing is lost by it.
import { assert, collect, rejection, test } from "../harness.js";
import { bench, requests, take } from "../jobs.js";

test("a job deletes nothing at the API unless it is told to", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(4), { maxRequests: 2, ...time });
  await collect(job);
  await job.done();
  await job[Symbol.asyncDispose]();
  assert.equal(emulator.state.calls.delete, 0);
  assert.lengthOf(emulator.state.batches, 2);
});

test("a purge deletes every batch of the job, and one that is gone counts as deleted", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(4), { maxRequests: 2, ...time });
  await collect(job);
  const { batches } = await job.done();
  await client.messages.batches.delete(batches[0] as string);
  await job.purge();
  await job.purge();
  const left = await collect(client.messages.batches.list());
  assert.deepEqual(left, []);
  assert.isAtLeast(emulator.state.calls.delete, 5);
});

test("a purge is refused while a request has no outcome or a row was not read", async () => {
  const { client, emulator, time } = bench({ processingMs: 60_000 });
  const job = await client.submit(requests(4), time);
  assert.equal((await rejection(job.purge()))["code"], "misuse/order");
  await job.done();
  await take(job.results(), 3);
  const error = await rejection(job.purge());
  assert.equal(error["code"], "misuse/order");
  assert.include(error.message, "results()");
  assert.equal(emulator.state.calls.delete, 0);
  await collect(job);
  await job.purge();
});

test("a purge that is refused by the API says why", async () => {
  const { client, time } = bench({ faults: { delete: { status: { code: 403 } } } });
  const job = await client.submit(requests(2), time);
  await collect(job);
  assert.equal((await rejection(job.purge()))["code"], "auth/forbidden");
});
