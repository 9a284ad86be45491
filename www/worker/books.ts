// Spreadsheets and Parquet files, whose readers are loaded when one is brought.
import { linesOf } from "../../js/cli/input/lines.js";

/** The rows of such a file as JSONL, and what is to be told about it. */
export interface Book {
  readonly lines: Blob;
  readonly form: string;
  /** Names of the sheets; empty where there are none. */
  readonly sheets: readonly string[];
  /** The one that was read. */
  readonly sheet: string | null;
}

/** Reads a spreadsheet, one sheet of it, or a Parquet file; null where it is neither. */
export async function bookOf(file: Blob, name: string, sheet: string | null): Promise<Book | null> {
  const magic = String.fromCharCode(...new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  if (magic === "PAR1") return parquet(file, name);
  if (magic === "PK\x03\x04") return workbook(file, name, sheet);
  if (magic === "\xd0\xcf\x11\xe0")
    throw new Error(`${name} is an old or a locked spreadsheet: save it as XLSX without a password`);
  return null;
}

async function parquet(file: Blob, name: string): Promise<Book> {
  const { parquetObjects } = await import("../../js/cli/input/parquet-rows.js");
  const lines = await linesOf(parquetObjects(file)).catch((error: Error) => {
    throw new Error(`${name} cannot be read as Parquet: ${error.message}`);
  });
  return { lines, form: "Parquet", sheets: [], sheet: null };
}

async function workbook(file: Blob, name: string, wanted: string | null): Promise<Book> {
  const { default: readWorkbook } = await import("read-excel-file/web-worker");
  const { sheetObjects } = await import("../../js/cli/input/sheet-rows.js");
  type Sheets = readonly { sheet: string; data: Parameters<typeof sheetObjects>[0] }[];
  const read = (await readWorkbook(file as File).catch((error: Error) => {
    throw new Error(`${name} cannot be read as XLSX: ${error.message}`);
  })) as unknown as Sheets;
  // The first sheet is often a cover; what is wanted is one with rows.
  const chosen = read.find(({ sheet }) => sheet === wanted) ?? read.find(({ data }) => sheetObjects(data)) ?? read[0];
  const rows = chosen && sheetObjects(chosen.data);
  if (!chosen || !rows) throw new Error(`the sheet ${chosen?.sheet ?? ""} of ${name} has no rows below its first one`);
  return { lines: await linesOf(rows), form: "XLSX", sheets: read.map(({ sheet }) => sheet), sheet: chosen.sheet };
}
