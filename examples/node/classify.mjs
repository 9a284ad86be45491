// Sorts the messages of a CSV file into spam and ham, at half price.
//
//     node classify.mjs messages.csv answers.jsonl
//
// Stop it whenever you like: the job lives in .classify/, and the same command goes on with it.
import { appendFile, readFile } from "node:fs/promises";
import { Batchwise, fileStore, table } from "batchwise";

const [input = "messages.csv", output = "answers.jsonl"] = process.argv.slice(2);

// The key is ANTHROPIC_API_KEY. ANTHROPIC_BASE_URL=http://127.0.0.1:8787 sends everything to `batchwise emulate`.
const client = new Batchwise();
const source = table(new Blob([await readFile(input)]), {
  prompt: "Is this message spam or ham? Answer with one word.\n\n{{text}}",
  model: "claude-haiku-5-5",
  maxTokens: 8,
  key: "id",
  format: "csv",
});

// Nothing has been sent yet.
const plan = await client.plan(source);
console.log(`${plan.requestCount} requests, at most $${plan.estimate().total?.ceiling.toFixed(6)}`);

const store = fileStore(".classify");
const options = { store, jobId: "classify", maxCost: 5 };
const job = await client.resume("classify", { ...options, source }).catch((error) => {
  if (error.code !== "store/missing") throw error;
  return client.submit(plan, options);
});

// A row counts as delivered when the next one is asked for: by then it lies in the file. After a crash the rows of the
// last half minute may come again, and are known by their ids; a `sink` sorts that out.
for await (const row of job) {
  await appendFile(output, `${JSON.stringify({ id: row.custom_id, outcome: row.outcome, text: row.text })}\n`);
}
console.log((await job.done()).outcomes);
