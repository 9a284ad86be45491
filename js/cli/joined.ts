// The table again, with what became of each row beside it, in the order of the input.
import { closeSync, openSync } from "node:fs";
import { costOf, type MessageBatchIndividualResponse, readCells } from "batchwise";
import { csvLine } from "./csv.js";
import type { Input } from "./input.js";
import { formOf, type RequestOptions } from "./prepare.js";
import { type ResultsFile, writeAll, written } from "./results.js";

const ADDED = ["outcome", "text", "error", "input_tokens", "output_tokens", "cost_usd"];
const WRITE_CHARS = 1 << 18;

/** Writes `path`: every row of the input with its own columns, then those of its result. */
export async function writeJoined(
  path: string,
  input: Input,
  options: RequestOptions,
  results: ResultsFile,
): Promise<void> {
  const { columns, rows } =
    input.kind === "requests"
      ? { columns: ["custom_id"], rows: requestIds(input.blob) }
      : await readCells(input.blob, formOf(input, options));
  const key = input.kind === "requests" ? 0 : options.key === undefined ? -1 : columns.indexOf(options.key.trim());
  const file = written(path, () => openSync(path, "w"));
  try {
    let text = csvLine([...columns, ...ADDED]);
    let number = 0;
    for await (const cells of rows) {
      number += 1;
      const id = key < 0 ? `row-${number}` : (cells[key] ?? "");
      text += csvLine([...cells, ...resultCells(results.line(id))]);
      if (text.length < WRITE_CHARS) continue;
      written(path, () => writeAll(file, Buffer.from(text)));
      text = "";
    }
    written(path, () => writeAll(file, Buffer.from(text)));
  } finally {
    closeSync(file);
  }
}

async function* requestIds(blob: Blob): AsyncGenerator<string[]> {
  const { columns, rows } = await readCells(blob, { format: "jsonl" });
  const at = columns.indexOf("custom_id");
  for await (const cells of rows) yield [cells[at] ?? ""];
}

function resultCells(line: string | null): (string | number | null)[] {
  if (line === null) return ["missing", "", "", null, null, null];
  const { result } = JSON.parse(line) as MessageBatchIndividualResponse;
  if (result.type === "succeeded") {
    const { message } = result;
    const text = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
    const { usage } = message;
    const input = usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
    return ["succeeded", text, "", input, usage.output_tokens, costOf(message)];
  }
  const error = result.type === "errored" ? `${result.error.error.type}: ${result.error.error.message}` : "";
  return [result.type, "", error, null, null, null];
}
