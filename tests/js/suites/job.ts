// A job from submit to its account: every request comes out exactly once.
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, type Bench, bench, ids, idsOf, requests, take } from "../jobs.js";

test("submit gives every request exactly once, and an account that adds up", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(25), { maxRequests: 10, ...time });
  const rows = await collect(job);
  assert.sameMembers(idsOf(rows), ids(25));
  assert.lengthOf(rows, 25);
  for (const row of rows) {
    assert.equal(row.outcome, "succeeded");
    assert.isAbove(row.text.length, 0);
    assert.deepEqual(row.toJSON().custom_id, row.custom_id);
  }
  const report = await job.done();
  assert.deepEqual(report.outcomes, { succeeded: 25, errored: 0, canceled: 0, expired: 0, missing: 0 });
  assert.lengthOf(report.batches, 3);
  assertNothingTwice(emulator);
});

test("the report has these keys, and is plain JSON", async () => {
  const { client, emulator, time } = bench();
  const job = await client.submit(requests(2), { jobId: "mine", ...time });
  const report = await job.done();
  assert.equal(job.id, "mine");
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  const { usage, cost, ...rest } = report;
  assert.deepEqual(rest, {
    id: "mine",
    requestCount: 2,
    merged: 0,
    outcomes: { succeeded: 2, errored: 0, canceled: 0, expired: 0, missing: 0 },
    rounds: 1,
    batches: emulator.state.batches.map(({ id }) => id),
    badLines: [],
    missing: [],
    unknownIds: [],
    duplicateIds: [],
    conflictingIds: [],
    discrepancies: [],
    gone: [],
    paidTwice: [],
    unchecked: [],
    stopped: null,
  });
  assert.isAbove(usage.input_tokens, 0);
  assert.isAbove(usage.output_tokens, 0);
  assert.isAbove(cost as number, 0);
});

test("rows come in the order of the input where that is asked for", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(30), { maxRequests: 7, ...time });
  assert.deepEqual(idsOf(await collect(job.results({ order: "input" }))), ids(30));
});

test("rows can be read after the job is done", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(12), { maxRequests: 5, ...time });
  await job.done();
  assert.deepEqual(idsOf(await collect(job.results({ order: "input" }))), ids(12));
  assert.deepEqual(await collect(job), []);
});

test("a second reader gets what the first one left, in either order", async () => {
  const { client, time } = bench();
  for (const order of ["arrival", "input"] as const) {
    const job = await client.submit(requests(40), { maxRequests: 9, ...time });
    const first = await take(job.results({ order }), 13);
    const second = await take(job.results({ order }), 1);
    const rest = await collect(job.results({ order }));
    assert.sameMembers(idsOf([...first, ...second, ...rest]), ids(40), order);
  }
});

test("two readers at once share the rows", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(40), { maxRequests: 9, ...time });
  const [a, b, report] = await Promise.all([collect(job), collect(job.results()), job.done()]);
  assert.sameMembers([...idsOf(a), ...idsOf(b)], ids(40));
  assert.equal(report.outcomes.succeeded, 40);
});

/** A bench whose results come in small chunks, which are counted as they are asked for. */
function chunked(): Bench & { chunks: () => number } {
  let chunks = 0;
  const cut = (body: Uint8Array): ReadableStream<Uint8Array> => {
    let at = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      chunks++;
      controller.enqueue(body.slice(at, at + 2000));
      at += 2000;
      if (at >= body.length) controller.close();
    };
    return new ReadableStream({ pull }, { highWaterMark: 0 });
  };
  const all = bench({}, (fetch) => async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/results")) return response;
    return new Response(cut(new Uint8Array(await response.arrayBuffer())));
  });
  return { ...all, chunks: () => chunks };
}

test("a reader who is slow holds the stream of results back", async () => {
  const { client, time, chunks } = chunked();
  const job = await client.submit(requests(2000), time);
  const rows = job.results()[Symbol.asyncIterator]();
  await rows.next();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  const before = chunks();
  assert.isBelow(before, 20);
  let count = 1;
  while (!(await rows.next()).done) count++;
  assert.equal(count, 2000);
  assert.isAbove(chunks(), 10 * before);
});

test("a reader who throws keeps the rows he did not take", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(9), { maxRequests: 4, ...time });
  const taken: string[] = [];
  const broken = new Error("the database is gone");
  const reading = async (): Promise<void> => {
    for await (const row of job) {
      taken.push(row.custom_id);
      if (taken.length === 3) throw broken;
    }
  };
  assert.strictEqual(await rejection(reading()), broken as never);
  assert.equal((await job.done()).outcomes.succeeded, 9);
  assert.sameMembers([...taken, ...idsOf(await collect(job))], ids(9));
});

