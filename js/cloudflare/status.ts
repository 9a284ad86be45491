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

const NO_USAGE = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
} as Usage;

/** The account of requests that were never sent, because the job was canceled before. */
export function withdrawn(requestCount: number): JobAccount {
  const outcomes = { succeeded: 0, errored: 0, canceled: requestCount, expired: 0, missing: 0 };
  const nothing = { usage: NO_USAGE, cost: 0, batches: [], paidTwice: 0, duplicates: 0 };
  return { requestCount, outcomes, isAccounted: true, ...nothing };
}

/** The account of a job of many parts. */
export function sumOf(accounts: readonly JobAccount[]): JobAccount {
  const count = (of: (account: JobAccount) => number) => accounts.reduce((sum, account) => sum + of(account), 0);
  return {
    requestCount: count(({ requestCount }) => requestCount),
    outcomes: accounts.map(({ outcomes }) => outcomes).reduce(added, withdrawn(0).outcomes),
    isAccounted: accounts.every(({ isAccounted }) => isAccounted),
    usage: accounts.map(({ usage }) => usage).reduce(added, NO_USAGE),
    cost: accounts.some(({ cost }) => cost === null) ? null : count(({ cost }) => cost ?? 0),
    batches: accounts.flatMap(({ batches }) => batches),
    paidTwice: count(({ paidTwice }) => paidTwice),
    duplicates: count(({ duplicates }) => duplicates),
  };
}

/** Every number of one with its like of the other, at any depth. */
function added<T extends object>(one: T, other: T): T {
  const sum: Record<string, unknown> = { ...(one as Record<string, unknown>) };
  for (const [name, value] of Object.entries(other)) {
    const before = sum[name];
    if (typeof value === "number") sum[name] = (typeof before === "number" ? before : 0) + value;
    else if (value && typeof value === "object") sum[name] = added((before ?? {}) as object, value as object);
  }
  return sum as T;
}
