// Every endpoint, as its documentation calls it.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const { batches } = client.messages;

const ask = (custom_id: string, content: string): Anthropic.Messages.BatchCreateParams.Request => ({
  custom_id,
  params: { max_tokens: 1024, messages: [{ content, role: "user" }], model: "claude-opus-5-5" },
});
const params: Anthropic.Messages.Batches.BatchCreateParams = {
  requests: [ask("first", "Hello, world"), ask("second", "Hi again, friend")],
};

async function finished(id: string): Promise<Anthropic.Messages.MessageBatch> {
  const batch = await client.messages.batches.retrieve(id);
  if (batch.processing_status === "ended") return batch;
  await new Promise((resolve) => setTimeout(resolve, 5));
  return finished(id);
}

const made = await client.messages.batches.create(params);
console.log("created", made);
const ended = await finished(made.id);
console.log("ended", ended.request_counts);
for await (const result of await client.messages.batches.results(made.id)) {
  console.log(result.custom_id, JSON.stringify(result.result));
}

const other = await batches.create({ requests: [ask("third", "Never mind")] });
const canceled = await client.messages.batches.cancel(other.id);
console.log("canceled", canceled.processing_status, canceled.cancel_initiated_at !== null);
console.log("after that", (await finished(other.id)).request_counts.processing);

for await (const batch of client.messages.batches.list()) console.log("listed", batch.id, batch.processing_status);
for (const id of [made.id, other.id]) console.log("deleted", await client.messages.batches.delete(id));
for await (const batch of client.messages.batches.list()) console.log("left", batch.id);
