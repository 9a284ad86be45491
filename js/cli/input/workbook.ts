// Rows out of a spreadsheet; loaded only for such files.
import readWorkbook from "read-excel-file/node";
import { usage } from "../call/exit.js";
import { linesOf } from "./lines.js";
import { type Cell, sheetObjects } from "./sheet-rows.js";

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
  const rows = sheetObjects(chosen.data);
  if (!rows) throw usage(`the sheet ${chosen.sheet} of ${name} has no rows below its first one`);
  return linesOf(rows);
}
