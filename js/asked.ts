// A question to the engine, asked in one breath.
import { assertAlive, fromFault } from "./fault.js";

/** What the engine answers, or its fault in this package's words. */
export function asked<T>(question: () => T): T {
  assertAlive();
  try {
    return question();
  } catch (fault) {
    throw fromFault(fault);
  }
}
