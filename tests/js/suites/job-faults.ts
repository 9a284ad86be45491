// Jobs in bad weather: whatever strikes where, the job ends right and nothing is sent or paid twice.

import { memoryStore } from "batchwise";
import type { EndpointName, FaultSettings } from "batchwise/emulator";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, bench, ids, idsOf, requests } from "../jobs.js";

const EVERYWHERE: Record<string, FaultSettings> = {
  "lost before": { reset: { when: "before", calls: [1, 2] } },
  "lost after": { reset: { when: "after", calls: [1, 2] } },
  overloaded: { status: { code: 529, calls: [1, 2] } },
  "failing after": { status: { code: 500, when: "after", calls: [1, 2] } },
  "a gateway": { status: { code: 502, calls: [1, 2] } },
  "a gateway after": { status: { code: 504, when: "after", html: true, calls: [1, 2] } },
  "rate limit": { status: { code: 429, retryAfter: { seconds: 90 }, calls: [1, 2] } },
  html: { html: { when: "before", calls: [1] } },
  "html after": { html: { when: "after", calls: [1] } },
};

const SMALL: Record<string, FaultSettings> = {
  "cut reply": { cutReply: { calls: [1] } },
  "cut reply and reset": { cutReply: { ending: "reset", calls: [1] } },
};

const RESULTS: Record<string, FaultSettings> = {
  "cut at a line": { cutAtLine: { calls: [1] } },
  "cut at a line and reset": { cutAtLine: { ending: "reset", calls: [1] } },
  "cut in a line": { cutMidLine: { calls: [1] } },
  "cut in a line and reset": { cutMidLine: { ending: "reset", calls: [1] } },
  "blank lines": { blankLines: true },
  crlf: { crlf: true },
  "a bad line once": { badLine: { calls: [1] } },
  "a missing row once": { missingId: { calls: [1] } },
};

const CREATE: Record<string, FaultSettings> = {
  "late commit": { lateCommit: { ms: 20_000, calls: [1] } },
  "list lag": { listLag: { ms: 30_000 } },
  "lost, and the list lags": { reset: { when: "after", calls: [1] }, listLag: { ms: 30_000 } },
  "not found at first": { notFoundAfterCreate: { ms: 30_000 } },
};

const cases: [EndpointName, Record<string, FaultSettings>][] = [
  ["create", { ...EVERYWHERE, ...SMALL, ...CREATE }],
  ["list", { ...EVERYWHERE, ...SMALL }],
  ["retrieve", { ...EVERYWHERE, ...SMALL }],
  ["results", { ...EVERYWHERE, ...RESULTS }],
];

for (const [endpoint, settings] of cases) {
  test(`a job ends right whatever strikes ${endpoint}, and sends nothing twice`, async () => {
    const run = async ([name, fault]: [string, FaultSettings]) => {
      const { client, emulator, time } = bench({ faults: { [endpoint]: fault } });
      const job = await client.submit(requests(9), { maxRequests: 4, ...time });
      const rows = await collect(job);
      const { outcomes } = await job.done();
      assert.sameMembers(idsOf(rows), ids(9), name);
      assert.deepEqual(outcomes, { succeeded: 9, errored: 0, canceled: 0, expired: 0, missing: 0 }, name);
      assert.isNotEmpty(emulator.state.faults, name);
      assertNothingTwice(emulator);
    };
    await Promise.all(Object.entries(settings).map(run));
  });
}

test("answers that come late, and in drops, are waited for", async () => {
  const { client, emulator } = bench({
    clock: 2000,
    faults: { "*": { slow: { ms: 20_000 }, slowBody: { bytes: 500 } } },
  });
  const { clock } = emulator;
  const job = await client.submit(requests(6), {
    maxRequests: 4,
    now: () => clock.now(),
    sleep: (ms) => clock.sleep(ms),
  });
  assert.sameMembers(idsOf(await collect(job)), ids(6));
  assertNothingTwice(emulator);
});

test("a create whose body takes longer to make than its mark is good for leaves all the same", async () => {
  const { client, emulator, time } = bench();
  let readings = 0;
  class SlowFile extends Blob {
    override slice(...range: [number?, number?]): Blob {
      const piece = super.slice(...range);
      const arrayBuffer = async (): Promise<ArrayBuffer> => {
        readings += 1;
        await emulator.clock.advance(10 * 60_000);
        return new Response(piece).arrayBuffer();
      };
      return Object.assign(piece, { arrayBuffer });
    }
  }
  const source = new SlowFile(requests(6).map((request) => `${JSON.stringify(request)}\n`));
  const job = await client.submit(source, { maxRequests: 3, ...time });
  assert.sameMembers(idsOf(await collect(job)), ids(6));
  assert.deepEqual([readings, emulator.state.commits], [2, 2]);
  assertNothingTwice(emulator);
});

test("faults everywhere at once change nothing but the time it takes", async () => {
  const run = async (seed: number) => {
    const rate = 0.1;
    const anywhere: FaultSettings = {
      reset: [
        { when: "after", rate },
        { when: "before", rate },
      ],
      status: [
        { code: 529, rate },
        { code: 500, when: "after", rate },
        { code: 429, retryAfter: { seconds: 5 }, rate },
      ],
      html: { rate },
    };
    const { client, emulator, time } = bench({ seed, faults: { "*": anywhere } });
    const job = await client.submit(requests(12), { maxRequests: 3, ...time });
    const rows = await collect(job).catch((error: unknown) => {
      // Only a host that does not answer at all, before anything was sent, is given up on.
      if (emulator.state.commits > 0) throw error;
      return [];
    });
    if (rows.length > 0) assert.sameMembers(idsOf(rows), ids(12));
    assertNothingTwice(emulator);
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(run));
});

