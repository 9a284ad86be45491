// An engine that dies in the middle of its work: its memory is never used again, everybody is told, and whoever asks
// next gets another engine. The deaths are real: calls into it are given a pointer that leads out of its memory.
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const PRELUDE = `
  import { readFile } from "node:fs/promises";
  import { createEmulator } from "batchwise/emulator";
  import { Batchwise, init, memoryStore, readCells } from "batchwise/slim";

  let dies = () => false;
  let instances = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    if (!("job_snapshot" in exports)) return { exports };
    instances++;
    const deadly = ([name, value]) => {
      if (typeof value !== "function") return [name, value];
      return [name, (...args) => (dies(name) ? exports.job_snapshot(-64) : value(...args))];
    };
    return { exports: Object.fromEntries(Object.entries(exports).map(deadly)) };
  };
  await init(readFile(new URL(import.meta.resolve("batchwise/wasm"))));

  const emulator = createEmulator({ clock: "manual" });
  const { fetch, clock } = emulator;
  const newClient = () => new Batchwise({ apiKey: "any", fetch });
  const client = newClient();
  const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user", content: "Hi" }] };
  const source = ["a", "b", "c", "d"].map((custom_id) => ({ custom_id, params }));
  const time = { now: clock.now, sleep: clock.advance };
  const code = async (work) => { try { await work(); return "none"; } catch (error) { return error.code ?? String(error); } };
  const ids = async (rows) => { const out = []; for await (const row of rows) out.push(row.custom_id); return out.sort().join(""); };
  const surprises = [];
  process.on("uncaughtException", (error) => surprises.push(String(error)));
  process.on("unhandledRejection", (error) => surprises.push(String(error)));
  const closures = /^wasm_bindgen__convert__closures/;
`;

/** What a script prints as JSON, in a process of its own. */
async function printed(script: string): Promise<unknown> {
  const main = `${PRELUDE} const main = async () => { ${script} };
    await main().catch((error) => console.log(JSON.stringify({ failed: String(error.stack) })));`;
  const args = ["--expose-gc", "--input-type=module", "--eval", main];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: dirname(fileURLToPath(import.meta.url)),
  });
  return JSON.parse(stdout);
}

test("an engine that has trapped says so from then on, and a new client gets another one", async () => {
  const said = await printed(`
    const job = await client.submit(source, time);
    await ids(job);
    const plan = await client.plan(source);
    const before = job.snapshot().jobId === job.id;
    dies = (name) => name === "job_snapshot";
    const first = await code(() => job.snapshot());
    dies = () => false;
    const later = [
      await code(() => job.snapshot()), await code(() => job.progress), await code(() => job.cancel()),
      await code(() => client.submit(source)), await code(() => client.messages.batches.retrieve("msgbatch_1")),
      await code(() => newClient().submit(plan, time)), await code(() => plan.estimate()),
    ];
    await job[Symbol.asyncDispose]();
    const again = await newClient().submit(source, time);
    const rows = await ids(again);
    console.log(JSON.stringify({ before, first, later, rows, commits: emulator.state.commits, instances, surprises }));
  `);
  assert.deepEqual(said, {
    before: true,
    first: "wasm/trap",
    later: Array.from({ length: 7 }, () => "wasm/trap"),
    rows: "abcd",
    commits: 2,
    instances: 2,
    surprises: [],
  });
});

test("an engine that dies while the question behind a pilot is open leaves no rejection unhandled", async () => {
  const said = await printed(`
    let answer;
    const asked = new Promise((resolve) => {
      const onPilot = () => { resolve(); return new Promise((answered) => { answer = answered; }); };
      client.submit(source, { ...time, pilot: 1, onPilot }).then((made) => { globalThis.job = made; });
    });
    await asked;
    dies = (name) => name === "job_snapshot";
    const died = await code(() => job.snapshot());
    dies = () => false;
    answer(true);
    const ended = await code(() => job.done());
    await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(JSON.stringify({ died, ended, surprises }));
  `);
  assert.deepEqual(said, { died: "wasm/trap", ended: "wasm/trap", surprises: [] });
});

/** One death of an engine: whether the store held the job, and what was paid for before and in all. */
interface Death {
  readonly died: string;
  readonly turn: number;
  readonly begun: boolean;
  readonly sent: number;
  readonly rows: string;
  readonly paid: number;
}

test("a job that dies with its engine is resumed from its store by a new client at once, and pays nothing twice", async () => {
  const said = await printed(`
    const deaths = [];
    // At any of the turns that promises and timers take in the engine.
    for (let turn = 1; ; turn = Math.ceil(turn * 1.4)) {
      const store = memoryStore();
      const jobId = "job-" + turn;
      const commits = emulator.state.commits;
      const options = { store, jobId, maxRequests: 2, ...time };
      let turns = 0;
      dies = (name) => closures.test(name) && ++turns === turn;
      const client = newClient();
      let job;
      const died = await code(async () => {
        job = await client.submit(source, options);
        await Promise.all([job.done(), ids(job)]);
      });
      dies = () => false;
      if (died === "none") break;
      const sent = emulator.state.commits - commits;
      const next = newClient();
      const resumed = await next.resume(jobId, { store, source, ...time }).catch((error) => error.code);
      const after = resumed === "store/missing" ? await next.submit(source, options) : resumed;
      const rows = await ids(after);
      await after.done();
      deaths.push({ died, turn, begun: after === resumed, sent, rows, paid: emulator.state.commits - commits });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(JSON.stringify({ deaths, instances, surprises }));
  `);
  const { deaths, ...rest } = said as { deaths: Death[] };
  assert.deepEqual(rest as unknown, { instances: deaths.length + 1, surprises: [] });
  assert.isTrue(
    deaths.some(({ begun, sent }) => begun && sent > 0),
    JSON.stringify(deaths),
  );
  assert.isTrue(
    deaths.some(({ begun }) => !begun),
    JSON.stringify(deaths),
  );
  for (const { died, turn, begun, sent, rows, paid } of deaths) {
    assert.deepEqual([died, rows, paid], ["wasm/trap", "abcd", 2], `turn ${turn}`);
    // What is not in the store was never sent.
    if (!begun) assert.equal(sent, 0, `turn ${turn}`);
  }
});

test("what is left of an engine that has died never touches the one that follows", async () => {
  const said = await printed(`
    let old = await client.submit(source, time);
    let rows = old.results();
    await rows.next();
    dies = (name) => name === "job_progress";
    const died = await code(() => old.progress);
    dies = () => false;
    const next = newClient();
    const job = await next.submit(source, time);
    old = rows = undefined;
    for (let n = 0; n < 20; n++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const cells = [];
    for await (const row of (await readCells(new Blob(["a,b\\nc,d\\n"]))).rows) cells.push(row);
    console.log(JSON.stringify({ died, rows: await ids(job), cells: cells.length, instances, surprises }));
  `);
  assert.deepEqual(said, { died: "wasm/trap", rows: "abcd", cells: 1, instances: 2, surprises: [] });
});
