// Requests that are the same but for their ids: sent once, answered many times.
import { type BatchRequest, Batchwise, type Snapshot, table } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, bench, ids, idsOf, requests, until } from "../jobs.js";
import { CANARY } from "../server.js";

/** `count` requests of which so many differ. */
function alike(count: number, kinds: number): BatchRequest[] {
  return requests(count).map((request, n) => ({
    ...request,
    params: { ...request.params, messages: [{ role: "user", content: `question ${n % kinds}` }] },
  }));
}

test("requests that are the same are sent once, and each has a row of its own", async () => {
  const { client, emulator, time } = bench();
  for (const kind of ["verbatim", "nonce"] as const) {
    const before = emulator.state.requests().size;
    const job = await client.submit(alike(25, 4), { dedupe: true, ids: kind, maxRequests: 3, ...time });
    const rows = await collect(job.results({ order: "input" }));
    assert.deepEqual(idsOf(rows), ids(25));
    for (const [n, row] of rows.entries()) {
      assert.equal(row.toJSON().custom_id, `r-${n}`);
      assert.equal(row.text, rows[n % 4]?.text);
      assert.deepEqual(row.usage, rows[n % 4]?.usage);
    }
    assert.equal(emulator.state.requests().size - before, 4, kind);
    const report = await job.done();
    assert.deepEqual([report.requestCount, report.merged, report.outcomes.succeeded], [25, 21, 25]);
    const paid = rows.slice(0, 4).reduce((sum, row) => sum + (row.usage?.output_tokens ?? 0), 0);
    assert.equal(report.usage.output_tokens, paid);
  }
  assertNothingTwice(emulator);
});

test("a plan says how many requests ride along, and what that saves", async () => {
  const { client } = bench();
  const input = alike(20, 5);
  const [all, once] = [await client.plan(input), await client.plan(input, { dedupe: true })];
  assert.deepEqual([all.merged, once.merged], [0, 15]);
  assert.deepEqual([all.requestCount, once.requestCount], [20, 20]);
  assert.deepEqual(
    once.parts.map((part) => part.requestCount),
    [5],
  );
  const [before, after] = [all.estimate(), once.estimate()];
  assert.deepEqual([before.merged, before.saved], [0, { low: 0, high: 0, ceiling: 0 }]);
  assert.equal(after.merged, 15);
  assert.deepEqual([...all.mergedInto()], []);
  const pairs = [0, 1, 2, 3, 4].flatMap((first) => [5, 10, 15].map((later) => [later + first, first]));
  assert.deepEqual([...once.mergedInto()], pairs.flat(), "each that rides, and the one that is sent in its stead");
  for (const end of ["low", "high", "ceiling"] as const) {
    assert.closeTo((after.total[end] ?? 0) + (after.saved[end] ?? 0), before.total[end] ?? 0, 1e-7);
    assert.closeTo(after.saved[end] ?? 0, 3 * (after.total[end] ?? 0), 1e-7);
  }
});

test("a request that differs in one byte is sent", async () => {
  const { client } = bench();
  const [one] = requests(1);
  const line = JSON.stringify(one);
  const named = (id: string, text = line): string => text.replace('"r-0"', `"${id}"`);
  const jsonl = [line, named("a"), named("b", line.replace("hi.", "hi!")), named("c", line.replace(":", ": "))].join(
    "\n",
  );
  assert.equal((await client.plan(new Blob([jsonl]), { dedupe: true })).merged, 1);
});

test("failures and retries are shared by those who ride along", async () => {
  const { client, emulator, time } = bench({ rates: { overloaded: 0.5, invalid: 0.2 } });
  const job = await client.submit(alike(60, 20), { dedupe: true, rounds: 4, ...time });
  const rows = await collect(job.results({ order: "input" }));
  assert.deepEqual(idsOf(rows), ids(60));
  for (const [n, row] of rows.entries()) assert.equal(row.outcome, rows[n % 20]?.outcome);
  const report = await job.done();
  assert.isAbove(report.rounds, 1);
  assert.isAbove(report.outcomes.errored, 0);
  assert.equal(report.outcomes.succeeded + report.outcomes.errored, 60);
  assert.equal(report.merged, 40);
  assert.equal(emulator.state.requests().size, 20);
});

test("a job with riders is taken up again from its snapshot", async () => {
  const { client, emulator, time } = bench();
  const input = alike(12, 3);
  const first = await client.submit(input, { dedupe: true, maxRequests: 2, ...time });
  await until(first, ({ parts }) => parts.some((part) => part.state === "processing"));
  const saved = JSON.parse(JSON.stringify(first.snapshot())) as Snapshot;
  await first[Symbol.asyncDispose]();
  const report = await (await client.resume(saved, { source: input, ...time })).done();
  assert.deepEqual([report.outcomes.succeeded, report.merged], [12, 9]);
  assert.equal(emulator.state.requests().size, 3);
  assertNothingTwice(emulator);
  const plan = await client.plan(input);
  const error = await rejection(client.resume(saved, { source: plan, ...time }));
  assert.equal((error as { code?: string }).code, "misuse/option");
});

test("the limit of cost counts what is sent", async () => {
  const { client, time } = bench();
  const input = alike(40, 1);
  const one = (await client.plan(input.slice(0, 1))).estimate().total.ceiling ?? 0;
  const report = await (await client.submit(input, { dedupe: true, maxCost: 1.01 * one, ...time })).done();
  assert.equal(report.outcomes.succeeded, 40);
  const error = await rejection(client.submit(input, { maxCost: 1.01 * one, ...time }));
  assert.equal((error as { code?: string }).code, "spend/guard");
});

test("a plan gives its requests back under their own ids, those that ride with others too", async () => {
  const rows = ["x", "y", "x"].map((text, at) => ({ name: `No. ${at}`, text }));
  const source = table(rows, { prompt: "Say {{text}}", model: "claude-haiku-4-5", maxTokens: 8, key: "name" });
  const client = new Batchwise({ apiKey: CANARY, dangerouslyAllowBrowser: true });
  const plan = await client.plan(source, { ids: "nonce", dedupe: true });
  assert.equal(plan.merged, 1);
  const found = await collect(plan.requests());
  assert.deepEqual(
    found.map(({ custom_id, params }) => [custom_id, params.messages[0]?.content]),
    rows.map(({ name, text }) => [name, `Say ${text}`]),
  );
  const one = requests(1)[0] as BatchRequest;
  const many = Array.from({ length: 1_201 }, (_, at) => ({ ...one, custom_id: `r${at}` }));
  assert.deepEqual(await collect((await client.plan(many)).requests()), many);
});
