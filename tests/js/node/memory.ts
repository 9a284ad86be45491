// Reading a long file takes the memory of a block, not of the file; planning one, that of its requests' ids and places.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Batchwise } from "batchwise";
import { assert, test } from "../harness.js";
import { CANARY } from "../server.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function used(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const MEGABYTE = 1_000_000;
const text = "some words of an answer ".repeat(40);
const message = { content: [{ type: "text", text }], usage: { input_tokens: 1, output_tokens: 2 } };
const line = JSON.stringify({ custom_id: "a", result: { type: "succeeded", message } });
const lines = new TextEncoder().encode(`${line}\n`.repeat(60));
const CHUNKS = Math.ceil((20 * MEGABYTE) / lines.length);

/** Results of 20 MB whose bytes are made as they are read. */
async function results() {
  const counts = { processing: 0, succeeded: CHUNKS * 60, errored: 0, canceled: 0, expired: 0 };
  const batch = { id: "b", type: "message_batch", processing_status: "ended", request_counts: counts };
  const times = { ended_at: null, archived_at: null, cancel_initiated_at: null };
  const dates = { created_at: "2026-11-21T00:00:00Z", expires_at: "2026-11-22T00:00:00Z", results_url: "x" };
  let left = CHUNKS;
  const body = () =>
    new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(lines.slice());
        else controller.close();
      },
    });
  const fetch = async (input: RequestInfo | URL) =>
    String(input).endsWith("/results") ? new Response(body()) : Response.json({ ...batch, ...times, ...dates });
  return new Batchwise({ apiKey: CANARY, fetch }).messages.batches.results("b");
}

test("twenty megabytes of results are read in the memory of a few blocks", async () => {
  for await (const _ of await results()) break;
  const before = used();
  let rows = 0;
  let most = 0;
  for await (const row of (await results()).rows()) {
    if (row.text.length !== text.length) throw new Error("a row was cut");
    if (++rows % 3000 === 0) most = Math.max(most, used() - before);
  }
  assert.equal(rows, CHUNKS * 60);
  // The collector decides when it runs; half the file would mean that rows are kept.
  assert.isBelow(most, 10 * MEGABYTE);
});

/** The most memory of the engine while so many requests of so many bytes each are planned, in a process of its own. */
function peak(requests: number, bytes: number): number {
  const script = `
    const instances = [];
    WebAssembly.Instance = class extends WebAssembly.Instance {
      constructor(...args) { super(...args); instances.push(this); }
    };
    const { Batchwise } = await import("batchwise");
    const content = "x".repeat(${bytes});
    const params = { model: "claude-haiku-5-5", max_tokens: 9, messages: [{ role: "user", content }] };
    let made = 0;
    const stream = new ReadableStream({
      pull(controller) {
        if (made === ${requests}) return controller.close();
        let lines = "";
        for (let n = 0; n < 100; n++) lines += JSON.stringify({ custom_id: "row-" + made++, params }) + "\\n";
        controller.enqueue(new TextEncoder().encode(lines));
      },
    }, { highWaterMark: 0 });
    const plan = await new Batchwise({ apiKey: "none" }).plan(stream);
    if (plan.requestCount !== ${requests}) throw new Error("requests are missing");
    console.log(Math.max(...instances.map(({ exports }) => exports.memory.buffer.byteLength)));`;
  const args = ["--input-type=module", "-e", script];
  const cwd = fileURLToPath(new URL(".", import.meta.url)); // The package lies beside this script.
  return Number(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
}

test("a plan takes the memory of ids and some bytes for each request, however long the requests are", () => {
  const few = peak(2000, 10);
  assert.isBelow(peak(2000, 10_000) - few, MEGABYTE); // Of twenty: the piece that is worked on.
  assert.isBelow((peak(100_000, 10) - few) / 98_000, "row-12345".length + 25);
});
