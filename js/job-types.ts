// What is told of a job: while it runs, and at its end.
import type { BadLine } from "./results.js";
import type { Usage } from "./types.js";

/** How requests ended, as counts. */
export interface Outcomes {
  readonly succeeded: number;
  readonly errored: number;
  readonly canceled: number;
  readonly expired: number;
  /** Not in the results of their batch; never sent again. */
  readonly missing: number;
  /** In a line of the results that cannot be read; absent where there are none. */
  readonly unreadable?: number;
  /** In a line of the results that is longer than is kept; absent where there are none. */
  readonly oversized?: number;
  /** Ended in a way this version does not know; absent where there are none. */
  readonly unknown?: number;
}

/** Where a part stands; the states of ARCHITECTURE.md. */
export type PartState =
  | "planned"
  | "marking"
  | "sending"
  | "uncertain"
  | "processing"
  | "ended"
  | "harvesting"
  | "done"
  | "dropped";

/** Requests of a batch by state. */
export type BatchCounts = Readonly<Record<"processing" | "succeeded" | "errored" | "canceled" | "expired", number>>;

/** One create call's worth of requests, at one moment. Times are milliseconds since 1970, by the API's clock. */
export interface PartProgress {
  readonly index: number;
  /** The pass it belongs to, from 1. */
  readonly round: number;
  readonly state: PartState;
  readonly requestCount: number;
  readonly bodyBytes: number;
  readonly batchId: string | null;
  /** Whether its batch was told of the wish to cancel. */
  readonly canceling: boolean;
  /** The API's own counts. All requests stay in `processing` until the whole batch ends. */
  readonly counts: BatchCounts | null;
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
  readonly endedAt: number | null;
}

/** A job at one moment. */
export interface JobProgress {
  readonly id: string;
  readonly state: "running" | "done" | "failed";
  readonly canceling: boolean;
  readonly requestCount: number;
  /** Requests that have their final outcome. */
  readonly finished: number;
  readonly round: number;
  readonly outcomes: Outcomes;
  /** USD so far, from reported usage; null when a model has no known price. */
  readonly cost: number | null;
  readonly parts: readonly PartProgress[];
}

/** The account of a job. */
export interface JobReport {
  readonly id: string;
  readonly requestCount: number;
  /**
   * Requests whose outcome is that of another, which is the same and was sent in their stead; see `dedupe`. Usage and cost
   * count what was sent.
   */
  readonly merged: number;
  readonly outcomes: Outcomes;
  /** Passes made, the first one included. */
  readonly rounds: number;
  /** Ids of the batches, in the order of their parts. */
  readonly batches: readonly string[];
  readonly usage: Usage;
  /** USD, computed from reported usage and the dated price table; null when a model has no known price. */
  readonly cost: number | null;
  readonly badLines: readonly BadLine[];
  readonly missing: readonly string[];
  readonly unknownIds: readonly string[];
  readonly duplicateIds: readonly string[];
  /** Ids whose further lines, in the same download or in a later one, say something else than the first, which counts. */
  readonly conflictingIds: readonly string[];
  /** Where a results file says something else than its batch: the API's counts, and what was read. The ids decide. */
  readonly discrepancies: readonly Discrepancy[];
  /** Batches whose results were archived or deleted before they were read; their requests are `missing`. */
  readonly gone: readonly string[];
  /**
   * Answers that were paid for and are of no use, found in batches whose creates had gone unanswered and were sent
   * again. Empty while the two conditions of `settleMs` hold.
   */
  readonly paidTwice: readonly PaidTwice[];
  /** Batches that may hold such answers and had not ended an hour after the job. */
  readonly unchecked: readonly string[];
  /** Why failures that might have passed were not sent again; null when there was no reason to stop. */
  readonly stopped: string | null;
}

/** Answers that were paid for and are of no use. */
export interface PaidTwice {
  readonly batch: string;
  readonly ids: readonly string[];
  readonly tokens: { readonly input: number; readonly output: number };
}

/** A results file that does not say what its batch says. */
export interface Discrepancy {
  readonly part: number;
  readonly batch: string;
  readonly said: BatchCounts;
  readonly read: BatchCounts;
}

/** A job as plain JSON: no bodies, no prompts, no key. */
export interface Snapshot {
  readonly version: number;
  readonly jobId: string;
  readonly [field: string]: unknown;
}

/** Something worth telling while a job runs. */
export type JobEvent =
  | { readonly type: "created"; readonly part: number; readonly batchId: string; readonly adopted: boolean }
  | { readonly type: "uncertain" | "settled" | "split" | "ended"; readonly part: number }
  | { readonly type: "reread"; readonly part: number; readonly missing: number }
  /** The store has no `compareAndSwap`: nothing but your own care keeps a second owner of the job out. */
  | { readonly type: "singleOwner" }
  /** `goOn` is what happens where nobody decides: false where more than half of the pilot failed for good. */
  | { readonly type: "pilot"; readonly goOn: boolean }
  /** The API asks for a wait of more than a quarter of an hour. */
  | { readonly type: "longWait"; readonly part: number; readonly askedMs: number }
  /** An answer with a status of success was not what the API sends. */
  | { readonly type: "unexpected"; readonly part: number; readonly why: string }
  /** A batch has a status this version does not know; it is taken for not ended. */
  | { readonly type: "unknownStatus"; readonly part: number; readonly status: string }
  /** A batch has not ended although its time is over. It is waited for, and nothing is sent again. */
  | { readonly type: "overdue"; readonly part: number; readonly batchId: string }
  /** Results are 21, then 27 days old and have not been read; they go away at `until`. */
  | {
      readonly type: "unharvested";
      readonly part: number;
      readonly batchId: string;
      readonly days: number;
      readonly until: number;
    }
  /** Results were archived or deleted before they were read; their requests end as missing. */
  | {
      readonly type: "resultsGone";
      readonly part: number;
      readonly batchId: string;
      readonly requests: number;
      readonly code: "results/gone";
    }
  /** A batch of ours was found that no part knew of: its create had gone unanswered and was sent again. */
  | {
      readonly type: "orphan";
      readonly part: number;
      readonly batchId: string;
      /** Requests that have their answer from it. */
      readonly rescued: number;
      /** Answers in it that were paid for nothing. */
      readonly paidTwice: number;
    }
  /** The search for such batches could not be finished. */
  | { readonly type: "unswept"; readonly why: string }
  /** Failures that might have passed stand, for `maxResubmitShare` is used up. */
  | { readonly type: "exhausted"; readonly requests: number }
  | { readonly type: "round"; readonly round: number; readonly requests: number }
  | { readonly type: "retrying"; readonly reason: string; readonly at: number };
