// getKeys tells every key, and no other.
import { type CaseOf, range, same } from "./probe.js";

export const listingCases: readonly CaseOf[] = [
  {
    name: "an empty store lists no keys",
    async work(area) {
      const store = await area.open();
      same(await store.keys(), [], "the keys");
      same(await store.keys("any:"), [], "the keys with a prefix");
    },
  },
  {
    name: "every key is listed once, however often it was written",
    async work(area) {
      const store = await area.open();
      for (const key of ["b", "a", "c", "b", "a"]) await store.set(key, "value");
      same(await store.keys(), ["a", "b", "c"], "the keys");
    },
  },
  {
    name: "a prefix narrows the list to what begins with it",
    async work(area) {
      const store = await area.open();
      for (const key of ["job:a:1", "job:a:2", "job:b:1", "jobs:a", "other:job:a:1"]) await store.set(key, "value");
      same(await store.keys("job:a:"), ["job:a:1", "job:a:2"], "the keys of job:a:");
      same(await store.keys("job:"), ["job:a:1", "job:a:2", "job:b:1"], "the keys of job:");
      same(await store.keys("nobody:"), [], "the keys of nobody:");
    },
  },
  {
    name: "a prefix is text, not a pattern",
    async work(area) {
      const store = await area.open();
      await store.set("a-b:1", "value");
      await store.set("axb:1", "value");
      for (const prefix of ["a_b:", "a.b:", "a*:", "a%:", "[a]:", "a?b:"]) {
        same(await store.keys(prefix), [], `the keys of ${prefix}`);
      }
    },
  },
  {
    name: "what was removed is no longer listed",
    async work(area) {
      const store = await area.open();
      for (const key of ["job:a", "job:b", "job:c"]) await store.set(key, "value");
      await store.remove("job:b");
      same(await store.keys(), ["job:a", "job:c"], "the keys");
      same(await store.keys("job:"), ["job:a", "job:c"], "the keys of job:");
    },
  },
  {
    name: "reading what is not there does not make it listed",
    async work(area) {
      const store = await area.open();
      await store.expect("absent", null);
      await store.remove("absent");
      same(await store.keys(), [], "the keys");
    },
  },
  {
    name: "eleven hundred keys are listed, and all can be read",
    async work(area) {
      const store = await area.open();
      const keys = range(1100).map((index) => `many:${String(index).padStart(4, "0")}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(keys.slice(start, start + 50).map((key) => store.set(key, `value of ${key}`)));
      }
      await store.set("few:1", "value");
      same(await store.keys("many:"), keys, "the keys of many:");
      same((await store.keys()).length, 1101, "the number of all keys");
      const read = await Promise.all(keys.map((key) => store.get(key)));
      same(
        read,
        keys.map((key) => `value of ${key}`),
        "the values",
      );
    },
  },
  {
    name: "the list is the caller's: changing it changes no data",
    async work(area) {
      const store = await area.open();
      await store.set("a", "value");
      const list = (await store.store.getKeys()) as string[];
      list.length = 0;
      same(await store.keys(), ["a"], "the keys");
    },
  },
];
