// A job that lives in Deno KV, on this machine or on Deno Deploy: any isolate takes it up where the last one left it.
//
//     deno run --unstable-kv --allow-read=. --allow-write=. --allow-net=api.anthropic.com \
//       --allow-env=ANTHROPIC_API_KEY,ANTHROPIC_BASE_URL kv.ts
import { type BatchRequest, Batchwise, denoKvStore, StoreError } from "batchwise";

const topics = ["tea", "rain", "bridges"];
const requests: BatchRequest[] = topics.map((topic) => ({
  custom_id: topic,
  params: {
    model: "claude-haiku-5-5",
    max_tokens: 64,
    messages: [{ role: "user", content: `One sentence about ${topic}.` }],
  },
}));

// On Deno Deploy without a path.
const kv = await Deno.openKv("./jobs.kv");
const client = new Batchwise();
const options = { store: denoKvStore(kv) };
const job = await client.resume("topics", { ...options, source: requests }).catch((error) => {
  if (!(error instanceof StoreError && error.code === "store/missing")) throw error;
  return client.submit(requests, { ...options, jobId: "topics", maxCost: 1 });
});
for await (const row of job.results()) await kv.set(["answers", row.custom_id], row.text);
const { outcomes } = await job.done();

let kept = 0;
for await (const _ of kv.list({ prefix: ["answers"] })) kept += 1;
console.log(`succeeded: ${outcomes.succeeded}, kept: ${kept}`);
kv.close();
