// Cells as a spreadsheet reads them back.

/** What a spreadsheet would take for a formula, full-width forms among it, or for the start of another cell. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
/** A plain number is no formula, whatever its sign. */
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*$/;

/** One line of CSV. Text is always quoted; a cell that a spreadsheet would run gets an apostrophe in front. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

function written(cell: string | number | null): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  const guarded = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return `"${guarded.replaceAll('"', '""')}"`;
}
