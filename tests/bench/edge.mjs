// make bench-edge: jobs on native workerd, with an emulator as API and an S3 double, both in processes of their own.
//
// What is counted is workerd's alone: CPU from /proc, memory as the most that was resident, inside a memory cgroup of
// 128 MB where this machine lets us make one, and as the isolate's own: objects, buffers and WebAssembly, by looks at it. EDGE_REQUESTS: how many, default 20,000.
// EDGE_SPEED: how many times faster time runs, default 120. A window of a minute is half a second then: faster than that,
// and a busy machine breaks the conditions under which nothing is paid twice.
import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { bundleEdge, startEdge } from "../../js/build/edge.mjs";
import { bundleServer } from "../../js/build/suites.mjs";
import { at } from "../../js/build/tools.mjs";
import { heapOf } from "./edge-heap.mjs";

const REQUESTS = Number(process.env.EDGE_REQUESTS ?? 20_000);
const PARTS = 10;
const SPEED = Number(process.env.EDGE_SPEED ?? 120);
const LIMIT_BYTES = 128 << 20;
const HEAP = "--max-heap-size=48";
const TICKS = 100;
/** Between two looks: each asks every part how it stands. */
const LOOK_MS = 500;
const TOKEN = "bench";

const startMs = Date.now();
await bundleServer("target/bench/edge-serve.js");
const world = fork(at("tests/bench/edge-world.mjs"), [JSON.stringify({ requests: REQUESTS, speed: SPEED, startMs })]);
const told = (wish) =>
  new Promise((done) => {
    const listen = (said) => {
      if (said.wish !== wish) return;
      world.off("message", listen);
      done(said.answer);
    };
    world.on("message", listen);
  });
const asked = (wish) => {
  const answer = told(wish);
  world.send(wish);
  return answer;
};
const { api, bindings } = await told("ready");

const group = cgroup();
const folder = await bundleEdge(at("tests/bench/edge-worker.js"), at("target/bench/edge"));
const options = {
  bindings: {
    ...bindings,
    ACCESS_TOKEN: TOKEN,
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: api,
    BATCHWISE_CLOCK: `${SPEED}@${startMs}`,
  },
  workflow: { binding: "BATCHWISE_JOBS", className: "BatchwiseWorkflow" },
  flags: [HEAP],
  inspected: true,
  wrap: group ? ["sh", "-c", `echo $$ > ${group}/cgroup.procs; exec "$@"`, "sh"] : [],
};
let cpu = 0;
let resident = 0;
let held = { sum: 0 };
let worker = await startEdge(folder, options);
const ask = (path, init = {}) =>
  fetch(worker.url + path, { ...init, headers: { authorization: `Bearer ${TOKEN}` } }).then((answer) => answer.json());

const begun = performance.now();
const job = { input: "in.jsonl", options: { maxRequests: Math.ceil(REQUESTS / PARTS) + 5, maxQueued: REQUESTS } };
const { id } = await ask("/jobs", { method: "POST", body: JSON.stringify(job) });
const kills = [2, 5, 8];
let killed = 0;
let account = null;
while (!account) {
  await pause(LOOK_MS);
  await look();
  if (worker.hasEnded())
    throw new Error(`workerd has ended by itself${group ? ", perhaps for want of memory" : ""}\n${worker.log()}`);
  const commits = await asked("commits");
  if (commits >= (kills[killed] ?? Number.POSITIVE_INFINITY)) {
    killed += 1;
    await look();
    cpu += cpuOf(worker.pid);
    await worker.kill();
    worker = await startEdge(folder, options);
  }
  const status = await ask(`/jobs/${id}`).catch(() => null);
  if (status?.causes?.length > 0) process.stderr.write(`${JSON.stringify(status.causes)}\n`);
  account = status?.account ?? null;
}
const wall = (performance.now() - begun) / 1000;
cpu += cpuOf(worker.pid);
const peak = group ? Number(readFileSync(`${group}/memory.max_usage_in_bytes`, "utf8")) : null;
await worker.kill();
const { commits, twice, batches, faults } = await asked("state");
world.kill("SIGKILL");
if (group) rmdirSync(group);

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
process.stdout.write(`requests   ${REQUESTS}, in ${batches} batches, ${commits} creates that took effect; killed ${killed} times
faults     ${Object.entries(faults)
  .map(([name, times]) => `${times} × ${name}`)
  .join(", ")}
accounted  ${account.isAccounted}: ${JSON.stringify(account.outcomes)}; ${twice} requests paid twice, ${account.paidTwice} of them named by the job
wall       ${wall.toFixed(1)} s
cpu        ${cpu.toFixed(1)} s of workerd, all stages and all lives
isolate    ${mb(held.sum)} at the most: ${mb(held.objects)} of objects, ${mb(held.buffers)} of buffers, ${mb(held.wasm)} of WebAssembly
memory     ${mb(resident)} resident at the most${group ? `; ${mb(peak)} in a cgroup of ${mb(LIMIT_BYTES)}` : "; no cgroup could be made here"}
`);
process.exit(account.isAccounted && twice === 0 ? 0 : 1);

/** The most that was held so far. */
async function look() {
  const [heap, wasm] = await Promise.all([heapOf(worker.inspector), ask("/memory").catch(() => null)]);
  const sum = heap && wasm ? heap.objects + heap.buffers + wasm : 0;
  if (sum > held.sum) held = { sum, wasm, ...heap };
  const status = existsSync(`/proc/${worker.pid}/status`) ? readFileSync(`/proc/${worker.pid}/status`, "utf8") : "";
  resident = Math.max(resident, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
}

/** Seconds that a process has used, in and for itself. */
function cpuOf(pid) {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[10]) + Number(fields[11])) / TICKS;
}

/** A memory cgroup of version 1; null where there is none to be had. */
function cgroup() {
  const path = `/sys/fs/cgroup/memory/batchwise-${process.pid}`;
  try {
    mkdirSync(path);
    writeFileSync(`${path}/memory.limit_in_bytes`, String(LIMIT_BYTES));
    return path;
  } catch {
    return null;
  }
}
