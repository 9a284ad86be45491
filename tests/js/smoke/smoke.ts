// The short suite: what every way of loading the package must show. The whole of tests/js/suites runs once in each
// runtime; this runs behind every bundler, framework and version besides.
import { APIUserAbortError, Batchwise, BatchwiseError, InvalidRequestsError, NotFoundError, table } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import * as slim from "batchwise/slim";
import { assert, collect, rejection, serverUrl, test } from "../harness.js";

const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user" as const, content: "Hi" }] };
const ids = Array.from({ length: 12 }, (_, n) => `smoke-${n}`);
const requests = ids.map((custom_id) => ({ custom_id, params }));

/** A client of the emulator on a socket of this machine, by the runtime's own fetch. */
function online(): Batchwise {
  return new Batchwise({ apiKey: "sk-smoke", baseURL: serverUrl(), dangerouslyAllowBrowser: true });
}

/** A client of an emulator in this program, whose time passes when somebody waits. */
function offline(faults: Parameters<typeof createEmulator>[0] = {}) {
  const emulator = createEmulator({ clock: "manual", seed: 11, ...faults });
  const client = new Batchwise({ apiKey: "sk-smoke", fetch: emulator.fetch, dangerouslyAllowBrowser: true });
  const { clock } = emulator;
  return { client, emulator, time: { now: () => clock.now(), sleep: (ms: number) => clock.advance(ms) } };
}

async function endedBatch() {
  const { client, time } = offline();
  const { batches } = client.messages;
  const { id } = await batches.create({ requests });
  await batches.wait(id, time);
  return { batches, id };
}

test("batches are made, looked at, listed, read and deleted over a socket", async () => {
  const { batches } = online().messages;
  const { id } = await batches.create({ requests });
  assert.equal((await batches.retrieve(id)).id, id);
  assert.include(
    (await batches.list({ limit: 1000 })).data.map((batch) => batch.id),
    id,
  );
  assert.equal((await batches.wait(id, { pollMs: 20 })).processing_status, "ended");
  const lines = await collect(await batches.results(id));
  assert.sameMembers(
    lines.map((line) => line.custom_id),
    ids,
  );
  assert.deepEqual(await batches.delete(id), { id, type: "message_batch_deleted" });
});

test("a batch that is canceled ends", async () => {
  const { client, time } = offline();
  const { batches } = client.messages;
  const { id } = await batches.create({ requests });
  assert.equal((await batches.cancel(id)).processing_status, "canceling");
  assert.isAbove((await batches.wait(id, time)).request_counts.canceled, 0);
});

test("results are read as objects, rows, blocks, a summary and bytes", async () => {
  const { batches, id } = await endedBatch();
  const objects = await collect(await batches.results(id));
  const rows = await collect((await batches.results(id)).rows());
  assert.deepEqual(
    rows.map((row) => row.toJSON()),
    objects,
  );
  assert.isTrue(rows.every((row) => row.text.length > 0 && row.outcome === "succeeded"));
  let length = 0;
  for await (const block of (await batches.results(id)).blocks()) length += block.length;
  assert.equal(length, ids.length);
  const { outcomes } = await (await batches.results(id)).summary();
  assert.deepEqual(outcomes, { succeeded: 12, errored: 0, canceled: 0, expired: 0, missing: 0 });
  const text = await new Response((await batches.results(id)).bytes()).text();
  assert.deepEqual(
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    objects,
  );
});

test("a table is planned, priced and cut, and a wrong request is refused with its place", async () => {
  const { client } = offline();
  const rows = [{ text: "one" }, { text: "two" }, { text: "three" }];
  const source = table(rows, { prompt: "Say {{text}}.", model: "claude-haiku-4-5", maxTokens: 8 });
  const plan = await client.plan(source, { maxRequests: 2 });
  assert.deepEqual(
    plan.parts.map((part) => part.requestCount),
    [2, 1],
  );
  assert.isAbove(plan.estimate().total.ceiling ?? 0, 0);
  const refused = await rejection(client.plan([{ custom_id: "", params }]));
  assert.instanceOf(refused, InvalidRequestsError);
  assert.equal((refused as InvalidRequestsError<{ index: number }>).violations[0]?.index, 0);
});

test("a job goes through faults, is taken up from its snapshot, and has every row once", async () => {
  const { client, emulator, time } = offline({
    faults: { create: { reset: { when: "after", calls: [1] } }, results: { cutAtLine: { calls: [1] } } },
  });
  const options = { maxRequests: 5, ...time };
  const first = await client.submit(requests, options);
  const taken: string[] = [];
  for await (const row of first) if (taken.push(row.custom_id) === 4) break;
  const snapshot = JSON.parse(JSON.stringify(first.snapshot()));
  await first[Symbol.asyncDispose]();
  const job = await client.resume(snapshot, { source: requests, ...options });
  for await (const row of job) taken.push(row.custom_id);
  assert.sameMembers(taken, ids);
  assert.equal((await job.done()).outcomes.succeeded, ids.length);
  for (const [id, fate] of emulator.state.requests()) assert.equal(fate.billed, 1, id);
});

test("a signal ends the waiting with its own reason", async () => {
  const { client } = offline();
  const { id } = await client.messages.batches.create({ requests });
  const abort = new AbortController();
  const onPoll = () => abort.abort(new Error("enough"));
  const error = await rejection(client.messages.batches.wait(id, { signal: abort.signal, onPoll }));
  assert.instanceOf(error, APIUserAbortError);
  assert.equal((error.cause as Error).message, "enough");
});

test("errors have their classes and codes, from the API, from the network and from misuse", async () => {
  const missing = await rejection(online().messages.batches.retrieve("msgbatch_nobody"));
  assert.instanceOf(missing, NotFoundError);
  assert.equal(missing["status"], 404);
  const broken = async () => Promise.reject(new TypeError("no route"));
  const client = new Batchwise({ apiKey: "sk-smoke", fetch: broken, maxRetries: 0, dangerouslyAllowBrowser: true });
  assert.equal((await rejection(client.messages.batches.list()))["code"], "net/connection");
  const misuse = await rejection(() => new Batchwise({ baseURL: "ftp://x", dangerouslyAllowBrowser: true }));
  assert.instanceOf(misuse, BatchwiseError);
});

test("a second entry in one program finds the engine started and shares it", async () => {
  const { client } = offline();
  const plan = await client.plan(requests);
  // What is no module at all does no harm once there is an engine.
  await slim.init(new Uint8Array([1, 2, 3]));
  assert.strictEqual<unknown>(slim.Batchwise, Batchwise);
  assert.equal(plan.requestCount, ids.length);
  assert.isAbove(plan.estimate().total.ceiling ?? 0, 0);
});
