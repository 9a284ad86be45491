// What the rows of each part have used and cost, by where the job last had them.
import type { Snapshot } from "batchwise/slim";
import type { PartUse } from "../shared.js";
import type { Outcomes } from "./outcomes.js";

/** What of a snapshot says which requests went with which part. */
interface Account {
  readonly parts: readonly { readonly state: string; readonly requests: readonly (readonly [number, number])[] }[];
}

/** Sums over the rows of an attempt that have come, part by part. A row that was sent again counts where it was last. */
export function partUse(snapshot: Snapshot, kept: Uint32Array, outcomes: Outcomes, attempt: number): PartUse[] {
  const { parts } = snapshot as unknown as Account;
  const partOf = new Map<number, number>();
  for (const [index, { state, requests }] of parts.entries()) {
    if (state === "dropped") continue;
    for (const [first, count] of requests) {
      for (const row of kept.subarray(first, first + count)) partOf.set(row, index);
    }
  }
  const sums = parts.map((_, index) => ({ index, rows: 0, inputTokens: 0, outputTokens: 0, cost: 0 }));
  for (const [row, index] of partOf) {
    const sum = sums[index];
    if (!sum || outcomes.outcome[row] === 0 || outcomes.attempt[row] !== attempt) continue;
    sum.rows += 1;
    sum.inputTokens += outcomes.inputTokens[row] as number;
    sum.outputTokens += outcomes.outputTokens[row] as number;
    sum.cost += outcomes.cost[row] as number;
  }
  return sums.filter(({ rows }) => rows > 0).map((sum) => ({ ...sum, cost: Number.isNaN(sum.cost) ? null : sum.cost }));
}
