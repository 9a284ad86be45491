// make bench: checking requests, against JSON.parse and against JSON.parse with a compiled schema, over the same bytes
// in the same run.
//
// All three begin with JSONL as bytes. What counts are the ratios of CPU time, medians of the rounds; the schema is the
// one generated from the official SDK's types.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { request } from "./requests.mjs";

const MEGABYTE = 1_000_000;
const SIZE = Number(process.env.MB ?? 25);
const ROUNDS = 3;
const KINDS = ["short prompts", "long prompts", "tools", "base64 images"];
/** Not part of the sum: a number and a name of its own in each, and conversations of which none tells of the next. */
const OWN = "own limits";
const UNLIKE = "no two alike";
const RIVALS = {
  "JSON.parse": "vs JSON.parse",
  "JSON.parse + ajv": "vs parse + ajv",
  "JSON.parse, lines given": "vs lines given",
};

// The engine's memory is nobody's business but ours: its instance is caught as it is made.
const instances = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...args) {
    super(...args);
    instances.push(this);
  }
};
const { Batchwise } = await import("batchwise");
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const client = new Batchwise({ apiKey: "none" });

if (process.argv[2] === "--memory") await memory(Number(process.argv[3]), process.argv[4]);
else await speed();

async function speed() {
  const { allow, version } = await sdkTypes();
  const contestants = {
    "JSON.parse": ({ bytes }) => parsed(bytes, () => true),
    "JSON.parse + ajv": ({ bytes }) => parsed(bytes, ({ params }) => allow(params)),
    "JSON.parse, lines given": ({ lines }) => lines.reduce((seen, line) => seen + Number(JSON.parse(line) !== null), 0),
    "batchwise check": ({ bytes }) => checked(inMemory(bytes)),
    "from a Blob": ({ bytes }) => checked(new Blob([bytes])),
  };
  say(`checking requests, ${SIZE} MB of each kind, Node ${process.version}, schema of @anthropic-ai/sdk ${version}`);
  say(
    "All begin with the same bytes but for the lines that are given as strings; from a Blob, its reading is counted.",
  );
  say(
    `${"".padEnd(52)}  MB/s${Object.values(RIVALS)
      .map((title) => title.padStart(17))
      .join("")}`,
  );
  const results = [];
  for (const kind of [...KINDS, OWN, UNLIKE]) {
    const input = file(kind, SIZE);
    input.lines = input.bytes.toString().trimEnd().split("\n");
    const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, work] of Object.entries(contestants)) {
        gc(); // What one has left over is not counted to the next.
        const start = process.cpuUsage();
        const seen = await work(input);
        const { user, system } = process.cpuUsage(start);
        if (seen !== input.count) throw new Error(`${name} passed ${seen} of ${input.count} requests with ${kind}`);
        // The first round warms up.
        if (round > 0) times[name].push((user + system) / 1000);
      }
    }
    const medians = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
    table(`${kind} (${input.count})`, input.bytes.length, medians);
    results.push({ kind, bytes: input.bytes.length, medians });
  }
  const sums = results.filter(({ kind }) => KINDS.includes(kind));
  const sum = (pick) => sums.reduce((all, result) => all + pick(result), 0);
  const total = Object.fromEntries(Object.keys(contestants).map((name) => [name, sum(({ medians }) => medians[name])]));
  table(
    `the first ${KINDS.length} together`,
    sum(({ bytes }) => bytes),
    total,
    slowest(sums),
  );
  const goals = [
    ["no slower than JSON.parse", total["JSON.parse"] / total["batchwise check"], 1],
    ["5 times as fast as JSON.parse + ajv", total["JSON.parse + ajv"] / total["batchwise check"], 5],
    ...results.map(({ kind, medians }) => {
      return [`no slower than JSON.parse, ${kind}`, medians["JSON.parse"] / medians["batchwise check"], 1];
    }),
  ];
  for (const [goal, ratio, want] of goals) say(`${ratio >= want ? "met" : "NOT MET"}: ${goal} (${ratio.toFixed(2)}×)`);

  say(
    "peak wasm memory, MB, of a plan: the same for any number of bytes; for each request its id and what finds it again",
  );
  say(`${"".padEnd(40)}   10 MB  100 MB`);
  for (const kind of KINDS) {
    const [small, large] = [10, 100].map((size) => {
      const args = [fileURLToPath(import.meta.url), "--memory", `${size}`, kind];
      return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    });
    const more = (large.bytes - small.bytes) / (large.count - small.count);
    const figures = [small, large].map(({ bytes }) => (bytes / MEGABYTE).toFixed(1).padStart(8)).join("");
    const ids = (large.ids - small.ids) / (large.count - small.count);
    const requests = `${small.count} and ${large.count} requests`;
    say(
      `${kind.padEnd(40)}${figures}   ${requests}, ${more.toFixed(0)} bytes more each, ${ids.toFixed(0)} of them the id`,
    );
  }
}

