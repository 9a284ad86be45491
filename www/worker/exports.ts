// What can be downloaded, written as it will lie on disk.
import { csvLine } from "../../js/cli/output/csv.js";
import type { Group } from "../shared.js";
import { OUTCOMES, type Outcomes } from "./outcomes.js";
import type { Packed } from "./packed.js";

const FLUSH_CHARS = 1 << 20;

/** Text that is made piece by piece and does not pile up. */
export function gathered(lines: Iterable<string>, type: string, start = ""): Blob {
  const parts: Blob[] = [];
  let text = start;
  for (const line of lines) {
    text += line;
    if (text.length < FLUSH_CHARS) continue;
    parts.push(new Blob([text]));
    text = "";
  }
  return new Blob([...parts, text], { type });
}

const ADDED = ["outcome", "text", "error", "input_tokens", "output_tokens", "cost_usd", "attempt"] as const;

/** The table again with what became of each row, or of those that failed. */
export function csvOf(rows: Packed, outcomes: Outcomes, isWanted: (row: number) => boolean): Blob {
  function* lines(): Generator<string> {
    yield csvLine([...rows.columns, ...ADDED]);
    for (let row = 0; row < rows.rowCount; row += 1) if (isWanted(row)) yield csvLine(cellsOf(rows, outcomes, row));
  }
  return gathered(lines(), "text/csv", "\uFEFF");
}

/** The same as Parquet, whose writer is loaded when it is asked for. Tokens and cost are numbers. */
export async function parquetOf(rows: Packed, outcomes: Outcomes): Promise<Blob> {
  const { parquetBytes } = await import("../../js/cli/output/parquet.js");
  const free = (name: string): string => (rows.columns.includes(name) ? free(`result_${name}`) : name);
  const named = Object.fromEntries(ADDED.map((name) => [name, free(name)]));
  async function* all(): AsyncGenerator<(string | number | null)[]> {
    for (let row = 0; row < rows.rowCount; row += 1) yield cellsOf(rows, outcomes, row);
  }
  const columns = [...rows.columns, ...ADDED.map((name) => free(name))];
  const bytes = await parquetBytes({ columns, rows: all(), named });
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/vnd.apache.parquet" });
}

/** A row and what became of it. */
function cellsOf(rows: Packed, outcomes: Outcomes, row: number): (string | number | null)[] {
  const outcome = OUTCOMES[outcomes.outcome[row] ?? 0] ?? "";
  const text = outcomes.texts.get(row);
  const error = outcomes.errors[outcomes.error[row] ?? 0] ?? "";
  const isAnswer = outcome === "succeeded";
  const cost = outcomes.cost[row] as number;
  return [
    ...rows.row(row),
    outcome === "waiting" ? "" : outcome,
    isAnswer ? text : "",
    error === "" ? "" : `${error}: ${text}`,
    isAnswer ? (outcomes.inputTokens[row] ?? null) : null,
    isAnswer ? (outcomes.outputTokens[row] ?? null) : null,
    isAnswer && !Number.isNaN(cost) ? cost : null,
    outcome === "waiting" ? null : (outcomes.attempt[row] ?? 0) + 1,
  ];
}

/** One line for each row that has an outcome, in the order of the input, under its own key. */
export function mergedOf(
  outcomes: Outcomes,
  keyOf: (row: number) => string,
  rawOf: (row: number) => string | null,
): Blob {
  function* lines(): Generator<string> {
    for (let row = 0; row < outcomes.rowCount; row += 1) {
      const raw = rawOf(row);
      if (raw === null) continue;
      const { result } = JSON.parse(raw) as { result: unknown };
      const attempt = (outcomes.attempt[row] ?? 0) + 1;
      yield `${JSON.stringify({ custom_id: keyOf(row), row: row + 1, attempt, result })}\n`;
    }
  }
  return gathered(lines(), "application/x-ndjson");
}

/** Rows with problems, and the problems beside them. */
export function problemsOf(rows: Packed, groups: readonly Group[]): Blob {
  const byRow = new Map<number, string[]>();
  for (const { code, message, rows: found } of groups) {
    for (const row of found) byRow.set(row, [...(byRow.get(row) ?? []), `${code}: ${message}`]);
  }
  function* lines(): Generator<string> {
    yield csvLine(["row", ...rows.columns, "problem"]);
    for (const [row, problems] of [...byRow].sort(([a], [b]) => a - b)) {
      yield csvLine([row + 1, ...rows.row(row), problems.join("; ")]);
    }
  }
  return gathered(lines(), "text/csv", "\uFEFF");
}
