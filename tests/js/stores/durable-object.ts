// The storage of Durable Objects as a store. The cases run in a Worker, and each area is an object of its own: every
// call is an event in it, as with many callers at once.
import { DurableObject, env } from "cloudflare:workers";
import { durableObjectStore, type SwapStore } from "batchwise";
import { storeCases } from "batchwise/testing";
import { assert, rejection, test } from "../harness.js";
import { carriesJobs } from "./carried.js";

/** The object that keeps one area's data. */
export class AreaObject extends DurableObject {
  readonly #store = durableObjectStore(this.ctx.storage);

  getItem(key: string): unknown {
    return this.#store.getItem(key);
  }
  setItem(key: string, value: string): unknown {
    return this.#store.setItem(key, value);
  }
  removeItem(key: string): unknown {
    return this.#store.removeItem(key);
  }
  getKeys(prefix?: string): readonly string[] | Promise<readonly string[]> {
    return this.#store.getKeys(prefix);
  }
  compareAndSwap(key: string, expected: string | null, next: string | null): boolean | Promise<boolean> {
    return this.#store.compareAndSwap(key, expected, next);
  }
  /** Puts what is not ours where the store would look. */
  async foreign(key: string): Promise<void> {
    await this.ctx.storage.put(key, 42 as never);
  }
}

interface Stub extends SwapStore {
  foreign(key: string): Promise<void>;
}

const objects = env["AREA"] as { getByName(name: string): Stub };

/** A stub hands on every name it is asked for, so a store is made of what a store has. */
function open(area: string): SwapStore {
  const stub = objects.getByName(area);
  return {
    getItem: (key) => stub.getItem(key),
    setItem: (key, value) => stub.setItem(key, value),
    removeItem: (key) => stub.removeItem(key),
    getKeys: (prefix) => stub.getKeys(prefix),
    compareAndSwap: (key, expected, next) => stub.compareAndSwap(key, expected, next),
  };
}

let begun: string | undefined;

test("Durable Object: what is to outlive the process is written", async () => {
  begun = crypto.randomUUID();
  await open("outliving").setItem("key", begun);
  assert.isTrue(await open("outliving").compareAndSwap("swapped", null, begun));
});

for (const { name, run } of storeCases(open)) test(`Durable Object: ${name}`, run);

carriesJobs("Durable Object", open);

test("Durable Object: what is not the store's is told, not read", async () => {
  const stub = objects.getByName("foreign");
  await stub.foreign("key");
  assert.include((await rejection(async () => stub.getItem("key"))).message, "something else under key");
  assert.include((await rejection(async () => stub.compareAndSwap("key", null, "mine"))).message, "something else");
});

// The driver kills workerd before the last case.
test("Durable Object: what was written outlives the process", async () => {
  const kept = await open("outliving").getItem("key");
  assert.match(String(kept), /^[0-9a-f-]{36}$/);
  assert.isUndefined(begun, "this is still the process that wrote it");
  assert.equal(await open("outliving").getItem("swapped"), kept);
});
