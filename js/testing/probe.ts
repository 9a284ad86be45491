// A store as the cases see it: every answer awaited, and its type looked at.
import type { Store } from "../store.js";

/** Opens a store over the data called `area`. The same name means the same data. */
export type StoreFactory = (area: string) => Store | Promise<Store>;

/** A case: what must hold, and how to show it. */
export interface CaseOf {
  readonly name: string;
  readonly work: (area: Area) => Promise<void>;
}

/** What one case works on: data of its own, empty at first. */
export class Area {
  readonly #factory: StoreFactory;
  readonly #name: string;
  readonly #framed: boolean;

  constructor(factory: StoreFactory, name: string, framed: boolean) {
    this.#factory = factory;
    this.#name = name;
    this.#framed = framed;
  }

  /** An instance over this case's data; each call gives another one over the same. */
  async open(): Promise<Probe> {
    return new Probe(await this.#factory(this.#name));
  }

  /** An instance over other data. */
  async openOther(): Promise<Probe> {
    return new Probe(await this.#factory(`${this.#name}-other`));
  }

  /** A value for this store: as it is, or so that it cannot be taken for JSON. */
  text(value: string): string {
    return this.#framed ? `v${value}` : value;
  }
}

/** One instance of a store. */
export class Probe {
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async get(key: string): Promise<string | null> {
    const value: unknown = await this.store.getItem(key);
    if (value === null || typeof value === "string") return value;
    throw new Error(`getItem answered ${typeof value} instead of text or null`);
  }

  async set(key: string, value: string): Promise<void> {
    await this.store.setItem(key, value);
  }

  async remove(key: string): Promise<void> {
    await this.store.removeItem(key);
  }

  /** The keys in order. */
  async keys(prefix?: string): Promise<string[]> {
    const keys: unknown = await (prefix === undefined ? this.store.getKeys() : this.store.getKeys(prefix));
    if (!Array.isArray(keys)) throw new Error("getKeys answered no array");
    return keys.map(String).sort();
  }

  async swap(key: string, expected: string | null, next: string | null): Promise<boolean> {
    if (!this.store.compareAndSwap) throw new Error("the store has no compareAndSwap");
    const done: unknown = await this.store.compareAndSwap(key, expected, next);
    if (typeof done !== "boolean") throw new Error(`compareAndSwap answered ${typeof done} instead of a boolean`);
    return done;
  }

  /** Fails where the value is not this one. */
  async expect(key: string, value: string | null): Promise<void> {
    same(await this.get(key), value, `the value of ${shown(key)}`);
  }
}

/** Fails where two things differ; compares texts, booleans, numbers, null, and lists of them. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what} should be ${shown(expected)}, and is ${shown(actual)}`);
}

/** The error that `work` ends with; null where it ends without one. */
export async function failure(work: () => Promise<unknown>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Numbers from 0 to below `count`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 60)}…${text.slice(-20)} (${text.length} characters)` : text;
}
