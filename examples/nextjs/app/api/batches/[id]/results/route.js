// GET: the results as JSONL, a line for each request, passed on as they come in.
import { Batchwise } from "batchwise";

export const runtime = "edge";

export async function GET(_request, { params }) {
  const { id } = await params;
  const results = await new Batchwise().messages.batches.results(id);
  const rows = results.rows()[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  // Pulled by whoever reads: a browser that is slow slows the API down, and nothing piles up here.
  const lines = new ReadableStream({
    async pull(controller) {
      const { value: row, done } = await rows.next();
      if (done) return controller.close();
      const line = JSON.stringify({ id: row.custom_id, outcome: row.outcome, text: row.text });
      controller.enqueue(encoder.encode(`${line}\n`));
    },
    cancel: () => rows.return?.(),
  });
  return new Response(lines, { headers: { "content-type": "application/jsonl; charset=utf-8" } });
}
