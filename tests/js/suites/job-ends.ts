// The ways to leave a job: cancelling, aborting, detaching; and the way back in.
import { Batchwise, type Job, type Snapshot } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, type Bench, bench, ids, idsOf, requests, take, until } from "../jobs.js";

/** A job of two parts whose batches are at the API. */
async function running(options: object = {}): Promise<Bench & { job: Job; go: () => void }> {
  const all = bench({ processingMs: 600_000 });
  const { client, time } = all;
  // Time stands while the test looks; the job goes on when it says so.
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const sleep = async (ms: number) => {
    if (all.emulator.state.commits === 2) await held;
    await time.sleep?.(ms);
  };
  const job = await client.submit(requests(6), { maxRequests: 3, ...time, sleep, ...options });
  await until(job, ({ parts }) => parts.every((part) => part.state === "processing"));
  return Object.assign(all, { job, go });
}

test("cancel resolves once the batches are told, and requests come as canceled", async () => {
  const { job, emulator, go } = await running();
  await job.cancel();
  assert.equal(emulator.state.calls.cancel, 2);
  assert.isTrue(job.progress.canceling);
  go();
  const rows = await collect(job);
  const report = await job.done();
  assert.sameMembers(idsOf(rows), ids(6));
  assert.equal(report.outcomes.canceled + report.outcomes.succeeded, 6);
  assert.isAbove(report.outcomes.canceled, 0);
  await job.cancel();
  assert.equal(emulator.state.calls.cancel, 2);
});

test("cancel withdraws what was not sent", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(6), { maxRequests: 1, ...time });
  await job.cancel();
  const rows = await collect(job);
  assert.sameMembers(idsOf(rows), ids(6));
  for (const row of rows.filter((row) => row.outcome !== "succeeded")) {
    assert.deepEqual(row.toJSON(), { custom_id: row.custom_id, result: { type: "canceled" } });
  }
  assert.isBelow(emulator.state.commits, 6);
});

