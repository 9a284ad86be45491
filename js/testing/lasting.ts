// What was written is there for whoever opens the same data.
import { type CaseOf, same } from "./probe.js";

export const lastingCases: readonly CaseOf[] = [
  {
    name: "another instance over the same data reads what was written",
    async work(area) {
      const first = await area.open();
      await first.set("a", "one");
      await first.set("b", "two");
      const second = await area.open();
      await second.expect("a", "one");
      await second.expect("b", "two");
      same(await second.keys(), ["a", "b"], "the keys");
    },
  },
  {
    name: "the last of many writes is the one that lasts",
    async work(area) {
      const first = await area.open();
      for (let count = 1; count <= 50; count += 1) await first.set("count", `number ${count}`);
      await (await area.open()).expect("count", "number 50");
    },
  },
  {
    name: "a removal lasts",
    async work(area) {
      const first = await area.open();
      await first.set("a", "one");
      await first.set("b", "two");
      await first.remove("a");
      const second = await area.open();
      await second.expect("a", null);
      same(await second.keys(), ["b"], "the keys");
    },
  },
  {
    name: "two instances see each other's writes at once",
    async work(area) {
      const [first, second] = [await area.open(), await area.open()];
      for (let count = 1; count <= 10; count += 1) {
        await first.set("ping", `number ${count}`);
        await second.expect("ping", `number ${count}`);
        await second.set("pong", `number ${count}`);
        await first.expect("pong", `number ${count}`);
      }
      await second.remove("ping");
      await first.expect("ping", null);
      same(await first.keys(), ["pong"], "the keys");
    },
  },
  {
    name: "stores over different data do not see each other",
    async work(area) {
      const [here, there] = [await area.open(), await area.openOther()];
      await here.set("key", "here");
      await there.expect("key", null);
      same(await there.keys(), [], "the keys there");
      await there.set("key", "there");
      await there.remove("key");
      await here.expect("key", "here");
    },
  },
];
