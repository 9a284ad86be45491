// The runtime's own fetch, over a real socket.
import { Batchwise, type ClientOptions } from "batchwise";
import { assert, collect, rejection, serverUrl, test } from "../harness.js";
import { requests } from "../jobs.js";
import { CANARY } from "../server.js";

/** How much faster than ours the server's time runs. */
const SPEED = 600;

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

/** Browsers send any call again whose kept connection was closed without an answer; only a server could prevent it. */
const ARRIVES = typeof document === "object" ? [1, 2] : [1];

/** A client of an address that no create has come to yet, whose connection is open. */
async function at(
  place: string,
  options: ClientOptions = {},
): Promise<{ client: Batchwise; creates: () => Promise<number> }> {
  const baseURL = `${serverUrl()}/${place}-${Math.floor(Math.random() * 2 ** 40)}`;
  const client = new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0, dangerouslyAllowBrowser: true, ...options });
  await client.messages.batches.list({ limit: 1 });
  return { client, creates: async () => (await fetch(baseURL)).json() };
}

test("a create on a kept connection that is closed without an answer arrives once, but for browsers", async () => {
  const { client, creates } = await at("dropped/by-hand");
  const error = await rejection(client.messages.batches.create({ requests: requests(3) }));
  assert.equal(error["code"], "send/unknown");
  assert.oneOf(await creates(), ARRIVES);
});

test("a job's create on a kept connection that is closed without an answer arrives once, but for browsers", async () => {
  const { client, creates } = await at("dropped/by-job");
  const job = await client.submit(requests(1973), { onAmbiguousCreate: "fail" });
  assert.equal((await rejection(job.done()))["code"], "send/unknown");
  assert.oneOf(await creates(), ARRIVES);
});

for (const [how, options] of [
  ["by the platform's fetch", {}],
  ["by a fetch of the caller's", { fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init) }],
] as const) {
  test(`a create that committed unanswered loses nothing, and what a browser pays twice is named: ${how}`, async () => {
    const { client, creates } = await at("committed/job", options);
    const begin = Date.now();
    const now = (): number => begin + (Date.now() - begin) * SPEED;
    const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms / SPEED));
    const count = 1979 + how.length;
    const job = await client.submit(requests(count), { now, sleep });
    const rows = await collect(job);
    assert.equal(new Set(rows.map((row) => row.custom_id)).size, count);
    const { outcomes, paidTwice } = await job.done();
    assert.equal(outcomes.succeeded, count);
    const named = paidTwice.reduce((sum, { ids }) => sum + ids.length, 0);
    assert.equal(named, (await creates()) === 1 ? 0 : count);
  });
}
