// Deleting what a job left at the API: only when it is told to, and only when nothing is lost by it.
import { memoryStore } from "batchwise";
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

test("a purge of a job in a store is wished for before the first batch is deleted, and ended by whoever takes the job up", async () => {
  const store = memoryStore();
  const order: string[] = [];
  const written = store.compareAndSwap;
  store.compareAndSwap = (key, expected, next) => {
    if (next?.includes('"purge"')) order.push(next.includes("begun") ? "begun" : "done");
    return written(key, expected, next);
  };
  let dead = false;
  const { client, emulator, time } = bench({}, (fetch) => async (input, init) => {
    if (init?.method === "DELETE") {
      order.push("delete");
      // The process dies behind the first one: no answer, ever.
      if (dead) return new Promise<Response>(() => undefined);
      dead = order.filter((what) => what === "delete").length === 1;
    }
    return fetch(input, init);
  });
  const options = { store, jobId: "purged", source: requests(6), maxRequests: 2, ...time };
  const job = await client.submit(options.source, options);
  await collect(job);
  await job.done();
  // Long after this case it learns that it got no answer.
  job.purge().catch(() => undefined);
  while (order.length < 3) await emulator.clock.advance(1000);
  assert.deepEqual(order, ["begun", "delete", "delete"]);
  assert.lengthOf(await collect(client.messages.batches.list()), 2);

  dead = false;
  order.push("-", "-");
  await emulator.clock.advance(61_000);
  const { results, create } = emulator.state.calls;
  const again = await client.resume("purged", options);
  const report = await again.done();
  assert.equal(report.outcomes.succeeded, 6);
  assert.deepEqual(await collect(again), []);
  assert.lengthOf(await collect(client.messages.batches.list()), 0);
  assert.deepEqual(order.slice(5), ["begun", "delete", "delete", "delete", "done"]);

  const third = await client.resume("purged", options);
  assert.deepEqual([(await third.done()).outcomes, await collect(third)], [report.outcomes, []]);
  assert.deepEqual([emulator.state.calls.results, emulator.state.calls.create], [results, create]);
  assert.lengthOf(order, 10);
});

test("a purge that fails in the middle is told by whoever takes the job up, and ended by the one after him", async () => {
  const store = memoryStore();
  let refused = true;
  const { client, time } = bench({}, (fetch) => async (input, init) => {
    const body = { type: "error", error: { type: "permission_error", message: "not yours" } };
    if (init?.method === "DELETE" && refused) return Response.json(body, { status: 403 });
    return fetch(input, init);
  });
  const options = { store, jobId: "purged", source: requests(2), ...time };
  const job = await client.submit(options.source, options);
  await collect(job);
  assert.equal((await rejection(job.purge()))["code"], "auth/forbidden");
  const second = await client.resume("purged", options);
  assert.equal((await rejection(second.done()))["code"], "auth/forbidden");
  refused = false;
  await (await client.resume("purged", options)).done();
  assert.lengthOf(await collect(client.messages.batches.list()), 0);
});
