// Jobs with a bucket that is bound to the Worker: R2 as Miniflare has it, and its Durable Objects and Workflows.
import assert from "node:assert/strict";
import { join } from "node:path";
import { bundleEdge } from "../../js/build/edge.mjs";
import { at } from "../../js/build/tools.mjs";
import { install } from "../packaging/install.mjs";
import { tool } from "../packaging/tools.mjs";
import { calls, ids, inApi, isDone, lines, TOKEN } from "./world.mjs";

const KINDS = {
  object: {
    example: "jobs-object",
    durableObjects: { BATCHWISE_OBJECTS: { className: "BatchwiseObject", useSQLite: true } },
  },
  workflow: {
    example: "jobs-workflow",
    workflows: { BATCHWISE_JOBS: { name: "jobs", className: "BatchwiseWorkflow" } },
  },
};

/** What the Miniflare of the packaging tests knows. */
const SINCE = "2026-04-01";

/** More than a part of 5 MiB, so that results are written in several. */
const FILLER = "Tell me more of it. ".repeat(400);

/** The Worker of an example in Miniflare, with its bucket at hand. */
async function inMiniflare(kind, emulation, work) {
  const { example, ...classes } = KINDS[kind];
  await install();
  const { Miniflare } = await import(tool("miniflare/dist/src/index.js"));
  const folder = await bundleEdge(at(`examples/${example}/src/index.js`), at(`target/tests/edge/r2-${kind}`));
  await inApi(emulation, async (api, bindings) => {
    const jobs = {
      name: "jobs",
      rootPath: folder,
      modules: [
        { type: "ESModule", path: join(folder, "worker.js") },
        { type: "CompiledWasm", path: join(folder, "batchwise_bg.wasm") },
      ],
      compatibilityDate: SINCE,
      ...classes,
      r2Buckets: { BUCKET: "jobs" },
      bindings,
    };
    const cron = {
      name: "cron",
      modules: true,
      scriptPath: at("examples/jobs-cron/src/index.js"),
      compatibilityDate: SINCE,
      serviceBindings: { JOBS: "jobs" },
      bindings: { ACCESS_TOKEN: TOKEN, INPUT: "reviews.csv", PROMPT: "Good or bad? {{review}}" },
    };
    const miniflare = new Miniflare({ workers: [jobs, cron] });
    try {
      const fetched = (path, init) => miniflare.dispatchFetch(`http://worker${path}`, init);
      await work({
        api,
        bucket: await miniflare.getR2Bucket("BUCKET", "jobs"),
        tick: async (time) => {
          const { outcome } = await (await miniflare.getWorker("cron")).scheduled({ scheduledTime: new Date(time) });
          assert.equal(outcome, "ok");
        },
        ...calls(fetched),
      });
    } finally {
      await miniflare.dispose();
    }
  });
}

export const cases = {
  "an input in R2 becomes results in R2, and what an object kept in parts is whole": () =>
    inMiniflare("object", { answers: [FILLER] }, async ({ api, bucket, begin, until, rows }) => {
      await bucket.put("in.jsonl", lines(1300, { maxTokens: 4000 }));
      const id = await begin({ input: "in.jsonl", options: { maxRequests: 1000 } });
      const { account, outputs } = await until(id, isDone);
      assert.equal(account.isAccounted, true);
      assert.ok(
        Math.max(...outputs.map(({ bytes }) => bytes)) > 5 << 20,
        `no object had more than one part: ${JSON.stringify(outputs)}`,
      );
      assert.deepEqual((await rows(id)).map((row) => row.custom_id).sort(), ids(1300).sort());
      for (const [, { billed }] of api.emulator.state.requests()) assert.equal(billed, 1);
    }),
  "an object in R2 that is another one than was planned is not sent": () =>
    inMiniflare("object", { processingMs: 3_600_000 }, async ({ api, bucket, begin, until, rows }) => {
      await bucket.put("in.jsonl", lines(200));
      const id = await begin({ input: "in.jsonl", options: { maxRequests: 100, maxQueued: 100 } });
      const { state } = api.emulator;
      while (state.commits < 1) await new Promise((next) => setTimeout(next, 5));
      await bucket.put("in.jsonl", lines(200, { filler: " Anew." }));
      const { causes } = await until(id, ({ state }) => state === "paused");
      assert.equal(causes[0].code, "data/changed");
      assert.equal(state.commits, 1);
      // The same bytes have the same etag.
      await bucket.put("in.jsonl", lines(200));
      await until(id, isDone);
      assert.equal((await rows(id)).length, 200);
    }),
  "Workflows of the engine that wrangler has on a desk take an input in R2 to its results": () =>
    inMiniflare("workflow", { faults: { create: { reset: { when: "after", calls: [1] } } } }, async (world) => {
      const { api, bucket, begin, until, rows } = world;
      await bucket.put("in.jsonl", lines(500));
      const id = await begin({ input: "in.jsonl", options: { maxRequests: 200, settleMs: 60_000 } });
      const { account } = await until(id, isDone);
      assert.equal(account.isAccounted, true);
      assert.deepEqual((await rows(id)).map((row) => row.custom_id).sort(), ids(500).sort());
      for (const [, { billed }] of api.emulator.state.requests()) assert.equal(billed, 1);
    }),
  "a cron trigger begins one job a day, however often it ticks": () =>
    inMiniflare("object", { processingMs: 1_200_000 }, async ({ api, bucket, tick, until, rows }) => {
      const table = Array.from({ length: 40 }, (_, n) => `r-${n},Loved it ${n}.\n`);
      await bucket.put("reviews.csv", `id,review\n${table.join("")}`);
      const night = Date.UTC(2026, 10, 22, 0, 10);
      for (let ticks = 0; ticks < 3; ticks++) await tick(night + ticks * 600_000);
      const { account } = await until("nightly-2026-11-22", isDone);
      await tick(night + 3 * 600_000);
      assert.equal(account.outcomes.succeeded, 40);
      assert.equal(api.emulator.state.commits, 1);
      assert.equal((await rows("nightly-2026-11-22")).length, 40);
    }),
};