test("what is wrong in results is told in the report, and rows are not lost over it", async () => {
  const { client, time } = bench({ faults: { results: { badLine: true, duplicateId: true, unknownId: true } } });
  const job = await client.submit(requests(20), time);
  const rows = await collect(job);
  const report = await job.done();
  assert.sameMembers(idsOf(rows), ids(20));
  assert.isNotEmpty(report.badLines);
  assert.hasAnyKeys(report.badLines[0], ["line", "offset", "reason", "sample"]);
  assert.isNotEmpty(report.unknownIds);
  assert.isNotEmpty(report.duplicateIds);
});

test("a row that never comes is missing, by name, and is not sent again", async () => {
  const { client, emulator, time } = bench({}, (fetch) => async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/results")) return response;
    const lines = (await response.text()).split("\n");
    return new Response(lines.filter((line) => !/"r-(3|11)"/.test(line)).join("\n"));
  });
  const job = await client.submit(requests(20), time);
  const rows = await collect(job);
  const report = await job.done();
  const missing = rows.filter((row) => row.outcome === "missing");
  assert.sameMembers(idsOf(missing), ["r-3", "r-11"]);
  assert.sameMembers([...report.missing], ["r-3", "r-11"]);
  assert.equal(report.outcomes.missing, missing.length);
  assert.deepEqual([missing[0]?.text, missing[0]?.message, missing[0]?.error], ["", null, null]);
  assert.equal(emulator.state.commits, 1);
});

test("an outcome nobody knows yet passes through", async () => {
  const { client, time } = bench({ faults: { results: { unknownType: true } } });
  const job = await client.submit(requests(5), time);
  const rows = await collect(job);
  const report = await job.done();
  assert.lengthOf(rows, 5);
  assert.isAbove(report.outcomes.unknown ?? 0, 0);
});

test("a part too large for the way is halved, and the parts arrive once each", async () => {
  const { client, emulator, time } = bench({ maxBodyBytes: 2000 });
  const job = await client.submit(requests(40), time);
  assert.sameMembers(idsOf(await collect(job)), ids(40));
  assert.isAbove(emulator.state.commits, 1);
  assertNothingTwice(emulator);
});

test("a refused create rejects done() and ends results() with the same error", async () => {
  for (const [code, name] of [
    [400, "BadRequestError"],
    [402, "PaymentRequiredError"],
    [403, "PermissionDeniedError"],
  ] as const) {
    const { client, emulator, time } = bench({ faults: { create: { status: { code } } } });
    const job = await client.submit(requests(3), time);
    const fromRows = await rejection(collect(job));
    const error = await rejection(job.done());
    assert.deepEqual([error.name, error["status"]], [name, code]);
    assert.strictEqual(fromRows, error);
    assert.equal(job.progress.state, "failed");
    assert.equal(emulator.state.commits, 0);
  }
});

test("a refused key rejects before anything is sent", async () => {
  const { client, emulator, time } = bench({ keys: ["another"] });
  const job = await client.submit(requests(3), time);
  const error = await rejection(job.done());
  assert.deepEqual([error.name, error["code"]], ["AuthenticationError", "auth/invalid"]);
  assert.notInclude(JSON.stringify([error, error.message, error.stack]), "canary");
  assert.equal(emulator.state.calls.create, 0);
});

test("a create that is refused after others were accepted gives their rows first, in either order", async () => {
  for (const order of ["arrival", "input"] as const) {
    const { client, time } = bench({ faults: { create: { status: { code: 400, calls: [1, 3] } } } });
    const none = await client.submit(requests(2), time);
    await rejection(none.done());
    const job = await client.submit(requests(9), { maxRequests: 3, ...time });
    const rows: string[] = [];
    const error = await rejection(async () => {
      for await (const row of job.results({ order })) rows.push(row.custom_id);
    });
    assert.equal(error["status"], 400);
    assert.sameMembers(rows, ids(3));
    assert.deepEqual(
      job.progress.parts.map(({ batchId }) => batchId !== null),
      [true, false, false],
    );
  }
});

test("a caller who wants to decide gets the candidates of an unanswered create", async () => {
  const { client, emulator, time } = bench({
    faults: { create: { reset: { when: "after" }, listLag: { ms: 60_000 } } },
  });
  const job = await client.submit(requests(2), { onAmbiguousCreate: "fail", ...time });
  const error = await rejection(job.done());
  assert.deepEqual([error.name, error["code"], error["candidates"]], ["AmbiguousCreateError", "send/unknown", []]);
  assert.equal(emulator.state.commits, 1);
});

test("a job that stopped over an unanswered create goes on as its caller decides", async () => {
  for (const [onAmbiguousCreate, when, commits] of [
    ["wait", "after", 1],
    ["wait", "before", 1],
    ["resubmit", "before", 1],
    ["resubmit", "after", 2],
  ] as const) {
    const { client, emulator, time } = bench({
      faults: { create: { reset: { when, calls: [1] }, listLag: { ms: 60_000 } } },
    });
    const store = memoryStore();
    const first = await client.submit(requests(2), { store, jobId: "j", onAmbiguousCreate: "fail", ...time });
    const error = await rejection(first.done());
    assert.include(error.message, `onAmbiguousCreate "wait"`);
    const job = await client.resume("j", { store, source: requests(2), onAmbiguousCreate, ...time });
    assert.sameMembers(idsOf(await collect(job)), ids(2));
    const { outcomes, paidTwice } = await job.done();
    assert.deepEqual([outcomes.succeeded, emulator.state.commits], [2, commits], onAmbiguousCreate);
    // Whoever would not wait may have paid twice, and is told.
    assert.lengthOf(
      paidTwice.flatMap((evidence) => evidence.ids),
      commits === 2 ? 2 : 0,
    );
  }
});
