// One Worker, one client for all its requests, as a program on Workers would have it. `/hang` calls an address that never
// answers, `/ask` one that does; `/job` begins a job and leaves it, as the end of a request does.
import { Batchwise } from "batchwise";
import { createEmulator } from "batchwise/emulator";

const emulator = createEmulator({ clock: "manual" });
const never = new Promise<never>(() => undefined);
const client = new Batchwise({
  apiKey: "any",
  maxRetries: 0,
  fetch: (input, init) => (String(input).includes("msgbatch_hang") ? never : emulator.fetch(input, init)),
});
const time = { now: () => emulator.clock.now(), sleep: (ms: number) => emulator.clock.advance(ms) };
const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user" as const, content: "Hi" }] };
const requests = [{ custom_id: "a", params }];

const paths: Record<string, () => Promise<unknown>> = {
  "/hang": () => client.messages.batches.retrieve("msgbatch_hang", { timeoutMs: 600_000 }),
  "/ask": async () => {
    const { id } = await client.messages.batches.create({ requests });
    await client.messages.batches.wait(id, time);
    return (await client.messages.batches.results(id)).summary();
  },
  "/leave": async () => (await client.submit(requests, { ...time, sleep: () => never })).id,
  "/job": async () => (await (await client.submit(requests, time)).done()).outcomes,
};

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await paths[new URL(request.url).pathname]?.());
  },
};
