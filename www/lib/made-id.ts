// The ids that rows go out under where their own may not be sent.

/** The number of a row among those that are sent, as an id; null for a row that is left out. `skip` is in order. */
export function madeId(row: number, skip: readonly number[]): string | null {
  let before = 0;
  for (const left of skip) {
    if (left === row) return null;
    if (left > row) break;
    before += 1;
  }
  return `row-${row + 1 - before}`;
}
