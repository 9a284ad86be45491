// A key is the name of one value, whatever it looks like.
import { type CaseOf, range, same } from "./probe.js";

/** Keys that must not meet: each keeps its own value, is listed as it was given, and is removed alone. */
const apart = (name: string, ...keys: string[]): CaseOf => ({
  name,
  async work(area) {
    const store = await area.open();
    for (const [index, key] of keys.entries()) await store.set(key, `value ${index}`);
    for (const [index, key] of keys.entries()) await store.expect(key, `value ${index}`);
    same(await store.keys(), [...keys].sort(), "the keys");
    const [first, ...others] = keys;
    await store.remove(String(first));
    same(await store.keys(), [...others].sort(), "the keys without the first");
    await store.expect(String(first), null);
  },
});

const segments: readonly CaseOf[] = [
  apart("keys are segments joined by colons", "job:a:log", "job:b:log", "job:a:lease", "other"),
  apart("digits, dashes and underscores in keys are themselves", "a-1", "a_1", "a1", "1", "01", "1e3"),
  apart("keys of 120 bytes that differ at their end are two", `${"k".repeat(119)}a`, `${"k".repeat(119)}b`),
  apart("keys named like things of the language are keys", "__proto__", "constructor", "toString", "length", "null"),
];

const anything: readonly CaseOf[] = [
  apart("capital and small letters make different keys", "key", "Key", "KEY"),
  apart("a key may continue another", "a", "a:b", "a:b:c", "a/b", "a/b/c"),
  apart(
    "slashes, dots and backslashes name nothing else",
    "../a",
    "a/../b",
    "/a",
    "./a",
    "a\\b",
    "..",
    ".",
    "a.",
    ".a",
  ),
  apart("colons and slashes may stand anywhere", ":", "::", ":a", "a:", "a::b", "/", "//", "a//b"),
  apart("blanks and line ends in keys stay", " ", "a b", " a", "a ", "a\nb", "a\tb", "a\r\nb"),
  apart("escapes in keys are not read", "%2f", "/", "%", "%25", "a+b", "a%20b", "a?b", "a#b", "a&b=c"),
  apart("quotes and patterns in keys are themselves", `'`, `"`, "*", "[a]", "{a}", "a%", "a_", "$", "^a", "a|b", "<a>"),
  apart("keys of every script are keys", "ключ", "鍵", "مفتاح", "🔑", "\u{10ffff}"),
  apart("keys are not normalised", "\u00e9", "e\u0301", "\u212b", "\u00c5"),
  apart("names that a system reserves are keys", "con", "nul", "aux.txt", "lpt1", "desktop.ini", "~", "index"),
  apart("keys of 512 bytes that differ at one end are two", ...["a", "b"].map((end) => "k".repeat(511) + end)),
  apart("512 bytes of long characters are a key", `${"鍵".repeat(170)}ab`, `${"鍵".repeat(170)}ac`),
  {
    name: "every character of ASCII makes a key of its own",
    async work(area) {
      const store = await area.open();
      const keys = range(127).map((code) => `x${String.fromCharCode(code + 1)}`);
      await Promise.all(keys.map((key, index) => store.set(key, `value ${index}`)));
      for (const [index, key] of keys.entries()) await store.expect(key, `value ${index}`);
      same(await store.keys(), [...keys].sort(), "the keys");
    },
  },
];

/** The cases about keys. */
export function keyCases(text: "any" | "journal"): readonly CaseOf[] {
  return text === "any" ? [...segments, ...anything] : segments;
}
