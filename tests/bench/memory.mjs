// make bench: reading long results files in little memory, in processes of their own with a heap of 64 MB.
//
// For each way of reading: a file of a gigabyte, the most memory of the process and of the engine while it is read; files
// of ten thousand to a million rows, the CPU time a row; lines of 48 MB with any heap, the engine's memory beside the
// line. GB: how many; WAYS: only these, with commas between.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SIZE = 1e9 * Number(process.env.GB ?? 1);
const WAYS = (process.env.WAYS ?? "summary,blocks,rows,objects").split(",");
const LINE = 48e6;
const MEGABYTE = 1e6;

if (process.argv[2]) await child(process.argv[2], process.argv[3], Number(process.argv[4]));
else parent();

function parent() {
  say(`reading results with a heap of 64 MB, Node ${process.version}`);
  for (const way of WAYS) {
    const { rss, engine } = measured(way, "bytes", SIZE);
    const rows = [1e4, 1e5, 1e6].map((count) => measured(way, "rows", count));
    const line = measured(way, "line", LINE);
    const [few = 0, some = 0, many = 0] = rows.map(({ cpu }, i) => cpu / 10 ** (4 + i));
    say(
      `${way.padEnd(8)} ${SIZE / 1e9} GB: process ${megabytes(rss)}, engine ${megabytes(engine)}; ` +
        `CPU a row ${[few, some, many].map((us) => us.toFixed(2)).join(", ")} µs for 10⁴, 10⁵, 10⁶ rows, ` +
        `engine ${rows.map(({ engine }) => megabytes(engine)).join(", ")}; ` +
        `a line of ${LINE / 1e6} MB: engine ${megabytes(line.engine)}, ` +
        `${line.engine <= 2 * LINE + 4 * 2 ** 20 ? "within" : "OVER"} twice the line and 4 MiB`,
    );
  }
}

function measured(way, what, size) {
  // The string of a long line alone takes such a heap.
  const heap = what === "line" ? [] : ["--max-old-space-size=64"];
  const args = [...heap, fileURLToPath(import.meta.url), way, what, String(size)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

async function child(way, what, size) {
  // The engine's memory is nobody's business but ours: its instance is caught as it is made.
  const instances = [];
  WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(...args) {
      super(...args);
      instances.push(this);
    }
  };
  const { Batchwise } = await import("batchwise");
  const { workload } = await import("./results/workloads.mjs");
  const { file, rows } = workload("short", 2e6);
  const read = async (body, expected) => {
    const client = new Batchwise({ apiKey: "none", fetch: (input) => answer(input, body, expected) });
    const results = await client.messages.batches.results("msgbatch_bench");
    if (way === "summary") return (await results.summary()).outcomes.succeeded;
    let seen = 0;
    if (way === "blocks") for await (const block of results.blocks()) seen += block.length;
    else for await (const row of way === "rows" ? results.rows() : results) seen += row.custom_id === "" ? 0 : 1;
    return seen;
  };
  // Functions are compiled before anything is measured.
  if (what === "rows") for (let i = 0; i < 12; i++) await read(repeated(file, 1), rows);
  const times = what === "line" ? 1 : Math.ceil(what === "rows" ? size / rows : size / file.length);
  const expected = what === "line" ? 2 : times * rows;
  const begin = process.cpuUsage();
  let rss = 0;
  const watch = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss());
  }, 20);
  const seen = await read(what === "line" ? longLines(size) : repeated(file, times), expected);
  clearInterval(watch);
  const { user, system } = process.cpuUsage(begin);
  if (seen !== expected) throw new Error(`${seen} rows of ${expected}`);
  const engine = Math.max(...instances.map(({ exports }) => exports.memory?.buffer.byteLength ?? 0));
  const cpu = what === "rows" ? ((user + system) * size) / expected : user + system;
  say(JSON.stringify({ rss: Math.max(rss, process.memoryUsage.rss()), engine, cpu }));
}

function repeated(file, times) {
  let [at, left] = [0, times];
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) [at, left] = [0, left - 1];
      if (left === 0) return controller.close();
      controller.enqueue(file.slice(at, at + 65_536));
      at += 65_536;
    },
  });
}

/** Two lines of so many bytes, in chunks. */
function longLines(size) {
  const [head, tail] = [
    '{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"',
    '"}]}}}\n',
  ];
  const encoder = new TextEncoder();
  const middle = encoder.encode("x".repeat(65_536));
  const chunks = Math.floor((size - head.length - tail.length) / middle.length);
  const whole = chunks + 2;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === 2 * whole) return controller.close();
      const place = at++ % whole;
      controller.enqueue(
        place === 0 ? encoder.encode(head) : place === whole - 1 ? encoder.encode(tail) : middle.slice(),
      );
    },
  });
}

function answer(input, body, rows) {
  if (new URL(input instanceof Request ? input.url : input).pathname.endsWith("/results")) {
    return Promise.resolve(new Response(body));
  }
  return Promise.resolve(
    Response.json({
      id: "msgbatch_bench",
      type: "message_batch",
      processing_status: "ended",
      request_counts: { processing: 0, succeeded: rows, errored: 0, canceled: 0, expired: 0 },
      created_at: "2026-11-20T10:00:00Z",
      expires_at: "2026-11-21T10:00:00Z",
      ended_at: "2026-11-20T11:00:00Z",
      cancel_initiated_at: null,
      archived_at: null,
      results_url: "https://api.anthropic.com/v1/messages/batches/msgbatch_bench/results",
    }),
  );
}

function megabytes(bytes) {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
