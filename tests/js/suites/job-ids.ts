// Ids made for the wire: the API sees them and nobody else does.
import { type BatchRequest, type JobReport, type Snapshot, table } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, bench, idsOf, requests, until } from "../jobs.js";

const WIRE = /^[0-9a-z]{6}-\d+-[0-9a-z]+$/;

/** Requests with names that the API would refuse. */
function named(count: number): BatchRequest[] {
  return requests(count).map((request, n) => ({ ...request, custom_id: nameOf(n) }));
}

function nameOf(n: number): string {
  return `No. ${n} "süß" ${"x".repeat(100)}`;
}

test("made ids go over the wire, and rows come back under the callers' own", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(named(25), { ids: "nonce", maxRequests: 10, ...time });
  const rows = await collect(job.results({ order: "input" }));
  assert.deepEqual(
    idsOf(rows),
    Array.from({ length: 25 }, (_, n) => nameOf(n)),
  );
  for (const row of rows) {
    assert.equal(row.toJSON().custom_id, row.custom_id);
    assert.equal(row.outcome, "succeeded");
    assert.isAbove(row.text.length, 0);
    assert.isAbove(row.usage?.output_tokens ?? 0, 0);
  }
  const sent = [...emulator.state.requests()].map(([id]) => id);
  assert.lengthOf(sent, 25);
  for (const id of sent) assert.match(id, WIRE);
  assert.equal(new Set(sent.map((id) => id.slice(0, 6))).size, 1);
  assertNothingTwice(emulator);
});

test("two jobs send different ids for the same input", async () => {
  const { client, emulator, time } = bench();
  for (let n = 0; n < 2; n++) await (await client.submit(named(3), { ids: "nonce", ...time })).done();
  assert.lengthOf([...emulator.state.requests()], 6);
});

test("a body with made ids is as long as the plan says", async () => {
  const lengths: number[] = [];
  const { client, time } = bench({}, (fetch) => (input, init) => {
    if (init?.method === "POST") lengths.push((init.body as Blob).size);
    return fetch(input, init);
  });
  const plan = await client.plan(named(30), { ids: "nonce", maxBodyBytes: 1_000 });
  await (await client.submit(plan, time)).done();
  assert.isAbove(lengths.length, 2);
  for (const length of lengths) assert.isAtMost(length, 1_000);
  assert.deepEqual(
    lengths,
    plan.parts.map((part) => part.bodyBytes),
  );
});

test("failures, retries and what is missing are told under the callers' ids", async () => {
  const faults = { results: { missingId: true, duplicateId: true, unknownId: true } };
  const { client, emulator, time } = bench({ rates: { overloaded: 0.5 }, faults });
  const job = await client.submit(named(20), { ids: "nonce", ...time });
  const rows = await collect(job);
  const report: JobReport = await job.done();
  assert.sameMembers(
    idsOf(rows),
    Array.from({ length: 20 }, (_, n) => nameOf(n)),
  );
  assert.isAbove(report.rounds, 1);
  assert.isNotEmpty(report.duplicateIds);
  for (const id of [...report.missing, ...report.duplicateIds]) assert.match(id, /^No\. \d+ /);
  for (const id of report.unknownIds) assert.notMatch(id, WIRE);
  assertNothingTwice(emulator);
});

test("a job with made ids is taken up again with the same, from its snapshot alone", async () => {
  const { client, emulator, time } = bench();
  const input = named(12);
  const first = await client.submit(input, { ids: "nonce", maxRequests: 5, ...time });
  await until(first, ({ parts }) => parts.some((part) => part.state === "processing"));
  const saved = JSON.parse(JSON.stringify(first.snapshot())) as Snapshot;
  await first[Symbol.asyncDispose]();
  assert.match(String(saved["nonce"]), /^[0-9a-z]{6}$/);
  const again = await client.resume(saved, { source: input, ...time });
  const report = await again.done();
  assert.equal(report.outcomes.succeeded, 12);
  const sent = [...emulator.state.requests()].map(([id]) => id.slice(0, 6));
  assert.deepEqual([...new Set(sent)], [saved["nonce"]]);
  assertNothingTwice(emulator);
});

test("the rows of a table may have any names when ids are made", async () => {
  const { client, time } = bench();
  const rows = ["a b", "ü", "x.y"].map((id) => ({ id, text: "hello" }));
  const source = table(rows, { prompt: "{{text}}", model: "claude-haiku-4-5", maxTokens: 8, key: "id" });
  const refused = await rejection(client.plan(source));
  assert.match(String((refused as { violations?: { hint: string }[] }).violations?.[0]?.hint), /ids to "nonce"/);
  const job = await client.submit(source, { ids: "nonce", ...time });
  assert.deepEqual(idsOf(await collect(job.results({ order: "input" }))), ["a b", "ü", "x.y"]);
});

test("a plan and a job that disagree about ids are told apart", async () => {
  const { client, time } = bench();
  const plan = await client.plan(requests(2));
  const error = await rejection(client.submit(plan, { ids: "nonce", ...time }));
  assert.equal((error as { code?: string }).code, "misuse/option");
  const wrong = await rejection(client.plan(requests(2), { ids: "other" as never }));
  assert.equal((wrong as { code?: string }).code, "misuse/option");
});
