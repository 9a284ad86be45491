// The client against the model of the API: the life of a batch, and faults that the model acts out.
import { Batchwise } from "batchwise";
import { createEmulator, type EmulatorOptions } from "batchwise/emulator";
import { assert, collect, rejection, test } from "../harness.js";
import { CANARY } from "../server.js";

/** A client of an emulator whose time stands until somebody waits. */
function emulated(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ clock: "manual", seed: 7, ...options });
  const { clock, fetch, faults } = emulator;
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true });
  const time = { now: () => clock.now(), sleep: (ms: number) => clock.advance(ms) };
  return { batches: client.messages.batches, clock, faults, time };
}

function requests(count: number) {
  const messages = [{ role: "user" as const, content: "Say hi." }];
  const params = { model: "claude-haiku-5-5", max_tokens: 64, messages };
  return { requests: Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params })) };
}

test("a batch lives from create to delete", async () => {
  const { batches, time } = emulated();
  const made = await batches.create(requests(3));
  assert.equal(made.processing_status, "in_progress");
  assert.equal((await rejection(batches.results(made.id)))["code"], "results/gone");
  assert.equal((await rejection(batches.delete(made.id)))["code"], "api/400");
  const done = await batches.wait(made.id, time);
  assert.deepEqual(done.request_counts, { processing: 0, succeeded: 3, errored: 0, canceled: 0, expired: 0 });
  const results = await collect(await batches.results(made.id));
  assert.sameMembers(
    results.map(({ custom_id, result }) => `${custom_id} ${result.type}`),
    ["r-0 succeeded", "r-1 succeeded", "r-2 succeeded"],
  );
  assert.deepEqual(await batches.delete(made.id), { id: made.id, type: "message_batch_deleted" });
  assert.equal((await rejection(batches.retrieve(made.id)))["code"], "api/404");
});

test("a canceled batch ends, and its results can be read", async () => {
  const { batches, time } = emulated();
  const made = await batches.create(requests(5));
  assert.equal((await batches.cancel(made.id)).processing_status, "canceling");
  const done = await batches.wait(made.id, time);
  assert.equal(done.request_counts.canceled + done.request_counts.succeeded, 5);
  assert.lengthOf(await collect(await batches.results(made.id)), 5);
});

test("the list goes through all pages, newest first, and backward", async () => {
  const { batches, clock } = emulated();
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) {
    ids.unshift((await batches.create(requests(1))).id);
    await clock.advance(1000);
  }
  assert.deepEqual(
    (await collect(batches.list({ limit: 3 }))).map(({ id }) => id),
    ids,
  );
  const older = await batches.list({ limit: 2, after_id: ids[2] as string });
  assert.deepEqual(
    older.data.map(({ id }) => id),
    ids.slice(3, 5),
  );
  assert.isTrue(older.hasNextPage());
  const newer = await batches.list({ limit: 2, before_id: ids[4] as string });
  assert.deepEqual(
    newer.data.map(({ id }) => id),
    ids.slice(2, 4),
  );
});

test("a wrong key, an unknown batch and a bad request have their classes", async () => {
  const { fetch } = createEmulator({ clock: "manual" });
  const wrong = new Batchwise({ apiKey: "sk-ant-invalid-1", fetch, dangerouslyAllowBrowser: true });
  assert.equal((await rejection(wrong.messages.batches.retrieve("m"))).name, "AuthenticationError");
  const { batches } = emulated();
  assert.equal((await rejection(batches.retrieve("msgbatch_nobody"))).name, "NotFoundError");
  const error = await rejection(batches.create({ requests: [] }));
  assert.deepEqual([error.name, error["code"]], ["BadRequestError", "api/400"]);
  assert.include(error.message, "at least 1 item");
});

test("a create that took effect and lost its answer leaves one batch, and says that it may", async () => {
  for (const faults of [
    { reset: { when: "after" } },
    { lateCommit: { ms: 1 } },
    { cutReply: { ending: "reset" } },
  ] as const) {
    const { batches, clock } = emulated({ faults: { create: faults } });
    const error = await rejection(batches.create(requests(2)));
    assert.deepEqual([error.name, error["code"]], ["AmbiguousCreateError", "send/unknown"]);
    await clock.advance(10);
    assert.lengthOf(await collect(batches.list()), 1);
  }
});

test("a reply that is no object of the API is refused", async () => {
  for (const faults of [{ html: true }, { cutReply: { ending: "clean" } }] as const) {
    const { batches } = emulated({ faults: { list: faults } });
    assert.equal((await rejection(batches.list()))["code"], "api/unexpected");
  }
});

test("a look that fails again and again only slows the waiting down", async () => {
  const status = { code: 529, calls: [2, 3, 4, 5], retryAfter: { seconds: 30 } };
  const { batches, time } = emulated({ faults: { retrieve: { status } } });
  const made = await batches.create(requests(1));
  const done = await batches.wait(made.id, time);
  assert.equal(done.processing_status, "ended");
});

test("results that were cut without an error are told from whole ones", async () => {
  const { batches, time, faults } = emulated();
  const made = await batches.create(requests(50));
  await batches.wait(made.id, time);
  faults.set("results", { cutAtLine: true });
  const error = await rejection(async () => collect(await batches.results(made.id)));
  assert.equal(error["code"], "results/truncated");
  faults.clear();
  assert.lengthOf(await collect(await batches.results(made.id)), 50);
});
