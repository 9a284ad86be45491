// What a caller may say, and what is refused before anything is sent.
import type { BatchRequest, SubmitOptions } from "batchwise";
import { Batchwise } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { bench, ids, idsOf, requests } from "../jobs.js";
import { hearLoose } from "../loose.js";

test("a limit on cost is held against the ceiling before anything is sent, by submit itself", async () => {
  const { client, emulator, time } = bench();
  const error = await rejection(client.submit(requests(100), { maxCost: 0.000_1, ...time }));
  assert.deepEqual([error.name, error["code"]], ["SpendLimitError", "spend/guard"]);
  assert.include(error.message, "$0.0001");
  assert.deepEqual([emulator.state.calls.list, emulator.state.calls.create], [0, 0]);
  const job = await client.submit(requests(100), { maxCost: 10, ...time });
  const report = await job.done();
  assert.isBelow(report.cost as number, 10);
});

test("a limit on cost cannot be promised for a model without a price, and no limit can", async () => {
  const { client, time } = bench();
  const unknown = requests(1).map((request) => ({
    ...request,
    params: { ...request.params, model: "claude-nobody-1" },
  }));
  assert.equal((await rejection(client.submit(unknown, { maxCost: 1e9, ...time })))["code"], "spend/guard");
  const job = await client.submit(unknown, { maxCost: Number.POSITIVE_INFINITY, ...time });
  await job.done().catch(() => undefined);
});

test("an option that cannot be used is refused by its name, before anything is sent", async () => {
  const { client, emulator, time } = bench();
  const wrong: [string, unknown[]][] = [
    ["rounds", [0, -1, 1.5, Number.NaN, "3"]],
    ["concurrency", [0, -1, 2.5, Number.NaN]],
    ["maxQueued", [0, -5, Number.NaN]],
    ["maxCost", [-1, Number.NaN, "10"]],
    ["settleMs", [-1, Number.NaN, "soon"]],
    ["maxRequests", [0, 100_001, Number.NaN, 1.5]],
    ["maxBodyBytes", [0, 1e12, Number.NaN]],
    ["onAmbiguousCreate", ["retry", 1]],
    ["sleep", [5, "no"]],
    ["now", [5, "noon"]],
  ];
  for (const [name, values] of wrong) {
    for (const value of values) {
      const error = await rejection(client.submit(requests(2), { ...time, [name]: value } as SubmitOptions));
      assert.equal(error["code"], "misuse/option", `${name}: ${String(value)}: ${error.message}`);
      assert.include(error.message, name);
    }
  }
  assert.deepEqual([emulator.state.calls.list, emulator.state.calls.create], [0, 0]);
});

test("options that are undefined are as if they were not there", async () => {
  const { client, time } = bench();
  const nothing = {
    rounds: undefined,
    concurrency: undefined,
    maxCost: undefined,
    settleMs: undefined,
    signal: undefined,
  };
  const job = await client.submit(requests(2), { ...time, ...(nothing as object) });
  assert.equal((await job.done()).outcomes.succeeded, 2);
});

test("without a key submit rejects", async () => {
  const { emulator, time } = bench();
  const client = new Batchwise({ apiKey: null, authToken: null, fetch: emulator.fetch, dangerouslyAllowBrowser: true });
  assert.equal((await rejection(client.submit(requests(2), time)))["code"], "auth/missing");
  assert.equal(emulator.state.calls.list, 0);
});

test("a source may be a list, an iterator, JSONL in a blob or in a stream", async () => {
  const { client, time } = bench();
  const text = requests(4)
    .map((request) => `${JSON.stringify(request)}\n`)
    .join("");
  async function* later(): AsyncGenerator<BatchRequest> {
    for (const request of requests(4)) yield request;
  }
  const stream = new Response(text).body as ReadableStream<Uint8Array>;
  for (const source of [requests(4), later(), new Set(requests(4)), new Blob([text]), stream]) {
    const job = await client.submit(source, { maxRequests: 3, ...time });
    assert.deepEqual(idsOf(await collect(job.results({ order: "input" }))), ids(4));
  }
});

test("a batch in the concurrency of one waits for the one before", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(4), { maxRequests: 1, concurrency: 1, ...time });
  await job.done();
  const { batches } = emulator.state;
  assert.lengthOf(batches, 4);
  for (const [n, batch] of batches.entries()) {
    const before = batches[n - 1];
    if (before) assert.isAtLeast(batch.createdMs, before.endsMs);
  }
});

test("time is the caller's: a job of hours takes no time on a clock of his own", async () => {
  const { client, emulator, time } = bench({ processingMs: 20 * 3_600_000 });
  const naps: number[] = [];
  const sleep = async (ms: number) => {
    naps.push(ms);
    await time.sleep?.(ms);
  };
  const began = emulator.clock.now();
  const job = await client.submit(requests(2), { ...time, sleep });
  await job.done();
  assert.isAtLeast(emulator.clock.now() - began, 20 * 3_600_000);
  for (const ms of naps) assert.isAtLeast(ms, 0);
});

test("a sleep that fails ends the job and says so", async () => {
  const { client, emulator, time } = bench({ processingMs: 60_000 });
  for (const sleep of [
    () => Promise.reject(new Error("no sleep")),
    () => {
      throw new Error("no sleep");
    },
  ]) {
    const job = await client.submit(requests(2), { ...time, sleep });
    const error = await rejection(job.done());
    assert.equal(error["code"], "misuse/option");
    assert.include(error.message, "sleep");
    assert.strictEqual(await rejection(collect(job)), error);
  }
  assert.equal(emulator.state.calls.cancel, 0);
});

test("a job nobody listens to rejects nothing that is unhandled", async () => {
  const seen: unknown[] = [];
  const stop = hearLoose((reason) => void seen.push(reason));
  const { client, time } = bench({ faults: { create: { status: { code: 400 } } } });
  const job = await client.submit(requests(2), time);
  const other = await client.submit(requests(2), time);
  other.results();
  void other.done();
  await job[Symbol.asyncDispose]();
  await other.cancel();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  stop();
  assert.deepEqual(seen, []);
});
