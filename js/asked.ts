// A question to the engine, asked in one breath.
import { fromFault } from "./fault.js";

/** What the engine answers, or its fault in this package's words. */
export function asked<T>(question: () => T): T {
  try {
    return question();
  } catch (fault) {
    throw fromFault(fault);
  }
}
