// compareAndSwap is one step, and exactly one of many wins.
import { type Area, type CaseOf, failure, type Probe, range, same } from "./probe.js";

/** Writes by swapping: expects `answer`, then looks at the value. */
async function swaps(store: Probe, from: string | null, to: string | null, answer: boolean): Promise<void> {
  const before = await store.get("key");
  same(await store.swap("key", from, to), answer, `the answer to a swap of ${from} for ${to}`);
  await store.expect("key", answer ? to : before);
}

/** Adds one by swapping, however often somebody else was quicker. */
async function increment(area: Area, store: Probe): Promise<void> {
  for (;;) {
    const held = await store.get("count");
    const count = held === null ? 0 : Number(held.slice(area.text("n").length));
    if (await store.swap("count", held, area.text(`n${count + 1}`))) return;
  }
}

/** All swap at once, each for a value of its own; answers the winner's. */
async function oneWins(stores: Probe[], from: string | null, race = "race"): Promise<string> {
  const values = stores.map((_, index) => `${race} won by ${index}`);
  const answers = await Promise.all(stores.map((store, index) => store.swap("key", from, String(values[index]))));
  const won = values.filter((_, index) => answers[index]);
  same(won.length, 1, "the number of winners");
  for (const store of new Set(stores)) await store.expect("key", String(won[0]));
  return String(won[0]);
}

