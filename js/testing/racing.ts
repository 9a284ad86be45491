// Many at once: nothing is lost, and nothing is seen half.
import { type CaseOf, range, same } from "./probe.js";

export const racingCases: readonly CaseOf[] = [
  {
    name: "a hundred keys written at once are all there",
    async work(area) {
      const store = await area.open();
      await Promise.all(range(100).map((index) => store.set(`key:${index}`, `value ${index}`)));
      const values = await Promise.all(range(100).map((index) => store.get(`key:${index}`)));
      same(
        values,
        range(100).map((index) => `value ${index}`),
        "the values",
      );
      same((await store.keys("key:")).length, 100, "the number of keys");
    },
  },
  {
    name: "one key written many times at once holds one of the values, whole",
    async work(area) {
      const store = await area.open();
      const values = range(20).map((index) => `v${String.fromCharCode(97 + index).repeat(20_000)}`);
      await Promise.all(values.map((value) => store.set("key", value)));
      const found = await store.get("key");
      if (!values.includes(String(found))) throw new Error("the value is none of those that were written");
    },
  },
  {
    name: "a reader sees the value before or the value after, never a mixture",
    async work(area) {
      const [writer, reader] = [await area.open(), await area.open()];
      const values = ["a", "b"].map((letter) => `v${letter.repeat(60_000)}`);
      await writer.set("key", String(values[0]));
      let writing = true;
      const read = async (): Promise<void> => {
        while (writing) {
          const found = await reader.get("key");
          if (!values.includes(String(found))) throw new Error("the value is none of those that were written");
          await turn();
        }
      };
      const write = async (): Promise<void> => {
        for (const index of range(30)) await writer.set("key", String(values[index % 2]));
      };
      await Promise.all([write().finally(() => (writing = false)), read()]);
    },
  },
  {
    name: "writing and removing different keys at once does not mix them up",
    async work(area) {
      const store = await area.open();
      await Promise.all(range(40).map((index) => store.set(`key:${index}`, "before")));
      const change = (index: number): Promise<void> =>
        index % 2 === 0 ? store.remove(`key:${index}`) : store.set(`key:${index}`, "after");
      await Promise.all(range(40).map(change));
      const values = await Promise.all(range(40).map((index) => store.get(`key:${index}`)));
      same(
        values,
        range(40).map((index) => (index % 2 === 0 ? null : "after")),
        "the values",
      );
    },
  },
];

/** Lets everybody else have a turn, also where the store answers at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
