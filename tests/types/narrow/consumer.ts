// A program with an older `lib` and a bundler's way of finding modules, which checks its libraries, too.
import { Batchwise, type JobReport, table } from "batchwise";
import { createEmulator } from "batchwise/emulator";

export async function main(): Promise<JobReport> {
  const client = new Batchwise({ apiKey: "any", fetch: createEmulator().fetch });
  const source = table([{ text: "hello" }], { prompt: "{{text}}", model: "claude-haiku-4-5", maxTokens: 8 });
  const job = await client.submit(await client.plan(source));
  for await (const row of job) if (row.outcome === "succeeded") row.text.trim();
  return job.done();
}
