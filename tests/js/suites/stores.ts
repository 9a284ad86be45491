// The kit for authors of stores, and the store in memory under it, in every runtime.
import { memoryStore, type Store } from "batchwise";
import { storeCases, testStore } from "batchwise/testing";
import { assert, rejection, test } from "../harness.js";
import { bench, requests } from "../jobs.js";

/** A factory as the kit wants it: one store for each area. */
function inMemory(make: () => Store = memoryStore): (area: string) => Store {
  const areas = new Map<string, Store>();
  return (area) => {
    const held = areas.get(area) ?? make();
    areas.set(area, held);
    return held;
  };
}

for (const { name, run } of storeCases(inMemory())) test(`store in memory: ${name}`, run);

/** The names of the cases that a broken store fails. */
async function failures(breakIt: (store: Store) => Partial<Store>, options = {}): Promise<string[]> {
  const make = (): Store => {
    const store = memoryStore();
    return { ...store, ...breakIt(store) };
  };
  const results = await testStore(inMemory(make), options);
  return results.filter(({ ok }) => !ok).map(({ name }) => name);
}

test("the kit finds nothing wrong with a store in memory, and reports each case as it ends", async () => {
  const heard: string[] = [];
  const results = await testStore(inMemory(), { report: ({ name }) => heard.push(name) });
  assert.deepEqual(
    results.filter(({ ok }) => !ok),
    [],
  );
  assert.deepEqual(
    heard,
    results.map(({ name }) => name),
  );
  assert.equal(new Set(heard).size, heard.length, "two cases have one name");
  assert.isAtLeast(heard.length, 60);
});

test("the kit takes a store that answers with promises, and one that answers late", async () => {
  const late = (store: Store): Store => ({
    getItem: async (key) => store.getItem(key),
    setItem: async (key, value) => void (await store.setItem(key, value)),
    removeItem: (key) => Promise.resolve(store.removeItem(key)),
    getKeys: async (prefix) => store.getKeys(prefix),
  });
  assert.deepEqual(
    await failures((store) => ({ ...late(store), compareAndSwap: undefined as never }), { swap: false }),
    [],
  );
});

test("the kit finds values that are parsed", async () => {
  const found = await failures((store) => ({ getItem: (key) => parsed(store.getItem(key)) }));
  assert.includeMembers(found, [
    "text that looks like a JSON object stays text",
    "text that looks like a number stays text",
  ]);
});

test("the kit finds values that are cut", async () => {
  const found = await failures((store) => ({ setItem: (key, value) => store.setItem(key, value.slice(0, 65_535)) }));
  assert.includeMembers(found, [
    "64 KiB of plain letters stay whole",
    "a value that is too large is refused or kept whole, never cut",
  ]);
});

test("the kit finds keys that are rewritten", async () => {
  const found = await failures((store) => ({
    getItem: (key) => store.getItem(key.toLowerCase()),
    setItem: (key, value) => store.setItem(key.toLowerCase(), value),
  }));
  assert.include(found, "capital and small letters make different keys");
});

test("the kit finds a list that stops after a page, one that ignores the prefix, and one that takes it as a pattern", async () => {
  const keysOf = async (store: Store, prefix?: string): Promise<string[]> => [...(await store.getKeys(prefix))];
  const paged = await failures((store) => ({
    getKeys: async (prefix) => (await keysOf(store, prefix)).slice(0, 1000),
  }));
  assert.deepEqual(paged, ["eleven hundred keys are listed, and all can be read"]);
  const deaf = await failures((store) => ({ getKeys: async () => keysOf(store) }));
  assert.include(deaf, "a prefix narrows the list to what begins with it");
  const pattern = await failures((store) => ({
    getKeys: async (prefix = "") =>
      (await keysOf(store)).filter((key) =>
        new RegExp(`^${prefix.replaceAll("_", ".").replace(/[[*?%]/g, "\\$&")}`).test(key),
      ),
  }));
  assert.include(pattern, "a prefix is text, not a pattern");
});

