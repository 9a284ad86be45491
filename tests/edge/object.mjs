// Jobs that are Durable Objects, in workerd with its data on disk.
import assert from "node:assert/strict";
import { ids, inWorld, isDone, lines } from "./world.mjs";

const inObjects = (emulation, work) => inWorld("object", emulation, work);

/** Nothing was paid for twice, and every request has one row. */
function assertWhole(world, rows, count) {
  const { state } = world.api.emulator;
  assert.deepEqual(rows.map((row) => row.custom_id).sort(), ids(count).sort());
  for (const [id, { billed }] of state.requests()) assert.ok(billed <= 1, `${id} was paid for ${billed} times`);
}

export const cases = {
  "a job goes from a request to its results": () =>
    inObjects({}, async (world) => {
      const requests = lines(20)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const id = await world.begin({ requests });
      const { account, causes } = await world.until(id, isDone);
      assert.deepEqual(causes, []);
      assert.equal(account.isAccounted, true);
      assert.equal(account.outcomes.succeeded, 20);
      assertWhole(world, await world.rows(id), 20);
    }),
  "an input in the storage is sent in parts, with every fault on, and each request ends once": () =>
    inObjects(
      {
        rates: { overloaded: 0.1 },
        faults: {
          create: { reset: { when: "after", calls: [1] }, status: [{ code: 529, calls: [2] }] },
          results: { cutMidLine: { calls: [1] } },
          retrieve: { status: { code: 503, calls: [1, 3] } },
        },
      },
      async (world) => {
        world.bucket.put("in.jsonl", lines(500));
        const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 120, settleMs: 60_000 } });
        const { account } = await world.until(id, isDone);
        assert.equal(account.isAccounted, true);
        assert.equal(account.paidTwice, 0);
        assert.ok(account.batches.length >= 5);
        assertWhole(world, await world.rows(id), 500);
        assert.equal(world.bucket.openUploads(), 0);
      },
    ),
  "a Worker that is killed goes on by itself within 45 seconds, and sends nothing again": () =>
    inObjects({ processingMs: 3_600_000 }, async (world) => {
      world.bucket.put("in.jsonl", lines(300));
      const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 100 } });
      const { state } = world.api.emulator;
      while (state.commits < 2) await new Promise((next) => setTimeout(next, 5));
      await world.restart();
      const killed = Date.now();
      // Nobody calls the Worker: its alarm does.
      while (state.commits < 3) {
        assert.ok(Date.now() - killed < 45_000, "it has not gone on");
        await new Promise((next) => setTimeout(next, 50));
      }
      await world.until(id, isDone);
      assert.equal(state.commits, 3);
      assertWhole(world, await world.rows(id), 300);
    }),
};