async function memory(size, kind) {
  const { bytes, count } = file(kind, size);
  const seen = await checked(inMemory(bytes));
  if (seen !== count) throw new Error(`${seen} of ${count} requests passed`);
  const most = Math.max(...instances.map(({ exports }) => exports.memory.buffer.byteLength));
  const ids = Array.from({ length: count }, (_, index) => request(kind, index).custom_id.length);
  say(JSON.stringify({ bytes: most, count, ids: ids.reduce((sum, length) => sum + length) }));
}

/** How many requests pass: all, or none. */
async function checked(source) {
  const plan = await client.plan(source, { validate: "strict" });
  return plan.requestCount;
}

/** A file that lies in memory already: its stream hands out views, as the others are handed views of the same bytes. */
function inMemory(bytes) {
  const chunk = 1 << 20;
  const stream = () => {
    let at = 0;
    const pull = (controller) => {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + chunk));
      at += chunk;
    };
    return new ReadableStream({ pull }, { highWaterMark: 0 });
  };
  return { stream, slice: () => undefined, arrayBuffer: () => undefined };
}

function parsed(bytes, passes) {
  let seen = 0;
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    seen += Number(passes(JSON.parse(bytes.toString("utf8", start, end))));
    start = end + 1;
  }
  return seen;
}

function file(kind, megabytes) {
  const lines = [];
  let length = 0;
  while (length < megabytes * MEGABYTE) {
    const line = Buffer.from(`${JSON.stringify(request(kind, lines.length))}\n`);
    lines.push(line);
    length += line.length;
  }
  return { bytes: Buffer.concat(lines), count: lines.length };
}

/** The same schema as in the test of agreement. */
async function sdkTypes() {
  const [entry, outfile] = ["../js/agreement/schema.ts", "../../target/bench/schema.js"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const options = { bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "warning" };
  await build({ entryPoints: [entry], outfile, ...options });
  return (await import(outfile)).sdkTypes();
}

function table(what, bytes, times, remarks = {}) {
  for (const [name, ms] of Object.entries(times)) {
    const ratios = Object.keys(RIVALS).map((other) => `${(times[other] / ms).toFixed(2)}×`.padStart(17));
    const speed = (bytes / 1000 / ms).toFixed(0).padStart(6);
    say(`${what.padEnd(28)}${name.padEnd(24)}${speed}${ratios.join("")}${remarks[name] ?? ""}`);
  }
}

/** For each contestant the kind with which it is slowest. */
function slowest(results) {
  const names = Object.keys(results[0].medians);
  const speed = ({ bytes, medians }, name) => bytes / 1000 / medians[name];
  const remark = (name) => {
    const [worst] = results.toSorted((a, b) => speed(a, name) - speed(b, name));
    return `   slowest: ${worst.kind}, ${speed(worst, name).toFixed(0)} MB/s`;
  };
  return Object.fromEntries(names.map((name) => [name, remark(name)]));
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
