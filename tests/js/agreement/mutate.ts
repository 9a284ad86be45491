// One mistake at a time, everywhere in a request: what people and programs get wrong, without knowing what it means.
import type { Json, Params } from "./parts.js";

/** A request with one mistake, or with something unusual that is none. */
export interface Mutant {
  readonly kind: Kind;
  /** Where, as a JSON Pointer into the parameters. */
  readonly at: string;
  /** What is there now. */
  readonly now: string;
  readonly params: Params;
}

export type Kind = "drop" | "retype" | "range" | "replace" | "misspell" | "misplace" | "extra" | "insert";

type Path = readonly (string | number)[];

/** Every mutant of `params`. */
export function* mutants(params: Params): Generator<Mutant> {
  for (const { path, value } of nodes(params)) {
    const made = (kind: Kind, now: Json | undefined, change: (copy: Params) => void): Mutant => {
      const copy = structuredClone(params);
      change(copy);
      return { kind, at: pointer(path), now: brief(now), params: copy };
    };
    const set = (kind: Kind, next: Json): Mutant => made(kind, next, (copy) => put(copy, path, next));
    if (path.length > 0) {
      for (const other of VALUES) if (kindOf(other) !== kindOf(value)) yield set("retype", other);
      for (const other of beyond(value)) yield set("range", other);
      if (typeof value === "string") for (const other of replacements(value)) yield set("replace", other);
      const key = path.at(-1) as string | number;
      const parent = path.slice(0, -1);
      if (typeof key === "string") {
        yield made("drop", undefined, (copy) => delete object(copy, parent)[key]);
        for (const wrong of misspelt(key)) {
          yield made("misspell", wrong, (copy) => {
            const holder = object(copy, parent);
            holder[wrong] = holder[key] as Json;
            delete holder[key];
          });
        }
        for (const to of places(params, path)) {
          yield made("misplace", pointer(to), (copy) => {
            object(copy, to)[key] = value;
            delete object(copy, parent)[key];
          });
        }
      }
    }
    if (Array.isArray(value)) {
      for (const item of [...VALUES, ...BLOCKS]) {
        yield made("insert", item, (copy) => (at(copy, path) as Json[]).push(item));
      }
    } else if (isObject(value)) {
      for (const [key, more] of EXTRA) {
        if (!(key in value)) yield made("extra", key, (copy) => (object(copy, path)[key] = more));
      }
    }
  }
}

/** One value of each type, none of them likely to be meant. */
const VALUES: readonly Json[] = [null, true, 7, "text", [], {}];

/** Blocks and turns that belong somewhere, only mostly not where they are put. */
const BLOCKS: readonly Json[] = [
  { type: "text", text: "More." },
  { type: "image", source: { type: "url", url: "https://example.com/b.png" } },
  { type: "document", source: { type: "url", url: "https://example.com/b.pdf" } },
  { type: "tool_use", id: "toolu_99", name: "get_weather", input: {} },
  { type: "tool_result", tool_use_id: "toolu_99", content: "x" },
  { type: "thinking", thinking: "Hm.", signature: "c2ln" },
  { type: "server_tool_use", id: "srvtoolu_99", name: "web_search", input: {} },
  { role: "user", content: "One more." },
  { role: "assistant", content: "One more." },
  { role: "system", content: "One more." },
  { name: "another", input_schema: { type: "object" } },
];

/** Keys that exist somewhere, and one that exists nowhere. */
const EXTRA: readonly (readonly [string, Json])[] = [
  ["extra_key", 1],
  ["_internal", null],
  ["name", "x"],
  ["cache_control", { type: "ephemeral" }],
  ["citations", { enabled: true }],
  ["title", "x"],
  ["stream", true],
  ["speed", "fast"],
  ["betas", ["x"]],
  ["temperature", 0.5],
  ["mcp_servers", []],
  ["context_management", {}],
  ["thread", { type: "create" }],
  ["output_format", null],
  ["clear_at", "never"],
  ["block_binding", {}],
];

/** Values of the right type at the ends of what any field may hold. */
function beyond(value: Json): Json[] {
  if (typeof value === "number") return [-1, 0, 1, 1.5, 10_000_000];
  if (typeof value === "string") return ["", " ", "x".repeat(600)];
  if (Array.isArray(value)) return value.length > 0 ? [[], [...value, value[0] as Json]] : [];
  return [];
}

/** Words that look like the right one: enums, types, names and ids are full of them. */
function replacements(value: string): string[] {
  const wrong = [`${value}_v2`, value.toUpperCase(), "bogus"];
  const others = WORDS.filter((word) => word !== value);
  return [...wrong.filter((word) => word !== value), ...(/^[a-z][a-z0-9_]{2,39}$/.test(value) ? others : [])];
}

const WORDS = ["text", "assistant", "user", "system", "tool_use", "image", "url", "base64", "auto", "disabled"];

function misspelt(key: string): string[] {
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [key.slice(0, -1), `${key}s`, camel, `${key[1] ?? ""}${key[0] ?? ""}${key.slice(2)}`].filter(
    (wrong, index, all) => wrong !== "" && wrong !== key && all.indexOf(wrong) === index,
  );
}

/** Objects near a key where somebody might put it by mistake: above its own, and the one above that. */
function places(params: Params, path: Path): Path[] {
  const found: Path[] = [];
  for (let end = path.length - 2; end >= 0 && found.length < 2; end--) {
    const above = path.slice(0, end);
    const holder = at(params, above);
    if (isObject(holder) && !(String(path.at(-1)) in holder)) found.push(above);
  }
  return found;
}

function* nodes(value: Json, path: Path = []): Generator<{ path: Path; value: Json }> {
  yield { path, value };
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* nodes(item, [...path, index]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* nodes(item, [...path, key]);
}

function at(root: Json, path: Path): Json {
  return path.reduce<Json>((value, step) => (value as Record<string | number, Json>)[step] as Json, root);
}

function object(root: Json, path: Path): Params {
  return at(root, path) as Params;
}

function put(root: Params, path: Path, value: Json): void {
  (at(root, path.slice(0, -1)) as Record<string | number, Json>)[path.at(-1) as string | number] = value;
}

function pointer(path: Path): string {
  return path.map((step) => `/${step}`).join("");
}

function isObject(value: Json | undefined): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function brief(value: Json | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