test("a job without a reader, and one whose reader has left, run to their ends", async () => {
  for (const read of [0, 1]) {
    const { client, time } = chunked();
    const job = await client.submit(requests(600), time);
    const first = read > 0 ? await take(job.results(), read) : [];
    assert.equal((await job.done()).outcomes.succeeded, 600);
    assert.sameMembers(idsOf([...first, ...(await collect(job))]), ids(600));
  }
});

test("progress tells of every part, and listeners can leave", async () => {
  const { client, time } = bench();
  const job = await client.submit(requests(5), { maxRequests: 2, ...time });
  const states: string[] = [];
  let calls = 0;
  const stop = job.subscribe((progress) => {
    states.push(progress.parts.map((part) => part.state).join(" "));
    assert.equal(progress.requestCount, 5);
    assert.equal(progress.id, job.id);
  });
  const leave = job.subscribe(() => calls++);
  leave();
  leave();
  await job.done();
  stop();
  assert.equal(calls, 1);
  assert.match(states[0] as string, /^(planned|marking) planned planned$/);
  assert.equal(states.at(-1), "done done done");
  const { progress } = job;
  assert.deepEqual(JSON.parse(JSON.stringify(progress)), progress);
  assert.deepEqual([progress.state, progress.finished, progress.round, progress.canceling], ["done", 5, 1, false]);
  const [part] = progress.parts;
  assert.hasAllKeys(part, [
    "index",
    "round",
    "state",
    "requestCount",
    "bodyBytes",
    "batchId",
    "canceling",
    "counts",
    "createdAt",
    "expiresAt",
    "endedAt",
  ]);
  assert.deepEqual(part?.counts, { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 });
  const report = await job.done();
  assert.equal(part?.batchId, report.batches[0]);
  assert.equal(progress.cost, report.cost);
});

test("a listener that fails does not end the job", async () => {
  const { client, time } = bench();
  const { error } = console;
  const seen: unknown[] = [];
  console.error = (...words: unknown[]) => void seen.push(words.at(-1));
  try {
    const oops = new Error("oops");
    const fail = () => {
      throw oops;
    };
    const job = await client.submit(requests(3), { onEvent: fail, ...time });
    let first = true;
    job.subscribe(() => {
      if (!first) fail();
      first = false;
    });
    assert.equal((await job.done()).outcomes.succeeded, 3);
    assert.include(seen, oops);
  } finally {
    console.error = error;
  }
});

test("failures that may pass get further rounds, and every request one row", async () => {
  const { client, emulator, time } = bench({ rates: { overloaded: 0.3, invalid: 0.1 } });
  const events: string[] = [];
  const job = await client.submit(requests(200), {
    maxRequests: 80,
    rounds: 6,
    onEvent: ({ type }) => events.push(type),
    ...time,
  });
  const rows = await collect(job);
  assert.sameMembers(idsOf(rows), ids(200));
  const report = await job.done();
  assert.isAbove(report.rounds, 1);
  assert.equal(events.filter((type) => type === "round").length, report.rounds - 1);
  assert.equal(report.outcomes.succeeded + report.outcomes.errored, 200);
  for (const row of rows.filter((row) => row.outcome === "errored"))
    assert.equal(row.error?.type, "invalid_request_error");
  for (const [, fate] of emulator.state.requests()) assert.isAtMost(fate.billed, 1);
});

test("one round leaves failures as they are", async () => {
  const { client, emulator, time } = bench({ rates: { overloaded: 1 } });
  const job = await client.submit(requests(5), { rounds: 1, ...time });
  const report = await job.done();
  assert.deepEqual([report.rounds, report.outcomes.errored, report.stopped], [1, 5, null]);
  assert.equal(emulator.state.commits, 1);
  for (const row of await collect(job)) assert.deepEqual([row.error?.type, row.retry], ["overloaded_error", "now"]);
});

test("a plan made before can be submitted, more than once", async () => {
  const { client, time } = bench();
  const plan = await client.plan(requests(6), { maxRequests: 4 });
  for (let n = 0; n < 2; n++) {
    const job = await client.submit(plan, time);
    assert.lengthOf(await collect(job), 6);
    assert.lengthOf((await job.done()).batches, 2);
  }
});

test("requests with problems are refused before anything is sent, warned of, or passed over", async () => {
  const { client, emulator, time } = bench();
  const bad = [...requests(2), { custom_id: "r-2", params: { model: "claude-haiku-4-5", messages: [] } }] as never;
  const error = await rejection(client.submit(bad, time));
  assert.equal(error.name, "InvalidRequestsError");
  assert.isNotEmpty(error["violations"]);
  assert.equal(emulator.state.calls.list, 0);
  for (const validate of ["warn", "off"] as const) {
    const job = await client.submit(bad, { validate, ...time });
    await collect(job).catch(() => []);
    assert.isAbove(emulator.state.calls.create, 0, validate);
  }
});