test("a signal ends the waiting and cancels nothing", async () => {
  const controller = new AbortController();
  const { job, emulator } = await running({ signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  const error = await rejection(job.done());
  assert.deepEqual([error.name, error["code"], error.cause], ["APIUserAbortError", "abort/user", reason]);
  assert.strictEqual(await rejection(collect(job)), error);
  assert.equal(emulator.state.calls.cancel, 0);
  assert.deepEqual(
    emulator.state.batches.map(({ status }) => status),
    ["in_progress", "in_progress"],
  );
});

test("a signal that fired before sends nothing", async () => {
  const { client, emulator, time } = bench();
  const signal = AbortSignal.abort();
  const error = await rejection(async () => (await client.submit(requests(3), { signal, ...time })).done());
  assert.equal(error["code"], "abort/user");
  assert.equal(emulator.state.calls.create, 0);
});

test("disposing detaches and cancels nothing, and may be done twice and after the end", async () => {
  const { job, emulator } = await running();
  await job[Symbol.asyncDispose]();
  const { calls } = emulator.state;
  await job[Symbol.asyncDispose]();
  assert.equal((await rejection(job.done()))["code"], "abort/user");
  await emulator.clock.advance(10 * 3_600_000);
  assert.deepEqual(emulator.state.calls, calls);
  assert.equal(calls.cancel, 0);
  const { client, time } = bench();
  const done = await client.submit(requests(1), time);
  await done.done();
  await done[Symbol.asyncDispose]();
  assert.lengthOf(await collect(done), 1);
});

test("a shared signal has no listeners left, however the job ended", async () => {
  let listeners = 0;
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  signal.addEventListener = (...args: Parameters<EventTarget["addEventListener"]>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<EventTarget["removeEventListener"]>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  const good = bench();
  const job = await good.client.submit(requests(3), { signal, ...good.time });
  assert.equal(listeners, 1);
  await job.done();
  const bad = bench({ faults: { create: { status: { code: 400 } } } });
  await rejection((await bad.client.submit(requests(3), { signal, ...bad.time })).done());
  const { job: left } = await running({ signal });
  await left[Symbol.asyncDispose]();
  assert.equal(listeners, 0);
});

test("a snapshot is plain JSON, with neither key nor prompt", async () => {
  const { job } = await running();
  const snapshot = job.snapshot();
  const text = JSON.stringify(snapshot);
  assert.deepEqual(JSON.parse(text), snapshot);
  assert.equal(snapshot.jobId, job.id);
  for (const secret of ["canary", "Say hi", "claude-haiku", "max_tokens"]) assert.notInclude(text, secret);
  await job[Symbol.asyncDispose]();
});

test("a job is resumed from its snapshot by another client, and nothing is created again", async () => {
  const { job, client, emulator, time } = await running();
  const text = JSON.stringify(job.snapshot());
  await job[Symbol.asyncDispose]();
  const again = await client.resume(JSON.parse(text) as Snapshot, { source: requests(6), ...time });
  assert.equal(again.id, job.id);
  assert.deepEqual(idsOf(await collect(again.results({ order: "input" }))), ids(6));
  const report = await again.done();
  assert.deepEqual(
    report.batches,
    emulator.state.batches.map(({ id }) => id),
  );
  assert.equal(emulator.state.calls.create, 2);
  assertNothingTwice(emulator);
});

test("a job can be left at every change of its state, and the last one ends it", async () => {
  const { client, emulator, time } = bench({
    faults: { create: { reset: { when: "after", calls: [1] } }, results: { cutAtLine: { calls: [1] } } },
  });
  const rows: string[] = [];
  const read = async (job: Job) => {
    for await (const row of job) rows.push(row.custom_id);
  };
  let job = await client.submit(requests(6), { maxRequests: 3, ...time });
  for (let changes = 1; changes < 60; changes += 3) {
    const reading = read(job).catch(() => undefined);
    let seen = 0;
    await Promise.race([until(job, () => ++seen > changes), job.done().catch(() => undefined)]);
    await job[Symbol.asyncDispose]();
    await reading;
    const saved = JSON.parse(JSON.stringify(job.snapshot())) as Snapshot;
    job = await client.resume(saved, { source: requests(6), maxRequests: 3, ...time });
  }
  await read(job);
  assert.sameMembers(rows, ids(6));
  assertNothingTwice(emulator);
});

test("a source that has changed is refused, and so is a snapshot that is none", async () => {
  const { job, client, emulator, time } = await running();
  const snapshot = job.snapshot();
  await job[Symbol.asyncDispose]();
  const { calls } = emulator.state;
  for (const source of [requests(6, "Say ho."), requests(5), requests(7)]) {
    assert.equal((await rejection(client.resume(snapshot, { source, ...time })))["code"], "data/changed");
  }
  const source = requests(6);
  for (const wrong of [null, undefined, 7, {}, { ...snapshot, version: 99 }, { ...snapshot, parts: [] }, []]) {
    const error = await rejection(client.resume(wrong as never, { source, ...time }));
    assert.equal(error["code"], "store/snapshot", JSON.stringify(wrong));
  }
  assert.deepEqual(emulator.state.calls, calls);
});

test("a resumed job keeps the order of the input for what is left", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(8), { maxRequests: 2, ...time });
  const first = await take(job.results({ order: "input" }), 3);
  assert.deepEqual(idsOf(first), ids(3));
  assert.deepEqual(idsOf(await collect(job.results({ order: "input" }))), ids(8).slice(3));
});

test("a job resumed under a key of another workspace finds nothing and creates nothing", async () => {
  const { job, emulator, time } = await running();
  const saved = job.snapshot();
  await job[Symbol.asyncDispose]();
  // To a key of another workspace every batch of this one is unknown.
  const elsewhere = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    if (init?.method === "POST" || !/batches\/msgbatch/.test(String(input))) return emulator.fetch(input, init);
    const error = { type: "not_found_error", message: "no such batch" };
    return new Response(JSON.stringify({ type: "error", error }), { status: 404 });
  };
  const client = new Batchwise({ apiKey: "sk-ant-other", fetch: elsewhere, dangerouslyAllowBrowser: true });
  const creates = emulator.state.calls.create;
  const again = await client.resume(saved, { source: requests(6), ...time });
  const error = await rejection(again.done());
  assert.equal(error["code"], "api/404");
  assert.include(error.message, "another workspace");
  assert.equal(emulator.state.calls.create, creates);
});
