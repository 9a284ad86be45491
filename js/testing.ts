// `batchwise/testing`: what a store must keep, as cases that run anywhere, without a test framework.
import { keyCases } from "./testing/keys.js";
import { lastingCases } from "./testing/lasting.js";
import { listingCases } from "./testing/listing.js";
import { Area, type CaseOf, type StoreFactory } from "./testing/probe.js";
import { racingCases } from "./testing/racing.js";
import { swapCases, swaplessCases } from "./testing/swaps.js";
import { valueCases } from "./testing/values.js";

export type { StoreFactory } from "./testing/probe.js";

/** What a store says of itself. */
export interface StoreTestOptions {
  /** Whether it has `compareAndSwap`. Default true. */
  swap?: boolean;
  /**
   * Which text it keeps. "any" (default): every key and value that `Store` allows. "journal": only what this
   * package itself writes, which is keys of segments and values that never look like JSON. An `unstorage` instance
   * takes "journal", because it parses values and rewrites keys.
   */
  text?: "any" | "journal";
}

/** One thing that must hold, for any test runner. `run` rejects where it does not. */
export interface StoreCase {
  readonly name: string;
  run(): Promise<void>;
}

/** How a case went. */
export interface StoreTestResult {
  readonly name: string;
  readonly ok: boolean;
  /** What did not hold. */
  readonly error?: Error;
}

/** No case may take longer. */
const LIMIT_MS = 60_000;

/** Every case, to be handed to a test runner: `for (const { name, run } of storeCases(open)) test(name, run)`. */
export function storeCases(open: StoreFactory, options: StoreTestOptions = {}): StoreCase[] {
  const { swap = true, text = "any" } = options;
  const cases: CaseOf[] = [...valueCases, ...keyCases(text), ...listingCases, ...lastingCases, ...racingCases];
  cases.push(...(swap ? swapCases : swaplessCases));
  const run = Date.now().toString(36);
  return cases.map(({ name, work }, index) => ({
    name,
    run: () => limited(() => work(new Area(open, `${run}-${index + 1}`, text === "journal"))),
  }));
}

/**
 * Runs every case against a store, one after the other, and answers how each went; `report` hears of each as it ends.
 * `open(area)` gives the store over the data called `area`: empty the first time, a second instance over the same
 * data when it is called with the same name again.
 */
export async function testStore(
  open: StoreFactory,
  options: StoreTestOptions & { report?: (result: StoreTestResult) => void } = {},
): Promise<StoreTestResult[]> {
  const results: StoreTestResult[] = [];
  for (const { name, run } of storeCases(open, options)) {
    const result = await run().then(
      (): StoreTestResult => ({ name, ok: true }),
      (thrown: unknown) => ({ name, ok: false, error: thrown instanceof Error ? thrown : new Error(String(thrown)) }),
    );
    results.push(result);
    options.report?.(result);
  }
  return results;
}

async function limited(work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
