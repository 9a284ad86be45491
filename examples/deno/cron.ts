// Deno.cron: every night at two a batch is sent; every ten minutes those that have ended are read. Between the two
// nothing runs, and nothing is paid for waiting.
//
//     deno run --unstable-cron --allow-net=api.anthropic.com --allow-env=ANTHROPIC_API_KEY,ANTHROPIC_BASE_URL cron.ts
import { type BatchRequest, Batchwise } from "batchwise";

const { batches } = new Batchwise().messages;
/** Batches that have not been read. Deno Deploy forgets it with the isolate: keep it in Deno KV there. */
export const waiting = new Set<string>();

/** Sends what there is to ask tonight. */
export async function send(questions: readonly string[]): Promise<void> {
  const requests: BatchRequest[] = questions.map((content, index) => ({
    custom_id: `question-${index + 1}`,
    params: { model: "claude-haiku-5-5", max_tokens: 64, messages: [{ role: "user", content }] },
  }));
  waiting.add((await batches.create({ requests })).id);
}

/** Reads what has ended. */
export async function collect(): Promise<void> {
  for (const id of waiting) {
    if ((await batches.retrieve(id)).processing_status !== "ended") continue;
    for await (const row of (await batches.results(id)).rows()) console.log(row.custom_id, row.outcome);
    waiting.delete(id);
  }
}

if (import.meta.main) {
  Deno.cron("ask", "0 2 * * *", () => send(["What is a leap second?", "Why is the sky blue?"]));
  Deno.cron("collect", "*/10 * * * *", collect);
}
