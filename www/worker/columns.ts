// What a look at a column's values says of it.
import type { ColumnFacts } from "../shared.js";
import type { Packed } from "./packed.js";

/** A type is guessed from so many values, and this many different ones are counted. */
const LOOKED_AT = 200;
const MOST_DISTINCT = 1_000;
const SAMPLES = 3;
const SAMPLE_CHARS = 60;

/** Facts of every column. */
export function columnFacts(rows: Packed): ColumnFacts[] {
  return rows.columns.map((name, column) => {
    let empty = 0;
    let longest = 0;
    const distinct = new Set<string>();
    const looked: string[] = [];
    for (let row = 0; row < rows.rowCount; row += 1) {
      const size = rows.size(row, column);
      if (size === 0) {
        empty += 1;
        continue;
      }
      longest = Math.max(longest, size);
      if (looked.length < LOOKED_AT) looked.push(rows.cell(row, column));
      if (size <= SAMPLE_CHARS && distinct.size <= MOST_DISTINCT) distinct.add(rows.cell(row, column));
    }
    const samples = [...new Set(looked)].slice(0, SAMPLES).map((text) => text.slice(0, SAMPLE_CHARS));
    const isKnown = distinct.size <= MOST_DISTINCT && longest <= SAMPLE_CHARS;
    return { name, type: typeOf(looked), empty, longest, distinct: isKnown ? distinct.size : null, samples };
  });
}

function typeOf(values: readonly string[]): ColumnFacts["type"] {
  if (values.length === 0) return "empty";
  const all = (test: (value: string) => boolean): boolean => values.every(test);
  if (all((value) => value.trim() !== "" && Number.isFinite(Number(value)))) return "number";
  if (all((value) => /^\d{4}-\d{2}-\d{2}/.test(value))) return "date";
  if (all((value) => /^[[{]/.test(value.trim()))) return "JSON";
  return "text";
}
