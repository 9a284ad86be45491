// Reading a long file takes the memory of a block, not of the file.
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
