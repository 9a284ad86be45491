// What a job is asked for with, checked once.
import type { MachineOptions } from "../engine/machine.js";
import type { PlannerOptions } from "../engine/planner.js";
import { BatchwiseError } from "../errors.js";
import { type TableOptions, TableSource } from "../table.js";
import type { BatchRequest } from "../types.js";

/** The body of `POST /jobs`. */
export interface JobSpec {
  /** 1 to 64 letters, digits, `-` and `_`. Default: made up. A name can be used once. */
  readonly id?: string;
  /** The key of an object: a request as JSON in each line, or with `table` rows. */
  readonly input?: string;
  /** The requests themselves, for small jobs. */
  readonly requests?: readonly BatchRequest[];
  /** How the rows of the input become requests. They need a `key`. */
  readonly table?: TableOptions & { readonly format: "csv" | "tsv" | "jsonl" };
  readonly options?: JobSpecOptions;
}

/** How a job is run; see `SubmitOptions` and `PlanOptions` of `batchwise`. */
export type JobSpecOptions = Pick<PlannerOptions, "maxRequests" | "maxBodyBytes" | "validate" | "ids"> &
  Pick<MachineOptions, "rounds" | "maxCost" | "maxQueued" | "maxResubmitShare" | "settleMs">;

/** A job as it is driven. */
export interface CheckedSpec {
  readonly id: string;
  readonly input: string;
  readonly planner: PlannerOptions;
  readonly machine: MachineOptions;
}

const NAME = /^[\w-]{1,64}$/;
const FIELDS: ReadonlySet<string> = new Set<keyof JobSpec>(["id", "input", "requests", "table", "options"]);
const PLANNER = ["maxRequests", "maxBodyBytes", "validate", "ids"] as const;
const MACHINE = ["rounds", "maxCost", "maxQueued", "maxResubmitShare", "settleMs"] as const;

/** Where a job keeps what it has in the storage. */
export const folderOf = (id: string): string => `jobs/${id}/`;

/** Whether a text can name a job. */
export const isJobId = (text: string): boolean => NAME.test(text);

/** Checks what came over the wire. */
export function checkedSpec(given: unknown): CheckedSpec & { readonly requests: readonly unknown[] | null } {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw misuse("a job is a JSON object");
  const strange = Object.keys(given).find((name) => !FIELDS.has(name));
  if (strange) throw misuse(`a job has no ${strange}; it has ${[...FIELDS].join(", ")}`);
  const { id = crypto.randomUUID(), input, requests, table, options = {} } = given as Record<string, unknown>;
  if (typeof id !== "string" || !isJobId(id)) throw misuse("id is 1 to 64 letters, digits, - and _");
  if ((input === undefined) === (requests === undefined)) throw misuse("a job has either input or requests");
  if (requests !== undefined && (!Array.isArray(requests) || requests.length === 0 || table)) {
    throw misuse("requests is a list that is not empty, and needs no table");
  }
  if (input !== undefined && (typeof input !== "string" || input === "" || input.length > 1024)) {
    throw misuse("input is the key of an object: text of 1 to 1,024 characters");
  }
  if (typeof options !== "object" || options === null) throw misuse("options is an object");
  const known: readonly string[] = [...PLANNER, ...MACHINE];
  const other = Object.keys(options).find((name) => !known.includes(name));
  if (other) throw misuse(`a job has no option ${other}; it has ${known.join(", ")}`);
  const of = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
  return {
    id,
    input: input ?? `${folderOf(id)}input.jsonl`,
    requests: (requests as readonly unknown[] | undefined) ?? null,
    planner: { ...of(PLANNER), ...(table === undefined ? {} : { table: tableOf(table) }) },
    machine: { ...of(MACHINE), concurrency: 1 },
  };
}

/** The lines of requests that came with the job. */
export function linesOf(requests: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
}

function tableOf(given: unknown): NonNullable<JobSpec["table"]> {
  const table = given as NonNullable<JobSpec["table"]>;
  if (typeof table !== "object" || table === null) throw misuse("table is an object");
  if (!["csv", "tsv", "jsonl"].includes(table.format)) throw misuse('the format of a table is "csv", "tsv" or "jsonl"');
  if (!table.key) throw misuse("a table needs a key: the column with each row's custom_id");
  // It knows its options.
  return { ...new TableSource("", table).options, format: table.format };
}

function misuse(message: string): BatchwiseError {
  return new BatchwiseError("misuse/option", message);
}
