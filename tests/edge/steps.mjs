// Each step of a Workflow cut short in its turn, before its work and after it: the job ends right, and pays once.
import assert from "node:assert/strict";
import { ids, inWorld, isDone, lines } from "./world.mjs";

const REQUESTS = 60;
/** Jobs at once: batches of one size stand side by side in the API's list then. */
const AT_ONCE = 6;

/** Runs the `nth` job, with ids of its own, whose name says what fails; and asks for the steps it took. */
async function stepsOf(world, id, nth) {
  const first = nth * REQUESTS;
  world.bucket.put(`${id}.jsonl`, lines(REQUESTS, { first }));
  await world.begin({ id, input: `${id}.jsonl`, options: { maxRequests: 40, settleMs: 60_000 } });
  const { account } = await world.until(id, isDone);
  assert.equal(account.isAccounted, true, id);
  assert.equal(account.outcomes.succeeded, REQUESTS, id);
  assert.equal(account.paidTwice, 0, id);
  assert.equal(account.batches.length, 2, id);
  const rows = (await world.rows(id)).map((row) => row.custom_id);
  assert.deepEqual(
    rows.sort(),
    ids(first + REQUESTS)
      .slice(first)
      .sort(),
    id,
  );
  return (await world.ask(`/steps?job=${id}`)).json();
}

export const cases = {
  "every step of a job and of its parts may be cut short, before its work and after it": () =>
    inWorld("failing", { processingMs: 120_000 }, async (world) => {
      const steps = await stepsOf(world, "none", 0);
      assert.ok(steps.filter((step) => step.startsWith("part-")).length >= 3, steps.join());
      const faults = steps.flatMap((step) => ["before", "after"].map((when) => `${step}-${when}`));
      for (let at = 0; at < faults.length; at += AT_ONCE) {
        await Promise.all(faults.slice(at, at + AT_ONCE).map((fault, nth) => stepsOf(world, fault, 1 + at + nth)));
      }
      const { state } = world.api.emulator;
      // What no job needed, and what two of them took for their own, would both show.
      assert.equal(state.commits, 2 * (1 + faults.length));
    }),
};