export const swapCases: readonly CaseOf[] = [
  {
    name: "a swap for null creates what is not there",
    async work(area) {
      const store = await area.open();
      await swaps(store, null, "made", true);
      same(await store.keys(), ["key"], "the keys");
    },
  },
  {
    name: "a swap for null leaves what is there",
    async work(area) {
      const store = await area.open();
      await store.set("key", "there");
      await swaps(store, null, "other", false);
    },
  },
  {
    name: "a swap replaces exactly what it expects",
    async work(area) {
      const store = await area.open();
      await store.set("key", "first");
      await swaps(store, "first", "second", true);
      await swaps(store, "first", "third", false);
      await swaps(store, "second", "second", true);
      await swaps(store, "second", "", true);
      await swaps(store, "", "third", true);
    },
  },
  {
    name: "a swap that expects something finds nothing where nothing is",
    async work(area) {
      const store = await area.open();
      await swaps(store, "something", "other", false);
      await swaps(store, "", "other", false);
      same(await store.keys(), [], "the keys");
    },
  },
  {
    name: "a swap to null removes",
    async work(area) {
      const store = await area.open();
      await store.set("key", "there");
      await swaps(store, "other", null, false);
      await swaps(store, "there", null, true);
      await swaps(store, "there", null, false);
      same(await store.keys(), [], "the keys");
      await swaps(store, null, "again", true);
    },
  },
  {
    name: "a swap of nothing for nothing is true where nothing is",
    async work(area) {
      const store = await area.open();
      await swaps(store, null, null, true);
      await store.set("key", "there");
      await swaps(store, null, null, false);
    },
  },
  {
    name: "a swap compares every character",
    async work(area) {
      const store = await area.open();
      const lookalikes = ["a", "A", "a ", " a", "á", "a\u0301", "a\u0000", "a\n"].map((text) => area.text(text));
      for (const held of lookalikes) {
        await store.set("key", held);
        for (const other of lookalikes) if (other !== held) await swaps(store, other, "wrong", false);
        await swaps(store, held, "right", true);
      }
    },
  },
  {
    name: "a swap compares 64 KiB to the last character",
    async work(area) {
      const store = await area.open();
      const [held, other] = ["x", "y"].map((end) => `v${"a".repeat(65_534)}${end}`) as [string, string];
      await store.set("key", held);
      await swaps(store, other, "wrong", false);
      await swaps(store, held, other, true);
    },
  },
  {
    name: "a swap sees plain writes and removals, and they see it",
    async work(area) {
      const [first, second] = [await area.open(), await area.open()];
      await first.set("key", "set");
      await swaps(second, "set", "swapped", true);
      await first.expect("key", "swapped");
      await first.remove("key");
      await swaps(second, "swapped", "wrong", false);
      await swaps(second, null, "made", true);
      await first.set("key", "set again");
      await swaps(second, "made", "wrong", false);
    },
  },
  {
    name: "a swap of one key leaves the others alone",
    async work(area) {
      const store = await area.open();
      for (const key of ["key", "key2", "ke"]) await store.set(key, "same");
      await swaps(store, "same", "changed", true);
      await store.expect("key2", "same");
      await store.expect("ke", "same");
    },
  },
  {
    name: "a swap lasts",
    async work(area) {
      const store = await area.open();
      await store.swap("kept", null, "value");
      await store.set("gone", "value");
      await store.swap("gone", "value", null);
      const again = await area.open();
      await again.expect("kept", "value");
      same(await again.keys(), ["kept"], "the keys");
    },
  },
  {
    name: "a swap to a value that is too large is refused or whole, never cut",
    async work(area) {
      const store = await area.open();
      const large = area.text("z".repeat(3 * 1024 * 1024));
      await store.set("key", "before");
      const refused = await failure(() => store.swap("key", "before", large));
      await store.expect("key", refused ? "before" : large);
    },
  },
  {
    name: "of two who create at once, one wins",
    async work(area) {
      const store = await area.open();
      await oneWins([store, store], null);
    },
  },
  {
    name: "of a hundred who create at once, one wins",
    async work(area) {
      const store = await area.open();
      await oneWins(
        range(100).map(() => store),
        null,
      );
    },
  },
  {
    name: "of a hundred who replace at once, one wins",
    async work(area) {
      const store = await area.open();
      await store.set("key", "before");
      await oneWins(
        range(100).map(() => store),
        "before",
      );
    },
  },
  {
    name: "of many instances over the same data, one wins",
    async work(area) {
      const stores = await Promise.all(range(12).map(() => area.open()));
      const first = await oneWins(stores, null);
      await oneWins(stores, first, "second race");
    },
  },
  {
    name: "of two who remove at once, one wins",
    async work(area) {
      const [first, second] = [await area.open(), await area.open()];
      await first.set("key", "there");
      const answers = await Promise.all([first, second].map((store) => store.swap("key", "there", null)));
      same([...answers].sort(), [false, true], "the answers");
      await first.expect("key", null);
    },
  },
  {
    name: "no update is lost: a hundred additions from ten at once make a hundred",
    async work(area) {
      const stores = await Promise.all([area.open(), area.open()]);
      const adder = async (index: number): Promise<void> => {
        for (const _ of range(10)) await increment(area, stores[index % 2] as Probe);
      };
      await Promise.all(range(10).map(adder));
      await (stores[0] as Probe).expect("count", area.text("n100"));
    },
  },
  {
    name: "races for different keys do not disturb each other",
    async work(area) {
      const store = await area.open();
      const answers = await Promise.all(range(50).map((index) => store.swap(`key:${index}`, null, `value ${index}`)));
      same(
        answers,
        range(50).map(() => true),
        "the answers",
      );
      for (const index of range(50)) await store.expect(`key:${index}`, `value ${index}`);
    },
  },
  {
    name: "an owner whose lease was taken over can no longer renew it",
    async work(area) {
      const [old, young] = [await area.open(), await area.open()];
      same(await old.swap("lease", null, "epoch 1 of old"), true, "taking the lease");
      same(await young.swap("lease", "epoch 1 of old", "epoch 2 of young"), true, "taking it over");
      same(await old.swap("lease", "epoch 1 of old", "epoch 1 of old, renewed"), false, "renewing it");
      await old.expect("lease", "epoch 2 of young");
    },
  },
];

export const swaplessCases: readonly CaseOf[] = [
  {
    name: "a store that cannot compare and swap does not say it can",
    async work(area) {
      same(typeof (await area.open()).store.compareAndSwap, "undefined", "the type of compareAndSwap");
    },
  },
];
