// What is in the way of a job has a name, and the job goes on when it is mended; nothing is paid twice.
import assert from "node:assert/strict";
import { ids, inWorld, isDone, lines } from "./world.mjs";

const isPaused = ({ state }) => state === "paused";

/** Each request has one row, and nothing was paid for twice. */
async function assertWhole(world, id, count) {
  const rows = await world.rows(id);
  assert.deepEqual(rows.map((row) => row.custom_id).sort(), ids(count).sort());
  for (const [name, { billed }] of world.api.emulator.state.requests()) {
    assert.ok(billed <= 1, `${name} was paid for ${billed} times`);
  }
}

/** Waits for the job to stand still for this reason. */
async function assertPaused(world, id, code, words) {
  const { causes } = await world.until(id, (status) => isPaused(status) && status.causes.length > 0);
  assert.equal(causes[0].code, code, causes[0].message);
  assert.match(causes[0].message, words);
}

const COMMITTED = async (world, count) => {
  while (world.api.emulator.state.commits < count) await new Promise((next) => setTimeout(next, 5));
};

function casesOf(kind) {
  const inJobs = (emulation, work) => inWorld(kind, emulation, work);
  return {
    "an input that is not there is waited for": () =>
      inJobs({}, async (world) => {
        const id = await world.begin({ input: "late.jsonl" });
        await assertPaused(world, id, "store/failed", /late\.jsonl/);
        world.bucket.put("late.jsonl", lines(10));
        await world.until(id, isDone);
        await assertWhole(world, id, 10);
      }),
    "a bad line is named before anything is sent, and a mended input goes": () =>
      inJobs({}, async (world) => {
        world.bucket.put("in.jsonl", `${lines(370)}{"custom_id":"r-370"}\n${lines(29, { first: 371 })}`);
        const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 10 } });
        await assertPaused(world, id, "data/invalid", /./);
        assert.equal((await world.status(id)).causes[0].line, 371);
        assert.equal(world.api.emulator.state.commits, 0);
        world.bucket.put("in.jsonl", lines(40));
        await world.until(id, isDone);
        await assertWhole(world, id, 40);
      }),
    "an input that changes in the middle stops the job until the old one is back": () =>
      inJobs({ processingMs: 120_000 }, async (world) => {
        const input = lines(200);
        world.bucket.put("in.jsonl", input);
        const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 60, maxQueued: 60 } });
        await COMMITTED(world, 1);
        world.bucket.put("in.jsonl", lines(200, { filler: " Or sing it." }));
        await assertPaused(world, id, "data/changed", /in\.jsonl/);
        world.bucket.put("in.jsonl", input);
        await world.until(id, isDone);
        await assertWhole(world, id, 200);
      }),
    "a key that is revoked in the middle stops the job until there is another": () =>
      inJobs({ processingMs: 120_000 }, async (world) => {
        world.bucket.put("in.jsonl", lines(100));
        const id = await world.begin({ input: "in.jsonl" });
        await COMMITTED(world, 1);
        await world.restart({ ANTHROPIC_API_KEY: "sk-ant-invalid-by-now" });
        await assertPaused(world, id, "auth/invalid", /./);
        assert.doesNotMatch(JSON.stringify(await world.status(id)), /sk-ant/);
        await world.restart();
        await world.until(id, isDone);
        await assertWhole(world, id, 100);
      }),
    "a storage that refuses results stops the job until it takes them": () =>
      inJobs({}, async (world) => {
        world.bucket.put("in.jsonl", lines(100));
        world.bucket.trouble = ({ method, key }) =>
          method === "PUT" && /(?:results|parts\/\d+)\/\d+\.jsonl$/.test(key) ? [503, "SlowDown"] : null;
        const id = await world.begin({ input: "in.jsonl" });
        await assertPaused(world, id, "store/failed", /503 SlowDown/);
        world.bucket.trouble = () => null;
        await world.until(id, isDone);
        await assertWhole(world, id, 100);
        assert.equal(world.api.emulator.state.commits, 1);
      }),
    "a batch that is deleted before its results were read leaves requests that are missing, and none that is sent again":
      () =>
        inJobs({}, async (world) => {
          world.bucket.put("in.jsonl", lines(50));
          world.bucket.trouble = ({ method, key }) =>
            method === "PUT" && /(?:results|parts\/\d+)\/\d+\.jsonl$/.test(key) ? [503, "SlowDown"] : null;
          const id = await world.begin({ input: "in.jsonl" });
          await assertPaused(world, id, "store/failed", /503/);
          const [batch] = world.api.emulator.state.batches;
          const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21" };
          const gone = await fetch(`${world.api.url}/v1/messages/batches/${batch.id}`, { method: "DELETE", headers });
          assert.equal(gone.status, 200);
          world.bucket.trouble = () => null;
          const { account } = await world.until(id, isDone);
          assert.equal(account.isAccounted, true);
          assert.equal(account.outcomes.missing, 50);
          assert.equal(world.api.emulator.state.commits, 1);
        }),
    "a job that is canceled ends its batches and is accounted for": () =>
      inJobs({ processingMs: 20 * 3_600_000 }, async (world) => {
        world.bucket.put("in.jsonl", lines(60));
        const id = await world.begin({ input: "in.jsonl" });
        await COMMITTED(world, 1);
        assert.equal((await world.ask(`/jobs/${id}/cancel`, { method: "POST" })).status, 202);
        const { account } = await world.until(id, isDone);
        assert.equal(account.isAccounted, true);
        assert.ok(account.outcomes.canceled > 0);
      }),
  };
}

const named = (kind) => Object.entries(casesOf(kind)).map(([name, run]) => [`${kind}: ${name}`, run]);

export const cases = Object.fromEntries([...named("object"), ...named("workflow")]);
