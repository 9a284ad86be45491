// The runtime's own fetch, over a real socket.
import { Batchwise } from "batchwise";
import { assert, collect, serverUrl, test } from "../harness.js";
import { CANARY } from "../server.js";

const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user" as const, content: "Hi" }] };

test("a batch is created, waited for and read over real HTTP", async () => {
  const client = new Batchwise({ apiKey: CANARY, baseURL: serverUrl(), dangerouslyAllowBrowser: true });
  const requests = Array.from({ length: 30 }, (_, i) => ({ custom_id: `net-${i}`, params }));
  const { batches } = client.messages;
  const batch = await batches.create({ requests });
  const ended = await batches.wait(batch.id, { pollMs: 50 });
  assert.equal(ended.processing_status, "ended");
  const lines = await collect(await batches.results(batch.id));
  assert.sameMembers(
    lines.map((line) => line.custom_id),
    requests.map((request) => request.custom_id),
  );
});
