// What a thousand jobs leave behind: nothing. The engine's memory only grows, so what must not change is its size.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assert, test } from "../harness.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Every instance that is made from here on, the engine's first. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, args: [WebAssembly.Module]) {
    const instance = new target(...args);
    memories.push(instance.exports["memory"] as WebAssembly.Memory);
    return instance;
  },
});
const { Batchwise } = await import("batchwise");
const { createEmulator } = await import("batchwise/emulator");

const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user" as const, content: "Say hi." }] };
const requests = Array.from({ length: 10 }, (_, n) => ({ custom_id: `r-${n}`, params }));

/** A client of an emulator of its own, and options that let virtual time pass. */
function bench() {
  const { fetch, clock } = createEmulator({ clock: "manual" });
  const time = { now: () => clock.now(), sleep: (ms: number) => clock.advance(ms) };
  return { client: new Batchwise({ apiKey: "any", fetch }), time };
}

/** Bytes of the engine's memory. */
const engine = (): number => memories[0]?.buffer.byteLength ?? 0;

/** Bytes of the heap, once finalizers have had their turn. */
async function heap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

const KINDS = {
  /** Rows read, then told to give all of it back. */
  disposed: async () => {
    const { client, time } = bench();
    const plan = await client.plan(requests);
    const job = await client.submit(plan, time);
    plan.dispose();
    for await (const _ of job);
    await job.dispose();
  },
  /** Left to the garbage collector, rows unread. */
  dropped: async () => {
    const { client, time } = bench();
    await (await client.submit(requests, time)).done();
  },
  /** Results left in the middle. */
  "with results left early": async () => {
    const { client, time } = bench();
    const { batches } = client.messages;
    const { id } = await batches.create({ requests });
    await batches.wait(id, time);
    for await (const _ of await batches.results(id)) break;
  },
};

for (const [kind, run] of Object.entries(KINDS)) {
  test(`a thousand jobs ${kind} leave neither the heap nor the engine's memory larger`, async () => {
    const many = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await run();
        if (n % 100 === 99) await heap();
      }
    };
    await many(100);
    const before = { heap: await heap(), engine: engine() };
    assert.isAbove(before.engine, 0);
    await many(1000);
    // A leaked job would be some ten kilobytes on either side.
    assert.isBelow((await heap()) - before.heap, 2_000_000);
    assert.isAtMost(engine() - before.engine, 1 << 20);
  });
}
