// Rows out of a sheet's cells, for the command and the page.

/** A cell as the reader of workbooks gives it. */
export type Cell = string | number | boolean | Date | null;

/** Rows by the names in the first one that is not empty; null where none is below it. */
export function sheetObjects(data: readonly (readonly Cell[])[]): Record<string, string>[] | null {
  const [header, ...rows] = data.filter((row) => row.some((cell) => cell !== null));
  if (!header || rows.length === 0) return null;
  const columns = header.map((cell, at) => (cell === null ? String(at + 1) : written(cell).trim()));
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, written(row[at])])));
}

function written(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (!(cell instanceof Date)) return String(cell);
  const text = cell.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text;
}
