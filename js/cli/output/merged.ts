// The input's rows with what became of each beside them, in the order of the input.
import { costOf, type MessageBatchIndividualResponse, readCells } from "batchwise";
import { readLines } from "../input/lines.js";
import type { Input } from "../input/open.js";
import { formOf } from "../input/prepare.js";
import type { Recipe } from "../input/request.js";

/** Where results are found by id: newer files first. */
export type Lookup = (id: string) => string | null;

/** A value of a merged row. Rows of JSONL may bring any JSON. */
export type Cell = unknown;

/** A merged row: one value for each column. */
export type MergedRow = readonly Cell[];

export interface Merged {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<MergedRow>;
  /** The columns that are not the input's own, by what they hold. */
  readonly named: Readonly<Record<Added, string>>;
}

const ADDED = ["outcome", "text", "error", "input_tokens", "output_tokens", "cost_usd", "stop_reason"] as const;
type Added = (typeof ADDED)[number] | "custom_id";

/** Merges an input with results. Without a key column the made ids stand in a column of their own. */
export async function merged(input: Input, recipe: Recipe, lookup: Lookup): Promise<Merged> {
  const { columns, rows } = await rowsOf(input, recipe);
  const key = input.kind === "requests" ? 0 : recipe.key === undefined ? -1 : columns.indexOf(recipe.key.trim());
  const added: readonly Added[] = key < 0 ? [...ADDED, "custom_id"] : ADDED;
  const free = (name: string): string => (columns.includes(name) ? free(`result_${name}`) : name);
  const named = Object.fromEntries(added.map((name) => [name, free(name)])) as Record<Added, string>;
  if (key >= 0) named.custom_id = columns[key] ?? "custom_id";
  const joined = async function* (): AsyncGenerator<MergedRow> {
    let number = 0;
    for await (const cells of rows) {
      number += 1;
      const id = key < 0 ? `row-${number}` : String(cells[key] ?? "");
      const result = resultCells(lookup(id));
      yield key < 0 ? [...cells, ...result, id] : [...cells, ...result];
    }
  };
  return { columns: [...columns, ...added.map((name) => named[name])], rows: joined(), named };
}

interface Table {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]>;
}

async function rowsOf(input: Input, recipe: Recipe): Promise<Table> {
  if (input.kind === "requests") return { columns: ["custom_id"], rows: requestIds(input.blob) };
  if (input.kind !== "rows") return readCells(input.blob, formOf(input, recipe));
  const columns = await columnsOf(input.blob);
  return { columns, rows: objectRows(input.blob, columns) };
}

async function* requestIds(blob: Blob): AsyncGenerator<string[]> {
  for await (const line of readLines(blob)) yield [String((JSON.parse(line) as { custom_id: unknown }).custom_id)];
}

/** Every name that any row has, in the order of their first appearance. */
async function columnsOf(blob: Blob): Promise<string[]> {
  const columns = new Set<string>();
  for await (const line of readLines(blob))
    for (const name of Object.keys(JSON.parse(line) as object)) columns.add(name);
  return [...columns];
}

async function* objectRows(blob: Blob, columns: readonly string[]): AsyncGenerator<Cell[]> {
  for await (const line of readLines(blob)) {
    const row = JSON.parse(line) as Record<string, unknown>;
    yield columns.map((name) => row[name]);
  }
}

/** The values of the added columns, in their order. */
function resultCells(line: string | null): Cell[] {
  if (line === null) return ["missing", "", "", null, null, null, ""];
  const { result } = JSON.parse(line) as MessageBatchIndividualResponse;
  if (result.type !== "succeeded") {
    const error = result.type === "errored" ? `${result.error.error.type}: ${result.error.error.message}` : "";
    return [result.type, "", error, null, null, null, ""];
  }
  const { message } = result;
  const { usage } = message;
  const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const input = usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
  const cost = costOf(message);
  const usd = cost === null ? null : Number(cost.toPrecision(12));
  return ["succeeded", text, "", input, usage.output_tokens, usd, message.stop_reason ?? ""];
}
