// The rows of two runs, joined by their keys, and what became of each pair.
import { KINDS } from "../comparison.js";
import { OUTCOMES, type Outcomes } from "./outcomes.js";
import type { Packed } from "./packed.js";
import { keyColumn, type Side } from "./side.js";

const SUCCEEDED = OUTCOMES.indexOf("succeeded");
/** Fields of JSON answers that are told apart: as many as a number has bits. */
const MOST_FIELDS = 31;

/** Pairs as columns; -1 where a run has no such row. */
export interface Pairing {
  readonly count: number;
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** A position in {@link KINDS}. */
  readonly kind: Uint8Array;
  /** Whether the cells that both runs have differ. */
  readonly isOther: Uint8Array;
  /** Names of the fields that differ somewhere, and per pair a bit for each of its own. */
  readonly fields: readonly string[];
  readonly field: Uint32Array;
}

/** Joins two runs. */
export function paired(a: Side, b: Side): Pairing {
  const joined = join(a, b);
  const count = joined.a.length;
  const kind = new Uint8Array(count);
  const isOther = new Uint8Array(count);
  const field = new Uint32Array(count);
  const fields: string[] = [];
  const columns = commonColumns(a.rows, b.rows);
  for (let at = 0; at < count; at += 1) {
    const [rowA, rowB] = [joined.a[at] as number, joined.b[at] as number];
    kind[at] = kindOf(a.outcomes, rowA, b.outcomes, rowB);
    if (rowA < 0 || rowB < 0) continue;
    isOther[at] = Number(columns.some(([x, y]) => a.rows.cell(rowA, x) !== b.rows.cell(rowB, y)));
    if (KINDS[kind[at] as number] !== "different answer") continue;
    const [x, y] = [objectOf(a.outcomes.texts.get(rowA)), objectOf(b.outcomes.texts.get(rowB))];
    if (x && y) field[at] = bitsOf(differing(x, y), fields);
  }
  return { count, ...joined, kind, isOther, fields, field };
}

/** Columns that both tables have, by their positions. */
export function commonColumns(a: Packed, b: Packed): [number, number][] {
  return a.columns.flatMap((name, x) => {
    const y = b.columns.indexOf(name);
    return y < 0 ? [] : [[x, y] as [number, number]];
  });
}

/** An answer that is a JSON object; null for all others. */
export function objectOf(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Names of the fields of which one object has another value than the other. */
export function differing(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

/** Rows of A in their order, each with its row of B; then what only B has. A key that comes twice is matched in order. */
function join(a: Side, b: Side): { a: Int32Array; b: Int32Array } {
  const [columnA, columnB] = [keyColumn(a.rows, a.run.settings.key), keyColumn(b.rows, b.run.settings.key)];
  const waiting = new Map<string, number[]>();
  for (let row = b.outcomes.rowCount - 1; row >= 0; row -= 1) {
    if (b.outcomes.outcome[row] === 0) continue;
    const key = keyOf(b.rows, columnB, row);
    const list = waiting.get(key);
    if (list) list.push(row);
    else waiting.set(key, [row]);
  }
  const left: number[] = [];
  const right: number[] = [];
  for (let row = 0; row < a.outcomes.rowCount; row += 1) {
    if (a.outcomes.outcome[row] === 0) continue;
    left.push(row);
    right.push(waiting.get(keyOf(a.rows, columnA, row))?.pop() ?? -1);
  }
  const rest = [...waiting.values()].flat().sort((x, y) => x - y);
  return { a: Int32Array.from([...left, ...rest.map(() => -1)]), b: Int32Array.from([...right, ...rest]) };
}

/** What names a row. */
export function keyOf(rows: Packed, column: number, row: number): string {
  return column < 0 ? `row-${row + 1}` : rows.cell(row, column);
}

function kindOf(a: Outcomes, rowA: number, b: Outcomes, rowB: number): number {
  const kind = (name: (typeof KINDS)[number]): number => KINDS.indexOf(name);
  if (rowB < 0) return kind("only in A");
  if (rowA < 0) return kind("only in B");
  const [isA, isB] = [a.outcome[rowA] === SUCCEEDED, b.outcome[rowB] === SUCCEEDED];
  if (isA && isB)
    return kind(a.texts.get(rowA).trim() === b.texts.get(rowB).trim() ? "same answer" : "different answer");
  return kind(isA ? "only B failed" : isB ? "only A failed" : "both failed");
}

function bitsOf(names: readonly string[], fields: string[]): number {
  let bits = 0;
  for (const name of names) {
    let at = fields.indexOf(name);
    if (at < 0 && fields.length < MOST_FIELDS) at = fields.push(name) - 1;
    if (at >= 0) bits |= 1 << at;
  }
  return bits >>> 0;
}
