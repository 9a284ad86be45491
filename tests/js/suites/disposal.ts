// What holds the engine's memory gives it back when it is told to, and says so when it is used after that.
import type { Plan } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { bench, ids, idsOf, requests } from "../jobs.js";

/** Ended results of so many requests. */
async function results(count: number) {
  const { client, time } = bench();
  const { batches } = client.messages;
  const { id } = await batches.create({ requests: requests(count) });
  await batches.wait(id, time);
  return batches.results(id);
}

test("a plan that was disposed of keeps its figures and does nothing more", async () => {
  const { client } = bench();
  const plan = await client.plan(requests(3));
  plan.dispose();
  plan.dispose();
  assert.equal(plan.requestCount, 3);
  assert.lengthOf(plan.parts, 1);
  assert.equal((await rejection(() => plan.estimate()))["code"], "misuse/order");
  assert.equal((await rejection(client.submit(plan)))["code"], "misuse/order");
  assert.equal((await rejection(collect(plan.requests())))["code"], "misuse/order");
});

test("a job goes on when the plan that it runs on is disposed of", async () => {
  const { client, time } = bench();
  let plan: Plan | undefined = await client.plan(requests(6), { maxRequests: 2 });
  const [one, other] = [await client.submit(plan, time), await client.submit(plan, time)];
  plan[Symbol.dispose]();
  plan = undefined;
  assert.sameMembers(idsOf(await collect(one)), ids(6));
  assert.sameMembers(idsOf(await collect(other)), ids(6));
  assert.equal((await other.done()).outcomes.succeeded, 6);
});

test("results that are disposed of in the middle end the loop and the download", async () => {
  const stream = await results(40);
  const reading = stream.rows()[Symbol.asyncIterator]();
  assert.isFalse((await reading.next()).done);
  stream.dispose();
  assert.isBelow((await collect({ [Symbol.asyncIterator]: () => reading })).length, 40);
  assert.equal((await rejection(() => stream.rows()[Symbol.asyncIterator]()))["code"], "misuse/order");
  const unread = await results(1);
  unread[Symbol.dispose]();
  await unread[Symbol.asyncDispose]();
  assert.equal((await rejection(unread.summary()))["code"], "misuse/order");
});

test("a job that is done and read keeps its last word when it is disposed of", async () => {
  const { client, time, emulator } = bench();
  const job = await client.submit(requests(4), { maxRequests: 2, ...time });
  await collect(job);
  const report = await job.done();
  const { progress } = job;
  await job.dispose();
  await job[Symbol.asyncDispose]();
  assert.deepEqual(job.progress, progress);
  assert.equal(job.snapshot().jobId, job.id);
  assert.deepEqual(await job.done(), report);
  await job.cancel();
  assert.equal(emulator.state.calls.cancel, 0);
  await job.purge();
  assert.equal(emulator.state.calls.delete, 2);
});

test("rows that nobody read survive the disposal of their job", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(4), time);
  await job.done();
  await job.dispose();
  const rows: string[] = [];
  for await (const row of job) if (rows.push(row.custom_id) === 2) break;
  for await (const row of job) rows.push(row.custom_id);
  assert.sameMembers(rows, ids(4));
});
