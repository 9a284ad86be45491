// What is in the way of a job, as plain data.
import { BatchwiseError, InvalidRequestsError } from "../errors.js";
import type { ErrorCode } from "../generated.js";

/** Why a job stands still. */
export interface Cause {
  readonly code: ErrorCode;
  /** For people. It names no secret and no content. */
  readonly message: string;
  /** The line of the input that cannot be sent, where one is to blame. */
  readonly line?: number;
}

/** Longer messages are cut. */
const MOST_CHARACTERS = 500;

const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

/** How long to stand still before looking whether it is mended, after so many pauses in a row. */
export function pauseOf(pauses: number): number {
  return Math.min(SHORTEST_PAUSE_MS * 2 ** Math.min(pauses, 10), LONGEST_PAUSE_MS);
}

/** What `error` says. */
export function causeOf(error: unknown): Cause {
  if (!(error instanceof BatchwiseError)) {
    const words = error instanceof Error ? error.message : String(error);
    return { code: "internal/bug", message: words.slice(0, MOST_CHARACTERS) };
  }
  const message = error.message.slice(0, MOST_CHARACTERS);
  const line = error instanceof InvalidRequestsError ? error.violations[0]?.line : undefined;
  return { code: error.code, message, ...(line === undefined ? {} : { line }) };
}
