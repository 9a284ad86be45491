// Cells as a spreadsheet reads them back.

/** What a spreadsheet would take for a formula. A plain number is none, whatever its sign. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)*$/;

/** One line of CSV. A cell that a spreadsheet would run gets an apostrophe in front. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => quoted(guarded(cell))).join(",")}\r\n`;
}

function guarded(cell: string | number | null): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
