// Looks at outcomes: facets with counts, search, order.
import type { Look, Query } from "../shared.js";
import { type Counted, dimensionsOf } from "./dimensions.js";
import { sifted } from "./sift.js";

/** The rows that match, in the order that was asked for, and what they are. */
export interface View {
  readonly rows: Uint32Array;
  readonly look: Omit<Look, "first">;
}

/** Answers a query. */
export function view(table: Counted, query: Query): View {
  const start = performance.now();
  const { outcomes } = table;
  const { marks, fault } = searched(table, query.text);
  const rows = new Uint32Array(outcomes.rowCount);
  let total = 0;
  let found = 0;
  for (let row = 0; row < outcomes.rowCount; row += 1) {
    if (outcomes.outcome[row] === 0) continue;
    total += 1;
    if (!marks || marks[row] === 1) rows[found++] = row;
  }
  const { matching, facets } = sifted(rows.subarray(0, found), dimensionsOf(table), query);
  let cost = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  for (const row of matching) {
    cost += outcomes.cost[row] as number;
    inputTokens += outcomes.inputTokens[row] as number;
    outputTokens += outcomes.outputTokens[row] as number;
  }
  const shown = facets.filter(({ values }) => values.length > 0);
  const sums = { cost: Number.isNaN(cost) ? null : cost, inputTokens, outputTokens };
  const ordering = ordered(table, matching, query.sort);
  const ms = performance.now() - start;
  const look = { text: query.text, total, matching: matching.length, facets: shown, ...sums, ms, fault };
  return { rows: ordering, look };
}

/** Marks of the rows that the search finds; null where nothing is searched for. */
export function searched(
  { outcomes, rows }: Counted,
  text: string,
): { marks: Uint8Array | null; fault: string | null } {
  const wanted = text.trim();
  if (wanted === "") return { marks: null, fault: null };
  const { field, needle } = /^(?<field>out|in):(?<needle>.*)$/s.exec(wanted)?.groups ?? { needle: wanted };
  const marks = new Uint8Array(outcomes.rowCount);
  const pattern = /^\/(.+)\/$/s.exec(needle ?? "")?.[1];
  let matcher: RegExp | null = null;
  try {
    matcher = pattern === undefined ? null : new RegExp(pattern, "iu");
  } catch (error) {
    return { marks, fault: `this is no regular expression: ${(error as Error).message}` };
  }
  if (matcher) {
    const cells = (row: number): string[] => (field === "out" ? [] : rows.row(row));
    const texts = (row: number): string[] => (field === "in" ? [] : [outcomes.texts.get(row)]);
    for (let row = 0; row < marks.length; row += 1) {
      if (outcomes.outcome[row] !== 0 && [...texts(row), ...cells(row)].some((cell) => matcher.test(cell)))
        marks[row] = 1;
    }
  } else {
    if (field !== "in") outcomes.texts.find(needle ?? "", marks);
    if (field !== "out") rows.find(needle ?? "", marks);
  }
  return { marks, fault: null };
}

function ordered({ outcomes, rows, keyColumn }: Counted, matched: Uint32Array, sort: string): Uint32Array {
  const name = sort.replace(/^-/, "");
  const by = (values: { readonly [row: number]: number }) => (a: number, b: number) =>
    (values[a] as number) - (values[b] as number) || a - b;
  const words = (of: (row: number) => string) => {
    const collator = new Intl.Collator(undefined, { numeric: true });
    const texts = new Map(Array.from(matched, (row) => [row, of(row)]));
    return (a: number, b: number) => collator.compare(texts.get(a) ?? "", texts.get(b) ?? "") || a - b;
  };
  const orders: Readonly<Record<string, () => (a: number, b: number) => number>> = {
    state: () => by(outcomes.outcome),
    in: () => by(outcomes.inputTokens),
    out: () => by(outcomes.outputTokens),
    cost: () => by(outcomes.cost),
    attempt: () => by(outcomes.attempt),
    output: () => words((row) => outcomes.texts.get(row).slice(0, 100)),
    key: () => words((row) => (keyColumn < 0 ? String(row) : rows.cell(row, keyColumn))),
  };
  const order = Object.hasOwn(orders, name) ? orders[name]?.() : undefined;
  const sorted = order ? matched.slice().sort(order) : matched;
  return sort.startsWith("-") ? sorted.toReversed() : sorted;
}
