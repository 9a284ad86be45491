// Rows out of a spreadsheet; loaded only for such files.
import readWorkbook from "read-excel-file/node";
import { usage } from "../call/exit.js";
import { linesOf } from "./lines.js";

type Cell = string | number | boolean | Date | null;

/** The rows of one sheet as JSONL, named by its first row. Without `sheet` the first one. */
export async function workbookRows(name: string, blob: Blob, sheet: string | undefined): Promise<Blob> {
  let sheets: readonly { sheet: string; data: readonly (readonly Cell[])[] }[];
  try {
    sheets = (await readWorkbook(Buffer.from(await blob.arrayBuffer()))) as typeof sheets;
  } catch (error) {
    throw usage(`${name} cannot be read as XLSX: ${(error as Error).message}`);
  }
  const chosen = sheets.find((one, at) => sheet === undefined || one.sheet === sheet || String(at + 1) === sheet);
  if (!chosen) throw usage(`${name} has no sheet ${sheet}: it has ${sheets.map((one) => one.sheet).join(", ")}`);
  const [header, ...rows] = chosen.data.filter((row) => row.some((cell) => cell !== null));
  if (!header || rows.length === 0) throw usage(`the sheet ${chosen.sheet} of ${name} has no rows below its first one`);
  const columns = header.map((cell, at) => (cell === null ? String(at + 1) : written(cell).trim()));
  return linesOf(rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, written(row[at])]))));
}

function written(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (!(cell instanceof Date)) return String(cell);
  const text = cell.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text;
}
