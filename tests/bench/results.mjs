// make bench: reading results, against the official SDK and against JSON.parse, over the same bytes in the same run.
//
// What counts are the ratios: both sides share the machine and its mood. Each figure is the median of the runs.
import Anthropic from "@anthropic-ai/sdk";
import { Batchwise } from "batchwise";

const ROWS = Number(process.env.ROWS ?? 20_000);
const RUNS = 5;
const CHUNK = 65_536;
const BATCH = "msgbatch_bench";

const file = resultsFile(ROWS);
const batch = {
  id: BATCH,
  type: "message_batch",
  processing_status: "ended",
  request_counts: { processing: 0, succeeded: ROWS, errored: 0, canceled: 0, expired: 0 },
  created_at: "2026-11-20T10:00:00Z",
  expires_at: "2026-11-21T10:00:00Z",
  ended_at: "2026-11-20T11:00:00Z",
  cancel_initiated_at: null,
  archived_at: null,
  results_url: `https://api.anthropic.com/v1/messages/batches/${BATCH}/results`,
};
const options = { apiKey: "none", fetch: answer };
const ours = new Batchwise(options).messages.batches;
const sdk = new Anthropic(options).messages.batches;

const contestants = {
  "JSON.parse, all bytes at hand": () => parsed(),
  "official SDK, objects": () => objects(sdk),
  "batchwise, objects": () => objects(ours),
  "batchwise, rows (id, outcome, text)": () => rows(),
  "batchwise, blocks (ids, tokens)": () => blocks(),
  "batchwise, summary": () => summary(),
};

const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (let run = 0; run <= RUNS; run++) {
  for (const [name, work] of Object.entries(contestants)) {
    const start = performance.now();
    const seen = await work();
    if (seen !== ROWS) throw new Error(`${name} saw ${seen} of ${ROWS} rows`);
    // The first round warms up.
    if (run > 0) times[name].push(performance.now() - start);
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const [parseMs, sdkMs] = [median(times["JSON.parse, all bytes at hand"]), median(times["official SDK, objects"])];
process.stdout.write(`${ROWS} rows, ${(file.length / 1e6).toFixed(1)} MB, Node ${process.version}\n`);
process.stdout.write(`${"".padEnd(38)}    ms    MB/s   vs SDK   vs JSON.parse\n`);
for (const [name, list] of Object.entries(times)) {
  const ms = median(list);
  const figures = [ms.toFixed(0).padStart(6), (file.length / 1000 / ms).toFixed(0).padStart(8)];
  figures.push(`${(sdkMs / ms).toFixed(2)}×`.padStart(9), `${(parseMs / ms).toFixed(2)}×`.padStart(12));
  process.stdout.write(`${name.padEnd(38)}${figures.join("")}\n`);
}

async function objects(batches) {
  let seen = 0;
  for await (const line of await batches.results(BATCH)) seen += Number(line.result.type === "succeeded");
  return seen;
}

async function rows() {
  let seen = 0;
  for await (const row of (await ours.results(BATCH)).rows()) {
    seen += Number(row.custom_id !== "" && row.outcome === "succeeded" && row.text !== "");
  }
  return seen;
}

async function blocks() {
  let seen = 0;
  for await (const block of (await ours.results(BATCH)).blocks()) {
    for (let i = 0; i < block.length; i++) seen += Number(block.id(i) !== "" && block.outputTokens[i] > 0);
  }
  return seen;
}

async function summary() {
  return (await (await ours.results(BATCH)).summary()).outcomes.succeeded;
}

function parsed() {
  let seen = 0;
  for (const line of new TextDecoder().decode(file).split("\n")) {
    if (line !== "") seen += Number(JSON.parse(line).result.type === "succeeded");
  }
  return seen;
}

function answer(input) {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  return Promise.resolve(pathname.endsWith("/results") ? new Response(stream()) : Response.json(batch));
}

function stream() {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) return controller.close();
      controller.enqueue(file.slice(at, at + CHUNK));
      at += CHUNK;
    },
  });
}

/** Rows of about the length that real answers have, no two alike. */
function resultsFile(count) {
  const words = 'the model says that this message is quite likely harmless, "quoted" and naïve 🙂 in tone\n'.split(" ");
  const lines = Array.from({ length: count }, (_, i) => {
    const text = Array.from({ length: 20 + ((i * 7919) % 120) }, (_, j) => words[(i * 31 + j * 17) % words.length]);
    const usage = {
      input_tokens: 100 + (i % 400),
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: text.length + 10,
      service_tier: "batch",
      inference_geo: "global",
    };
    const message = {
      model: "claude-haiku-4-5-20251001",
      id: `msg_${i.toString(36).padStart(24, "0")}`,
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: text.join(" ") }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage,
    };
    return JSON.stringify({ custom_id: `row-${i + 1}`, result: { type: "succeeded", message } });
  });
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}
