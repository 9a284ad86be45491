// One way to write a case, for every runtime. A file in suites/ calls `test`; a runner in run/ hands the cases to
// node:test, to Deno.test, or runs them in a page.
import { assert } from "chai";

export { assert };

/** A case: what must hold, as a sentence, and how to show it. */
export interface Case {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** No case may take longer, on however busy a machine; one that hangs fails with its name. */
const LIMIT_MS = 180_000;

const registered: Case[] = [];
const names = new Set<string>();

/** Registers a case. */
export function test(name: string, run: () => void | Promise<void>): void {
  if (names.has(name)) throw new Error(`two cases are called "${name}"`);
  names.add(name);
  registered.push({ name, run: () => limited(run) });
}

/** Every case, in the order of its registration. */
export function cases(): readonly Case[] {
  return registered;
}

/** The error that `work` ends with. Fails where it does not end with one. */
export async function rejection(work: Promise<unknown> | (() => unknown)): Promise<Error & Record<string, unknown>> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    assert.instanceOf(error, Error);
    return error as Error & Record<string, unknown>;
  }
  throw new Error("an error was expected, and none came");
}

/** Everything an iterable gives. */
export async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The address of a real HTTP emulator, started for this run. */
export function serverUrl(): string {
  const url = (globalThis as { batchwiseServer?: string }).batchwiseServer;
  if (!url) throw new Error("this run has no server");
  return url;
}

async function limited(run: () => void | Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
