// A value reads back as it was written, whatever it looks like.
import { type Area, type CaseOf, failure, same } from "./probe.js";

const MOST_BYTES = 65_536;

const round = (name: string, ...values: string[]): CaseOf => ({
  name,
  async work(area) {
    const store = await area.open();
    for (const [index, value] of values.entries()) {
      const text = area.text(value);
      await store.set(`round:${index}`, text);
      await store.expect(`round:${index}`, text);
    }
    // All of them again, from another instance: a cache in front of the data would hide what the data makes of them.
    const again = await area.open();
    for (const [index, value] of values.entries()) await again.expect(`round:${index}`, area.text(value));
  },
});

/** A value of exactly the most bytes, made of one piece of text again and again. */
function full(area: Area, piece: string): string {
  const bytes = new TextEncoder().encode(piece).length;
  const start = area.text("");
  const count = Math.floor((MOST_BYTES - start.length) / bytes);
  return start + piece.repeat(count) + "x".repeat(MOST_BYTES - start.length - count * bytes);
}

const filled = (name: string, piece: string): CaseOf => ({
  name,
  async work(area) {
    const value = full(area, piece);
    const store = await area.open();
    await store.set("full", value);
    await store.expect("full", value);
    await (await area.open()).expect("full", value);
  },
});

export const valueCases: readonly CaseOf[] = [
  {
    name: "a key that was never written reads as null",
    work: async (area) => (await area.open()).expect("absent", null),
  },
  round("a value reads back as it was written", "one", "two words", "a-b_c.d"),
  {
    name: "a value that is written over reads as the last one",
    async work(area) {
      const store = await area.open();
      for (const value of ["first", "second, which is longer", "third"]) await store.set("key", value);
      await store.expect("key", "third");
    },
  },
  {
    name: "a value that was removed reads as null",
    async work(area) {
      const store = await area.open();
      await store.set("key", "value");
      await store.remove("key");
      await store.expect("key", null);
    },
  },
  {
    name: "removing twice, or what never was, is no error",
    async work(area) {
      const store = await area.open();
      await store.remove("never");
      await store.set("key", "value");
      await store.remove("key");
      await store.remove("key");
      await store.expect("key", null);
    },
  },
  {
    name: "a key that was removed can be written again",
    async work(area) {
      const store = await area.open();
      await store.set("key", "before");
      await store.remove("key");
      await store.set("key", "after");
      await store.expect("key", "after");
    },
  },
  {
    name: "writing and removing one key leaves the others alone",
    async work(area) {
      const store = await area.open();
      for (const key of ["a", "b", "c"]) await store.set(key, `value of ${key}`);
      await store.set("b", "changed");
      await store.remove("c");
      await store.expect("a", "value of a");
      await store.expect("b", "changed");
      await store.expect("c", null);
    },
  },
  round("an empty value is a value", ""),
  round("text that looks like a JSON object stays text", '{"a":1}', "{}", '{"__proto__":{"a":1}}', '{"b":'),
  round("text that looks like a JSON array stays text", "[1,2]", "[]", " [1]"),
  round("text in quotes keeps them", '"quoted"', '"', '""', "'single'"),
  round("text that looks like a number stays text", "42", "-0", "007", "1e400", "12345678901234567890", "0x10", "1.0"),
  round("text that looks like true, false or nothing stays text", "true", "FALSE", "null", "undefined", "NaN"),
  round("blanks at both ends stay", " a ", "\ta\t", "\na\n", "   "),
  round("line ends stay as they are", "a\nb", "a\r\nb", "a\rb", "a\u2028b\u2029c\u0085d"),
  round("control characters and NUL stay", "a\u0000b", "\u0001\u001b\u007f", "\u0000"),
  round("letters of every script stay", "äöüß", "Ελληνικά", "日本語", "עברית العربية", "ไทย"),
  round("characters outside the basic plane stay", "😀", "👩‍👩‍👧‍👦", "𝔘𝔫𝔦", "\u{10ffff}"),
  round("text is not normalised", "\u00e9", "e\u0301", "\ufb01", "\u212b"),
  round("a byte order mark stays", "\ufeffa", "a\ufeff", "\ufffe\uffff\ufffd"),
  round("escapes are not read", "%2F%00", "\\n\\u0041", "&amp;", "a+b%20c", "$(a)", "'; drop table"),
  filled("64 KiB of plain letters stay whole", "abcdefgh"),
  filled("64 KiB of two-byte characters stay whole", "ä"),
  filled("64 KiB of three-byte characters stay whole", "語"),
  filled("64 KiB of four-byte characters stay whole", "😀"),
  filled("64 KiB of plain letters and a few others stay whole", `${"a".repeat(5000)}語`),
  {
    name: "a value that is too large is refused or kept whole, never cut",
    async work(area) {
      const store = await area.open();
      const large = area.text("z".repeat(3 * 1024 * 1024));
      await store.set("key", "before");
      const refused = await failure(() => store.set("key", large));
      await store.expect("key", refused ? "before" : large);
      const fresh = await failure(() => store.set("fresh", large));
      await store.expect("fresh", fresh ? null : large);
      same(await store.keys(), fresh ? ["key"] : ["fresh", "key"], "the keys");
    },
  },
];
