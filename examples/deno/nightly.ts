// A job for a nightly cron: sends the rows of a CSV file, or goes on with what an earlier night began, and appends the
// answers to a file as they come. Started again after a crash it pays for nothing twice.
//
//     deno run --allow-read=. --allow-write=. --allow-net=api.anthropic.com \
//       --allow-env=ANTHROPIC_API_KEY,ANTHROPIC_BASE_URL nightly.ts reviews.csv answers.jsonl
import { Batchwise, fileStore, type Job, type Sink, StoreError, table } from "batchwise";

const [input = "reviews.csv", output = "answers.jsonl"] = Deno.args;
const client = new Batchwise();
const source = table(new Blob([await Deno.readFile(input)]), {
  prompt: "Is this review positive or negative? One word.\n\n{{review}}",
  model: "claude-haiku-5-5",
  maxTokens: 8,
  key: "id",
  format: "csv",
});

/** The answers' home: what lies in the file counts as delivered. */
function fileSink(path: string): Sink {
  const known = new Set<string>();
  const file = Deno.openSync(path, { read: true, append: true, create: true });
  for (const line of Deno.readTextFileSync(path).split("\n")) {
    if (line.endsWith("}")) known.add(JSON.parse(line).custom_id);
  }
  return {
    has: (id) => known.has(id),
    put: (records) => {
      // A line that a crash cut off must not swallow the next one.
      const lines = records.map((record) => `\n${JSON.stringify(record)}`).join("");
      const bytes = new TextEncoder().encode(`${lines}\n`);
      for (let at = 0; at < bytes.length; ) at += file.writeSync(bytes.subarray(at));
    },
    flush: () => file.syncDataSync(),
  };
}

async function begunOrResumed(): Promise<Job> {
  const options = { store: fileStore(".batchwise"), sink: fileSink(output) };
  const jobId = "nightly";
  try {
    return await client.resume(jobId, { ...options, source });
  } catch (error) {
    if (!(error instanceof StoreError && error.code === "store/missing")) throw error;
    return await client.submit(source, { ...options, jobId, maxCost: 1 });
  }
}

const job = await begunOrResumed();
for await (const _ of job.results());
const { outcomes, cost } = await job.done();
console.log(`succeeded: ${outcomes.succeeded}, cost: $${cost}`);
