// What the page's budgets are measured with: a table of 25 MB and a results file of 122 MB, both of 100,000 rows.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { at } from "../../js/build/tools.mjs";

export const ROWS = 100_000;
const FOLDER = "target/bench";
/** Lines that are written at once. */
const BLOCK = 5_000;

const WORDS =
  "the lamp came late and its box was torn but light is warm so we kept it after a refund of the freight which nobody had promised before".split(
    " ",
  );

/** Some words, different for every row. */
function words(row, count) {
  return Array.from({ length: count }, (_, at) => WORDS[(row * 7 + at * (1 + (row % 5))) % WORDS.length]).join(" ");
}

function write(name, head, line) {
  mkdirSync(at(FOLDER), { recursive: true });
  const path = at(FOLDER, name);
  const file = openSync(path, "w");
  writeSync(file, head);
  for (let first = 0; first < ROWS; first += BLOCK) {
    writeSync(file, Array.from({ length: BLOCK }, (_, n) => line(first + n)).join(""));
  }
  closeSync(file);
  return path;
}

/** 25 MB of CSV. */
export function table() {
  return write("table.csv", "id,review,product,country,stars,date\n", (row) => {
    const date = `2026-10-${String(1 + (row % 28)).padStart(2, "0")}`;
    return `k-${row},"${words(row, 44)}, ""${row}""",Lamp ${row % 90},${["DE", "FR", "PL"][row % 3]},${row % 5},${date}\n`;
  });
}

/** 122 MB of results. */
export function results() {
  return write("results.jsonl", "", (row) => {
    const id = `k-${row}`;
    if (row % 50 === 49) {
      const error = { type: "error", error: { type: "api_error", message: "Internal server error" } };
      return `${JSON.stringify({ custom_id: id, result: { type: "errored", error } })}\n`;
    }
    const text = `Row ${row}: ${words(row, 196)} \u2013 \u201c${row % 97 === 0 ? "Zuversicht" : "gut"}\u201d`;
    const usage = { input_tokens: 90, output_tokens: 190 };
    const message = {
      ...{ id: `msg_${row}`, type: "message", role: "assistant", model: "claude-haiku-4-5", stop_reason: "end_turn" },
      ...{ content: [{ type: "text", text }], usage },
    };
    return `${JSON.stringify({ custom_id: id, result: { type: "succeeded", message } })}\n`;
  });
}
