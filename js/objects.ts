// Whole objects from rows of which only the values that differ are told. The layout is that of `src/jsonl/values.rs`; a
// test compares the two lists of constants.
import { arrayMaker, type Make, makerOf } from "./literals.js";
import { engine } from "./start.js";
import { type StringBytes, Strings } from "./strings.js";
import type { MessageBatchIndividualResponse } from "./types.js";
import type { RawShape, Reader } from "./wasm/batchwise_bg.js";

const HEAD = 4;
const INTEGER = 0x40000000;
const JSON_SPAN = 0x80000000;
const NUMBER = 0xc0000000;

/** As many as the engine takes for known. */
const PLANS = 64;

/** Deeper lines are left to JSON.parse. */
const DEPTH = 100;

/** The objects of one reading. */
export class Objects {
  readonly #plans = new Map<number, Plan>();

  /** The objects of the bytes that were read last; undefined where there are none. Good until the next bytes. */
  page(reader: Reader): ObjectPage | undefined {
    const { memory } = engine();
    const [count = 0, lines = 0, words = 0, length = 0, strings = 0, pages = 0, pageWords = 0, shapes = 0] =
      new Uint32Array(memory.buffer, reader.view(), 8);
    if (count === 0) return undefined;
    if (shapes > 0) for (const shape of reader.take_shapes()) this.#learn(shape);
    const source = new InMemory(memory, lines, strings, new Uint32Array(memory.buffer, pages, pageWords).slice());
    const table = new Uint32Array(memory.buffer, words, length).slice();
    return new ObjectPage(count, table, new Strings(source), this.#plans);
  }

  #learn(shape: RawShape): void {
    const plan = planOf(shape);
    // What cannot be planned is left to JSON.parse, line by line.
    if (plan) this.#plans.set(shape.shape, plan);
    if (this.#plans.size <= PLANS) return;
    const [oldest] = this.#plans.keys();
    if (oldest !== undefined) this.#plans.delete(oldest);
  }
}

/** Bytes in the engine's memory, whose views end when it grows. */
class InMemory implements StringBytes {
  readonly pages: Uint32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #lines: number;
  readonly #strings: number;

  constructor(memory: WebAssembly.Memory, lines: number, strings: number, pages: Uint32Array) {
    this.#memory = memory;
    this.#lines = lines;
    this.#strings = strings;
    this.pages = pages;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#lines);
  }

  get strings(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#strings);
  }
}

/** The objects of one piece of the file, made in their order. */
class ObjectPage {
  readonly length: number;
  readonly isKept = false;
  readonly #words: Uint32Array;
  readonly #strings: Strings;
  readonly #plans: Map<number, Plan>;
  #next = 0;

  constructor(length: number, words: Uint32Array, strings: Strings, plans: Map<number, Plan>) {
    this.length = length;
    this.#words = words;
    this.#strings = strings;
    this.#plans = plans;
  }

  at(): MessageBatchIndividualResponse {
    return this.#made() as MessageBatchIndividualResponse;
  }

  #made(): unknown {
    const words = this.#words;
    const at = this.#next;
    const shape = words[at] as number;
    const slots = words[at + 3] as number;
    this.#next = at + HEAD + 2 * slots;
    const plan = shape === 0 ? undefined : this.#plans.get(shape);
    if (!plan) return this.#parsed(at);
    if (plan.isProved) return plan.made(words, at + HEAD, this.#strings);
    return this.#proved(shape, plan, at);
  }

  /** The first object of a plan, held against what JSON.parse makes of its line. */
  #proved(shape: number, plan: Plan, at: number): unknown {
    const parsed = this.#parsed(at);
    plan.isProved = isSame(plan.made(this.#words, at + HEAD, this.#strings), parsed);
    if (!plan.isProved) this.#plans.delete(shape);
    return parsed;
  }

  #parsed(at: number): unknown {
    return JSON.parse(this.#strings.line(this.#words[at + 1] as number, this.#words[at + 2] as number));
  }
}

interface Node {
  readonly make: Make;
  /** Its values stand from here on. */
  readonly from: number;
  /** It is itself a value there. */
  readonly to: number;
}

/** How objects of one shape are made: constants and slots in one list of values, containers inside out. */
class Plan {
  isProved = false;
  readonly #values: unknown[];
  readonly #targets: readonly number[];
  readonly #nodes: readonly Node[];

  constructor(values: unknown[], targets: readonly number[], nodes: readonly Node[]) {
    this.#values = values;
    this.#targets = targets;
    this.#nodes = nodes;
  }

  made(words: Uint32Array, at: number, strings: Strings): unknown {
    const values = this.#values;
    const targets = this.#targets;
    const nodes = this.#nodes;
    let word = at;
    for (let i = 0; i < targets.length; i++, word += 2) {
      const first = words[word] as number;
      const second = words[word + 1] as number;
      values[targets[i] as number] =
        second < INTEGER || (second >= JSON_SPAN && second < NUMBER)
          ? strings.at(first, second)
          : second < JSON_SPAN
            ? first
            : Number(strings.line(first, second - NUMBER));
    }
    for (let i = 0; i < nodes.length; i++) {
      const { make, from, to } = nodes[i] as Node;
      values[to] = make(values, from);
    }
    return values[0];
  }
}

/** The plan for a shape; undefined where its keys mean something of their own, or come twice. */
function planOf(shape: RawShape): Plan | undefined {
  const values: unknown[] = [undefined];
  const nodes: Node[] = [];
  const scalars: number[] = [];
  let members = 0;
  const place = (value: unknown, to: number, depth: number): boolean => {
    if (typeof value !== "object" || value === null) {
      values[to] = value;
      scalars.push(to);
      return true;
    }
    const isArray = Array.isArray(value);
    const keys = Object.keys(value);
    if (depth > DEPTH || (!isArray && keys.some((key) => key === "__proto__" || /^\d+$/.test(key)))) return false;
    if (!isArray) members += keys.length;
    const from = values.length;
    for (let i = 0; i < keys.length; i++) values.push(undefined);
    const inner: unknown[] = Object.values(value);
    if (!inner.every((member, i) => place(member, from + i, depth + 1))) return false;
    nodes.push({ make: isArray ? arrayMaker(keys.length) : makerOf(keys, value), from, to });
    return true;
  };
  if (!place(JSON.parse(shape.line), 0, 0) || members !== shape.keys) return undefined;
  return new Plan(
    values,
    Array.from(shape.slots, (slot) => scalars[slot] as number),
    nodes,
  );
}

/** Whether both are the same down to the order of their keys and the sign of a zero. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const [ours, theirs] = [Object.entries(a), Object.entries(b)];
  return (
    ours.length === theirs.length &&
    ours.every(([key, value], i) => key === theirs[i]?.[0] && isSame(value, theirs[i]?.[1]))
  );
}
