// What results can be counted by: how they ended, what is in the answers, what was in the rows.
import { FLAGS, OUTCOMES, type Outcomes } from "./outcomes.js";
import type { Packed } from "./packed.js";
import type { Dimension } from "./sift.js";
import { Values } from "./values.js";

/** Values of columns that are decoded at once. */
const BLOCK = 2_048;
const LONGEST_BYTES = 100;
const MOST_COLUMNS = 12;
const ORIGINS = ["sent", "same as another row"] as const;

/** The outcomes of rows, the rows themselves, and the column that names them. */
export interface Counted {
  readonly outcomes: Outcomes;
  readonly rows: Packed;
  readonly keyColumn: number;
}

/** All that these results can be counted by. */
export function dimensionsOf({ outcomes, rows, keyColumn }: Counted): Dimension[] {
  const fields = outcomes.fields.dimensions();
  return [
    ...standing(outcomes),
    // Answers that have fields are counted by these, not as a whole.
    ...(fields.length > 0 ? fields : labels(outcomes)),
    ...history(outcomes),
    ...columns(rows, keyColumn),
  ];
}

/** What a column of codes says: the code itself, none for 0, or a value for each of its bits. */
const one: Dimension["of"] = (code, take) => take(code);
const oneOrNone: Dimension["of"] = (code, take) => code > 0 && take(code);
const bits: Dimension["of"] = (code, take) => {
  for (let bit = 0; code >> bit; bit += 1) if ((code >> bit) & 1) take(bit);
};

function standing({ outcome, flags, error, errors }: Outcomes): Dimension[] {
  return [
    { name: "state", label: "State", values: OUTCOMES, column: outcome, of: one },
    { name: "flag", label: "Answer", values: FLAGS, column: flags, of: bits },
    { name: "error", label: "Error", values: errors, column: error, of: oneOrNone },
  ];
}

function labels({ hasLabels, labels, label }: Outcomes): Dimension[] {
  return hasLabels ? [{ name: "label", label: "Output", values: labels, column: label, of: oneOrNone }] : [];
}

function history({ attempt, sameAs }: Outcomes): Dimension[] {
  const all: Dimension[] = [];
  let attempts = 0;
  for (let row = 0; row < attempt.length; row += 1) attempts = Math.max(attempts, attempt[row] as number);
  if (attempts > 0) {
    const values = Array.from({ length: attempts + 1 }, (_, n) => String(n + 1));
    all.push({ name: "attempt", label: "Attempt", values, column: attempt, of: one });
  }
  if (sameAs.size > 0) {
    const of: Dimension["of"] = (row, take) => take(sameAs.has(row) ? 1 : 0);
    all.push({ name: "sent", label: "Request", values: ORIGINS, of });
  }
  return all;
}

/** By columns of few values or of numbers; they do not change, so they are read once. */
function columns(rows: Packed, keyColumn: number): readonly Dimension[] {
  const known = read.get(rows);
  if (known) return known;
  const found: Dimension[] = [];
  for (const [column, name] of rows.columns.entries()) {
    if (column === keyColumn || found.length === MOST_COLUMNS) continue;
    const dimension = valuesOf(rows, column)?.dimension(`column.${name}`, name);
    if (dimension) found.push(dimension);
  }
  read.set(rows, found);
  return found;
}

const read = new WeakMap<Packed, readonly Dimension[]>();

/** The values of a column; null where there are too many to count. */
function valuesOf(rows: Packed, column: number): Values | null {
  if (rows.index.facts(column).longest > LONGEST_BYTES) return null;
  const values = new Values(rows.rowCount);
  for (let from = 0; from < rows.rowCount && !values.isLost; from += BLOCK) {
    const numbers = Uint32Array.from({ length: Math.min(BLOCK, rows.rowCount - from) }, (_, at) => from + at);
    for (const [at, text] of rows.index.column(column, numbers).entries()) values.set(from + at, text);
  }
  return values.isLost ? null : values;
}