test("the kit finds a swap that looks first and writes later", async () => {
  const found = await failures((store) => ({
    compareAndSwap: async (key, expected, next) => {
      if ((store.getItem(key) as string | null) !== expected) return false;
      await Promise.resolve();
      await (next === null ? store.removeItem(key) : store.setItem(key, next));
      return true;
    },
  }));
  assert.includeMembers(found, [
    "of two who create at once, one wins",
    "of a hundred who create at once, one wins",
    "no update is lost: a hundred additions from ten at once make a hundred",
  ]);
});

test("the kit finds a swap that writes whatever is there", async () => {
  const found = await failures((store) => ({
    compareAndSwap: async (key, _, next) => {
      await (next === null ? store.removeItem(key) : store.setItem(key, next));
      return true;
    },
  }));
  assert.includeMembers(found, [
    "a swap for null leaves what is there",
    "an owner whose lease was taken over can no longer renew it",
  ]);
});

test("the kit finds a store that has no swap and should, and one that has and should not", async () => {
  assert.include(
    await failures(() => ({ compareAndSwap: undefined as never })),
    "a swap for null creates what is not there",
  );
  assert.deepEqual(await failures(() => ({}), { swap: false }), [
    "a store that cannot compare and swap does not say it can",
  ]);
});

test("the kit finds a store that keeps nothing for others", async () => {
  const results = await testStore(() => memoryStore());
  const found = results.filter(({ ok }) => !ok).map(({ name }) => name);
  assert.includeMembers(found, [
    "another instance over the same data reads what was written",
    "two instances see each other's writes at once",
    "a swap lasts",
  ]);
});

test("a store in memory refuses what other stores could not keep", async () => {
  const { setItem, compareAndSwap, getItem } = memoryStore();
  for (const [key, value, word] of [
    ["", "value", "empty"],
    ["k".repeat(513), "value", "513"],
    ["鍵".repeat(171), "value", "171"],
    ["key", "v".repeat(65_537), "65537"],
    ["key", "語".repeat(21_846), "21846"],
    ["key", "half a character: \ud83d", "surrogate"],
  ] as const) {
    const error = await rejection(() => setItem(key, value));
    assert.equal(error["code"], "store/failed");
    assert.equal(error.name, "StoreError");
    assert.include(error.message, word);
    assert.equal((await rejection(() => compareAndSwap(key, null, value)))["code"], "store/failed");
    if (key === "key") assert.isNull(getItem(key));
  }
});

test("what cannot keep a job is refused before anything is sent, and told what to use instead", async () => {
  const { client, emulator } = bench();
  const having = (...names: string[]) => Object.fromEntries(names.map((name) => [name, () => null]));
  const unstorage = { ...memoryStore(), getMounts: () => [{ driver: { name: "cloudflare-kv-binding" }, base: "" }] };
  for (const [store, words] of [
    [having("get", "put", "list", "delete", "getWithMetadata"), /Workers KV .* durableObjectStore/],
    [unstorage, /Workers KV .* durableObjectStore/],
    [having("get", "put", "list", "delete", "transaction", "getAlarm"), /give durableObjectStore\(it\)/],
    [having("get", "set", "delete", "list", "atomic", "enqueue"), /give denoKvStore\(it\)/],
    [having("getItem", "setItem", "removeItem", "key", "clear"), /localStorage .* indexedDbStore/],
    [having("getItem", "removeItem"), /no setItem, no getKeys/],
    [new Map(), /no getItem/],
    ["jobs", /not string/],
    [() => null, /not function/],
  ] as const) {
    const options = { store: store as never, jobId: "job" };
    for (const work of [
      () => client.submit(requests(1), options),
      () => client.resume("job", { ...options, source: requests(1) }),
    ]) {
      const error = await rejection(work);
      assert.equal(error["code"], "misuse/option");
      assert.match(error.message, words);
    }
  }
  assert.isEmpty([...emulator.state.requests()]);
});

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}
