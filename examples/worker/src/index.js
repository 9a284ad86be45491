// Three routes: POST /batches takes JSONL of requests, GET /batches/:id says how they stand, GET /batches/:id/results
// streams CSV. A Worker's request does not last for hours, so the caller keeps the id and asks again; a job that a
// Durable Object drives to its end is in docs/stores.md.
import { APIError, Batchwise, InvalidRequestsError } from "batchwise";

export default {
  async fetch(request, env) {
    // One client for each request: nothing crosses from one to another.
    const client = new Batchwise({ apiKey: env.ANTHROPIC_API_KEY, baseURL: env.ANTHROPIC_BASE_URL });
    const [, root, id, what] = new URL(request.url).pathname.split("/");
    try {
      if (root !== "batches") return new Response("not found\n", { status: 404 });
      if (request.method === "POST" && !id) return await create(client, await request.text());
      if (request.method === "GET" && id && !what) return Response.json(await client.messages.batches.retrieve(id));
      if (request.method === "GET" && id && what === "results") return await results(client, id);
      return new Response("not found\n", { status: 404 });
    } catch (error) {
      if (error instanceof InvalidRequestsError) {
        const problems = error.violations.map(({ line, path, message }) => ({ line, path, message }));
        return Response.json({ problems }, { status: 400 });
      }
      if (error instanceof APIError) return new Response(`${error.message}\n`, { status: error.status ?? 502 });
      throw error;
    }
  },
};

async function create(client, jsonl) {
  await client.plan(new Blob([jsonl])); // checks every line, and sends nothing
  const requests = jsonl.split("\n").filter((line) => line.trim() !== "");
  return Response.json(await client.messages.batches.create({ requests: requests.map((line) => JSON.parse(line)) }));
}

async function results(client, id) {
  const rows = (await client.messages.batches.results(id)).rows()[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const lines = new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode("id,outcome,text\n")),
    async pull(controller) {
      const { value: row, done } = await rows.next();
      if (done) return controller.close();
      const cells = [row.custom_id, row.outcome, row.text].map((cell) => `"${cell.replaceAll('"', '""')}"`);
      controller.enqueue(encoder.encode(`${cells.join(",")}\n`));
    },
    cancel: () => rows.return?.(),
  });
  return new Response(lines, { headers: { "content-type": "text/csv; charset=utf-8" } });
}
