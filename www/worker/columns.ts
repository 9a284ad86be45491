// What a look at a column's values says of it.
import type { ColumnFacts } from "../shared.js";
import type { Packed } from "./packed.js";

/** A type is guessed from so many values. */
const LOOKED_AT = 200;
const SAMPLES = 3;
const SAMPLE_CHARS = 60;

/** Facts of every column. */
export function columnFacts(rows: Packed): ColumnFacts[] {
  return rows.columns.map((name, column) => {
    const { empty, longest, distinct, first } = rows.index.facts(column, LOOKED_AT);
    const samples = [...new Set(first)].slice(0, SAMPLES).map((text) => text.slice(0, SAMPLE_CHARS));
    return { name, type: typeOf(first), empty, longest, distinct, samples };
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
