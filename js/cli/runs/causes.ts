// Why rows failed, and which of them are sent again.
import type { MessageBatchIndividualResponse } from "batchwise";

/** Errors that the same request meets again. */
const FOR_GOOD = new Set(["invalid_request_error", "not_found_error", "request_too_large"]);

/** What became of a row, in words that `--cause` knows: the outcome, the type of the error, why the model stopped. */
export interface Fate {
  readonly succeeded: boolean;
  readonly causes: readonly string[];
  /** Sent again as it is, it would fail again. */
  readonly forGood: boolean;
}

/** Reads the fate of a request out of its line; null is no line. */
export function fateOf(line: string | null): Fate {
  if (line === null) return { succeeded: false, causes: ["missing"], forGood: false };
  const { result } = JSON.parse(line) as MessageBatchIndividualResponse;
  if (result.type === "errored") {
    const { type } = result.error.error;
    return { succeeded: false, causes: ["errored", type], forGood: FOR_GOOD.has(type) };
  }
  if (result.type !== "succeeded") return { succeeded: false, causes: [result.type], forGood: false };
  const { stop_reason } = result.message;
  const causes = stop_reason === "max_tokens" ? ["truncated", "max_tokens"] : [stop_reason ?? ""];
  return { succeeded: true, causes, forGood: false };
}

/** What is changed in a request before it is sent again. */
export interface Change {
  readonly maxTokens?: number | undefined;
  readonly model?: string | undefined;
}

/** Whether a row is sent again. Without causes: what failed and may pass now; with more tokens also what was cut off. */
export function isWanted(fate: Fate, causes: readonly string[], change: Change): boolean {
  if (causes.length > 0) return fate.causes.some((cause) => causes.includes(cause));
  if (fate.succeeded) return change.maxTokens !== undefined && fate.causes.includes("truncated");
  return !fate.forGood || change.model !== undefined || change.maxTokens !== undefined;
}
