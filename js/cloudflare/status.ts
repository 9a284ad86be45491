// What is told of a job over HTTP.
import type { JobReport, Outcomes } from "../job-types.js";
import type { Usage } from "../types.js";
import type { Cause } from "./cause.js";
import type { OutputObject } from "./output.js";

/** A job at one moment: the answer of `GET /jobs/:id`. */
export interface JobStatus {
  readonly id: string;
  readonly state: "running" | "paused" | "done";
  readonly canceling: boolean;
  /** Why it stands still. It goes on by itself when that is mended. */
  readonly causes: readonly (Cause & { readonly part?: number })[];
  /** Where its results lie; final for each row, and all there when the job is done. */
  readonly outputs: readonly OutputObject[];
  /** Null until it is done. */
  readonly account: JobAccount | null;
}

/** What a job came to. */
export interface JobAccount {
  readonly requestCount: number;
  readonly outcomes: Outcomes;
  /** The sum of all outcomes is the number of requests. */
  readonly isAccounted: boolean;
  readonly usage: Usage;
  /** USD; null when a model has no known price. */
  readonly cost: number | null;
  readonly batches: readonly string[];
  /** Answers that were paid for and are of no use. */
  readonly paidTwice: number;
  /** Ids that stood twice in results. */
  readonly duplicates: number;
}

/** A report in short. */
export function accountOf(report: Omit<JobReport, "id">): JobAccount {
  const { requestCount, outcomes, usage, cost, batches, paidTwice, duplicateIds } = report;
  const sum = Object.values(outcomes).reduce((all, count) => all + count, 0);
  return {
    ...{ requestCount, outcomes, usage, cost, batches },
    isAccounted: sum === requestCount,
    paidTwice: paidTwice.reduce((all, { ids }) => all + ids.length, 0),
    duplicates: duplicateIds.length,
  };
}
