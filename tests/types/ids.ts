// Ids that are known when the program is written are known in its rows; all others are text.
import type { BatchRequest, Batchwise, Job, JobResult, MessageBatchIndividualResponse, Plan } from "batchwise";
import { table } from "batchwise";

const params: BatchRequest["params"] = {
  model: "claude-haiku-4-5",
  max_tokens: 8,
  messages: [{ role: "user", content: "?" }],
};

/** Compiles only where the two are the same. */
type Equal<A, B> = [A, B] extends [B, A] ? true : false;
const holds = <T extends true>(...right: T[]): number => right.length;

export async function known(client: Batchwise): Promise<number> {
  const job = await client.submit([
    { custom_id: "first", params },
    { custom_id: "second", params },
  ]);
  for await (const row of job) {
    holds<Equal<typeof row.custom_id, "first" | "second">>();
    // @ts-expect-error There is no such request.
    if (row.custom_id === "third") return 3;
  }
  const plan = await client.plan([{ custom_id: "first", params }]);
  const planned = await client.submit(plan);
  holds<Equal<typeof plan, Plan<"first">>>();
  for await (const row of planned.results()) holds<Equal<ReturnType<typeof row.toJSON>["custom_id"], "first">>();
  // A job whose ids are known is a job.
  const jobs: Job[] = [job, planned];
  return jobs.length;
}

export async function unknown(client: Batchwise, texts: string[], requests: BatchRequest[]): Promise<number> {
  let job: Job = await client.submit(requests);
  job = await client.submit(new Blob(["{}"]));
  job = await client.submit(table([{ a: 1 }], { prompt: "{{a}}", model: "claude-haiku-4-5", maxTokens: 8 }));
  const mapped = await client.submit(texts.map((custom_id) => ({ custom_id, params })));
  holds<Equal<typeof mapped, Job>>();
  const asked = async function* (): AsyncGenerator<BatchRequest> {
    yield* requests;
  };
  const streamed = await client.plan(asked());
  holds<Equal<typeof streamed, Plan>>();
  holds<Equal<JobResult["custom_id"], string>>();
  holds<Equal<MessageBatchIndividualResponse["custom_id"], string>>();
  return job.id.length;
}

// @ts-expect-error The comparison above can fail.
holds<Equal<string, "first">>();
