// Jobs that are Workflows, on workerd's own engine with its state on disk.
import assert from "node:assert/strict";
import { ids, inWorld, isDone, lines } from "./world.mjs";

const inWorkflows = (emulation, work) => inWorld("workflow", emulation, work);

/** Each request has one row, and nothing was paid for twice. */
async function assertWhole(world, id, count) {
  const rows = await world.rows(id);
  assert.deepEqual(rows.map((row) => row.custom_id).sort(), ids(count).sort());
  for (const [name, { billed }] of world.api.emulator.state.requests()) {
    assert.ok(billed <= 1, `${name} was paid for ${billed} times`);
  }
}

export const cases = {
  "a job of many parts goes from an object to its results, with every fault on": () =>
    inWorkflows(
      {
        rates: { overloaded: 0.1 },
        faults: {
          create: {
            reset: { when: "after", calls: [1, 5] },
            status: [
              { code: 529, calls: [2] },
              { code: 500, when: "after", calls: [7] },
            ],
          },
          results: { cutMidLine: { calls: [1, 4] } },
          retrieve: { status: { code: 503, rate: 0.2 } },
        },
      },
      async (world) => {
        world.bucket.put("in.jsonl", lines(2000));
        const id = await world.begin({
          input: "in.jsonl",
          options: { maxRequests: 200, maxQueued: 600, settleMs: 60_000 },
        });
        const { account } = await world.until(id, isDone);
        assert.equal(account.requestCount, 2000);
        assert.equal(account.isAccounted, true);
        assert.equal(account.paidTwice, 0);
        const { succeeded, errored } = account.outcomes;
        assert.equal(succeeded + errored, 2000);
        // Three rounds: one in a thousand fails in each of them.
        assert.ok(succeeded > 1980, `${succeeded} succeeded`);
        await assertWhole(world, id, 2000);
        assert.equal(world.bucket.openUploads(), 0);
        const kept = [...world.bucket.objects.keys()].filter((key) => key.includes("/state-"));
        assert.ok(kept.length <= 2 * 11, `${kept.length} states are left`);
      },
    ),
  "no two parts that are cut have the same number of requests": () =>
    inWorkflows({}, async (world) => {
      world.bucket.put("in.jsonl", lines(450));
      const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 100 } });
      await world.until(id, isDone);
      const { parts } = JSON.parse(world.bucket.text(`jobs/${id}/manifest.json`));
      const sizes = parts.map(({ requests }) => requests);
      assert.deepEqual(sizes, [100, 99, 98, 97, 56]);
    }),
  "a Worker that is killed three times goes on when it is asked, and sends nothing again": () =>
    inWorkflows({ processingMs: 1_200_000 }, async (world) => {
      world.bucket.put("in.jsonl", lines(900));
      const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 200, maxQueued: 400 } });
      const { state } = world.api.emulator;
      for (const commits of [1, 2, 4]) {
        await world.until(id, () => state.commits >= commits);
        await world.restart();
      }
      const { account } = await world.until(id, isDone);
      assert.equal(account.isAccounted, true);
      assert.equal(state.commits, 5);
      await assertWhole(world, id, 900);
    }),
  "a bad line in part 37 is named by its place in the whole input, and nothing is sent": () =>
    inWorkflows({}, async (world) => {
      world.bucket.put("in.jsonl", `${lines(370)}{"custom_id":"r-370"}\n${lines(29, { first: 371 })}`);
      const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 10 } });
      const { causes } = await world.until(id, ({ state }) => state === "paused");
      assert.equal(causes[0].line, 371);
      assert.equal(world.api.emulator.state.commits, 0);
    }),
  "a table goes in parts, each with the header": () =>
    inWorkflows({}, async (world) => {
      const rows = Array.from({ length: 50 }, (_, n) => `r-${n},"Loved it ${n},\nreally."\n`);
      world.bucket.put("in.csv", `id,text\n${rows.join("")}`);
      const table = {
        format: "csv",
        prompt: "Good or bad? {{text}}",
        model: "claude-haiku-4-5",
        maxTokens: 8,
        key: "id",
      };
      const id = await world.begin({ input: "in.csv", table, options: { maxRequests: 20 } });
      const { account } = await world.until(id, isDone);
      assert.equal(account.batches.length, 3);
      await assertWhole(world, id, 50);
    }),
  "a job above its limit is stopped before anything is sent": () =>
    inWorkflows({}, async (world) => {
      world.bucket.put("in.jsonl", lines(50));
      const id = await world.begin({ input: "in.jsonl", options: { maxRequests: 20, maxCost: 1e-6 } });
      const { causes } = await world.until(id, ({ state }) => state === "paused");
      assert.equal(causes[0].code, "spend/guard");
      assert.equal(world.api.emulator.state.commits, 0);
    }),
  "a batch of 23 hours is waited for to its end, in fewer steps than a Workflow may have": () =>
    inWorkflows({ clock: 20_000, processingMs: 23 * 3_600_000 }, async (world) => {
      world.bucket.put("in.jsonl", lines(50));
      const id = await world.begin({ input: "in.jsonl" });
      const { account } = await world.until(id, isDone);
      assert.equal(account.outcomes.succeeded, 50);
      const { retrieve } = world.api.emulator.state.calls;
      // At most one a minute, and 10,000 steps; time that runs this fast swallows some of them.
      assert.ok(retrieve > 20 && retrieve < 2_000, `${retrieve} polls`);
    }),
};
