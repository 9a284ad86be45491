// Jobs over real HTTP while every twentieth call goes wrong. `make bench-chaos` does this at length, beside others.
import { run } from "../chaos/job.js";
import { assert, test } from "../harness.js";

const JOBS = Number(process.env["CHAOS_JOBS"] ?? 12);

test("jobs in bad weather over real HTTP get every row and pay for none twice", async () => {
  const verdicts = await Promise.all(Array.from({ length: JOBS }, (_, n) => run("batchwise", n + 1, 0.05, 50_000)));
  for (const [n, verdict] of verdicts.entries())
    assert.isTrue(verdict.right, `job ${n + 1}: ${JSON.stringify(verdict)}`);
  const faults = verdicts.reduce((sum, verdict) => sum + verdict.faults, 0);
  assert.isAtLeast(faults, JOBS / 4, "the weather was bad");
});
