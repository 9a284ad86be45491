// What the page and its worker say to each other.
import type { Estimate, JobEvent, JobProgress, JobReport, PlanPart } from "batchwise/slim";

/** Rows that the page is sent at once: a table's grid asks for as many, and has the first of them without asking. */
export const ROWS_AT_ONCE = 50;

/** How rows become requests: all that is typed in. */
export interface Settings {
  readonly prompt: string;
  readonly system: string;
  readonly model: string;
  readonly maxTokens: number;
  /** The column that names rows; null: their numbers do. */
  readonly key: string | null;
  /** Whether its values go out as ids. Otherwise made ones do, and the values are kept beside. */
  readonly keyAsId: boolean;
  /** Further parameters, as JSON text. */
  readonly params: string;
  /** Null: the answer is text; otherwise JSON of this schema, as JSON text. */
  readonly schema: string | null;
  readonly dedupe: boolean;
  /** Rows that are left out, by position from 0, in order. */
  readonly skip: readonly number[];
  /** Requests in a part at the most. */
  readonly partSize: number;
  /** Rows, by position, that may have so many times the tokens of the others. */
  readonly longer?: { readonly rows: readonly number[]; readonly times: number };
}

/** What was brought. */
export interface DataFacts {
  readonly name: string;
  readonly bytes: number;
  readonly kind: "table" | "requests" | "results";
  /** How it was written: "CSV, UTF-8, comma". */
  readonly form: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** Rows whose cells were too few or too many, by position from 0: the first hundred. */
  readonly ragged: readonly number[];
  readonly raggedCount: number;
  /** What was changed while reading, in words. */
  readonly notes: readonly string[];
  /** Of a workbook: all of its sheets, and the one that was read. */
  readonly sheets?: readonly string[];
  readonly sheet?: string | null;
}

/** One job of a run: the first one, or a later one that tries failures again. */
export interface Attempt {
  readonly jobId: string;
  readonly settings: Settings;
  /** Rows of this attempt by position; null: all that are not left out. */
  readonly rows: readonly number[] | null;
  readonly pilot: number;
  readonly maxCost: number;
  readonly startedAt: number;
  readonly report: JobReport | null;
  /** What stopped it, where something did. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** What tells a file from another one. */
export interface Fingerprint {
  readonly bytes: number;
  readonly digest: string;
}

/** A run as it is kept: no rows, no key. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly data: DataFacts;
  readonly settings: Settings;
  readonly guard: number;
  readonly attempts: readonly Attempt[];
  /** Where it talks to. */
  readonly mode: "demo" | "relay";
  /** Of the file that was brought. */
  readonly fingerprint?: Fingerprint;
  /** Whether it came out of a run file, and what it had taken elsewhere is still to be read here. */
  readonly isBrought?: boolean;
  /** When its batches were deleted at the API. */
  readonly purgedAt?: number;
  /** Whether its rows are not in this browser. Never kept. */
  readonly isGhost?: boolean;
  /** Whether its rows are being read, and only the first ones are known. Never kept. */
  readonly isOpening?: boolean;
}

/** One kind of problem, and where it is. */
export interface Group {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly count: number;
  readonly message: string;
  readonly hint: string | null;
  /** Rows by position from 0: the first hundred. */
  readonly rows: readonly number[];
  readonly path: string;
}

/** What the check found. */
export interface Facts {
  readonly requestCount: number;
  readonly merged: number;
  readonly parts: readonly PlanPart[];
  readonly groups: readonly Group[];
  readonly errors: number;
  readonly estimate: Estimate | null;
  /** How many requests the API has counted for the estimate; absent before a preflight. */
  readonly counted?: number;
  /** What stops the check itself: a template or JSON that cannot be read. */
  readonly fault: { readonly code: string; readonly message: string; readonly field: string } | null;
  readonly ms: number;
}

/** One row rendered. */
export interface Preview {
  readonly json: string;
  readonly system: string;
  readonly user: string;
  readonly problems: readonly string[];
}

/** What is known of a column. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: "number" | "date" | "JSON" | "text" | "empty";
  readonly empty: number;
  readonly longest: number;
  readonly distinct: number | null;
  readonly samples: readonly string[];
}

/** How results are looked at. */
export interface Query {
  /** Facet values by facet; a row must have one of each. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
  readonly text: string;
  readonly sort: string;
}

/** A facet and its counts. */
export interface Facet {
  readonly name: string;
  readonly label: string;
  /** Whether its values are neighbouring ranges of numbers. */
  readonly isRange: boolean;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

/** What a look at the results gives. */
export interface Look {
  /** What was searched for. */
  readonly text: string;
  readonly total: number;
  readonly matching: number;
  readonly facets: readonly Facet[];
  readonly cost: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ms: number;
  readonly fault: string | null;
  /** The first of the rows that match. */
  readonly first: readonly ResultCells[];
}

/** One row of the results. */
export interface ResultCells {
  readonly row: number;
  readonly key: string;
  readonly input: string;
  readonly output: string;
  readonly outcome: string;
  readonly flags: readonly string[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number | null;
  readonly attempt: number;
  /** The row that was sent in this one's stead, by position from 0. */
  readonly sameAs: number | null;
}

/** What the rows of one part have used. */
export interface PartUse {
  readonly index: number;
  readonly rows: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number | null;
}

/** What sending some rows again may cost. */
export interface RetryPrice {
  readonly requests: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly ceiling: number | null;
}

/** Everything about one row. */
export interface Detail extends ResultCells {
  readonly cells: readonly { readonly name: string; readonly value: string }[];
  readonly request: string;
  readonly text: string;
  readonly raw: string;
  readonly error: string | null;
  readonly requestId: string | null;
  readonly usage: string | null;
}

/** A job that runs, as the page follows it. */
export interface Live {
  readonly state: "idle" | "starting" | "running" | "pilot" | "done" | "failed" | "followed";
  /** Whether another tab drives it and this one shows what that one tells. */
  readonly isFollowed: boolean;
  readonly progress: JobProgress | null;
  readonly pilot: JobReport | null;
  /** The body that was sent last, and how much of it has left, where that is known. */
  readonly upload: { readonly bytes: number; readonly sent: number } | null;
  /** What happened, and when it was told. */
  readonly events: readonly (JobEvent & { readonly told: number })[];
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export const NOT_RUNNING: Live = {
  state: "idle",
  isFollowed: false,
  progress: null,
  pilot: null,
  upload: null,
  events: [],
  failure: null,
};

/** What can be downloaded. */
export type ExportKind =
  | "merged"
  | "raw"
  | "csv"
  | "failed"
  | "requests"
  | "problems"
  | "run"
  | "comparison"
  | "parquet";
