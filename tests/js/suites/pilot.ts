// A few requests first, alone; then the caller decides.
import { Batchwise, type JobReport, type SubmitOptions } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { assert, collect, rejection, test } from "../harness.js";
import { CANARY } from "../server.js";

function requests(count: number) {
  const messages = [{ role: "user" as const, content: "Say hi." }];
  const params = { model: "claude-haiku-5-5", max_tokens: 64, messages };
  return Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params }));
}

async function submitted(options: SubmitOptions) {
  const { clock, fetch, state } = createEmulator({ clock: "manual", seed: 7 });
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true });
  const job = await client.submit(requests(50), { now: clock.now, sleep: clock.advance, ...options });
  return { job, state };
}

test("the pilot is sent alone, and its account comes before the rest", async () => {
  const reports: JobReport[] = [];
  const batches: number[] = [];
  const { job, state } = await submitted({
    pilot: 5,
    onPilot: (report) => {
      reports.push(report);
      batches.push(state.batches.length);
      return true;
    },
  });
  assert.lengthOf(await collect(job), 50);
  assert.deepEqual(batches, [1]);
  assert.equal(reports[0]?.outcomes.succeeded, 5);
  assert.isAbove(reports[0]?.cost ?? 0, 0);
  assert.equal((await job.done()).outcomes.succeeded, 50);
});

test("without a question the rest follows the pilot", async () => {
  const { job } = await submitted({ pilot: 5 });
  assert.equal((await job.done()).outcomes.succeeded, 50);
});

test("a no after the pilot sends nothing more, and says so", async () => {
  const { job, state } = await submitted({ pilot: 5, onPilot: async () => false });
  const rows = await collect(job);
  assert.equal(rows.filter((row) => row.outcome === "succeeded").length, 5);
  assert.equal(rows.filter((row) => row.outcome === "canceled").length, 45);
  assert.lengthOf(state.batches, 1);
  assert.include((await job.done()).stopped, "pilot");
});

test("a question that fails sends nothing more and fails the job with its error", async () => {
  const broken = new RangeError("no answer");
  const { job, state } = await submitted({ pilot: 5, onPilot: () => Promise.reject(broken) });
  assert.strictEqual(await rejection(job.done()), broken);
  assert.lengthOf(state.batches, 1);
});

test("a pilot most of which fails for good ends the job unless somebody says go on", async () => {
  const failing = async (options: SubmitOptions) => {
    const { clock, fetch, state } = createEmulator({ clock: "manual", seed: 7, rates: { invalid: 1 } });
    const client = new Batchwise({ apiKey: "sk-ant-test", fetch, dangerouslyAllowBrowser: true });
    const job = await client.submit(requests(50), { now: clock.now, sleep: clock.advance, pilot: 5, ...options });
    return { report: await job.done(), batches: state.batches.length };
  };
  const advice: boolean[] = [];
  const alone = await failing({ onEvent: (event) => event.type === "pilot" && advice.push(event.goOn) });
  assert.deepEqual([alone.batches, alone.report.outcomes.errored, alone.report.outcomes.canceled], [1, 5, 45]);
  assert.include(alone.report.stopped, "more than half");
  assert.deepEqual(advice, [false]);
  const undecided = await failing({ onPilot: () => undefined });
  assert.equal(undecided.batches, 1);
  const decided = await failing({ onPilot: () => true });
  assert.deepEqual([decided.batches, decided.report.outcomes.errored], [2, 50]);
});
