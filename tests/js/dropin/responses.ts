// What is known of a response besides the object in it; options of the client and of single calls.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ maxRetries: 1, timeout: 20_000, defaultHeaders: { "x-own": "client" } });
const one = { model: "claude-opus-5-5", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };

const made = await client.messages.batches.create({ requests: [{ custom_id: "a", params: one }] });
console.log("the id of the exchange", made._request_id, "which is not part of it", Object.keys(made));

const { data, response, request_id } = await client.messages.batches.retrieve(made.id).withResponse();
console.log(data.id === made.id, typeof request_id, response.headers.get("request-id") === request_id);
console.log(response.status, response.ok, response.headers.get("content-type"), response.headers.get("retry-after"));
console.log(response instanceof Response, response.headers instanceof Headers);

const raw = await client.messages.batches.retrieve(made.id).asResponse();
console.log(raw.status, ((await raw.json()) as { id: string }).id === made.id);

const page = await client.messages.batches.list({ limit: 1 }).withResponse();
console.log(page.data.data.length, page.response.status, page.data.hasNextPage());
console.log((await client.messages.batches.list().asResponse()).status);
console.log((await client.messages.batches.cancel(made.id).withResponse()).data.processing_status);

const failed = client.messages.batches.retrieve("msgbatch_nobody").withResponse();
await failed.catch((error) => console.log("no response", error instanceof Anthropic.NotFoundError));
await client.messages.batches
  .retrieve("msgbatch_nobody")
  .asResponse()
  .catch((error) => console.log("nor this", error instanceof Anthropic.NotFoundError, error.status));

const named = await client.messages.batches
  .retrieve(made.id, null, { maxRetries: 5, timeout: 5_000, headers: { "x-own": "call" } })
  .then((batch) => batch.type);
const again = await client.messages.batches.retrieve(made.id).finally(() => console.log("at last"));
console.log(named, again.type, again.created_at === made.created_at);
const both = [client.messages.batches.retrieve(made.id), client.messages.batches.list()] as const;
const [first, second] = await Promise.all(both);
console.log(first.id === made.id, second.data.length);
