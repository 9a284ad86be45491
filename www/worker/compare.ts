// Two runs side by side: which answers changed, how, and what that costs.
import { csvLine } from "../../js/cli/output/csv.js";
import {
  type Comparison,
  type Crossing,
  KINDS,
  type PairCells,
  type PairDetail,
  type PairSide,
  type SideFacts,
} from "../comparison.js";
import type { Query } from "../shared.js";
import { gathered } from "./exports.js";
import { OUTCOMES } from "./outcomes.js";
import { commonColumns, differing, keyOf, objectOf, type Pairing, paired } from "./pairing.js";
import { searched } from "./query.js";
import { keyColumn, type Side } from "./side.js";
import { type Dimension, sifted } from "./sift.js";

const SHOWN_CHARS = 240;
/** Answers with more different values make no table that anybody reads. */
const MOST_LABELS = 12;
const INPUTS = ["same input", "input differs"] as const;

/** Two runs, joined; questions are answered from what was joined. */
export class Compared {
  readonly a: Side;
  readonly b: Side;
  readonly #pairs: Pairing;
  readonly #keys: readonly [number, number];
  #rows: Uint32Array;

  constructor(a: Side, b: Side) {
    this.a = a;
    this.b = b;
    this.#pairs = paired(a, b);
    this.#keys = [keyColumn(a.rows, a.run.settings.key), keyColumn(b.rows, b.run.settings.key)];
    this.#rows = new Uint32Array(0);
  }

  /** The pairs that match, and sums over them. */
  look(query: Query): Comparison {
    const { count, a, b, kind } = this.#pairs;
    const found = this.#searched(query.text);
    const dimensions = this.#dimensions();
    const kinds = KINDS.map(() => 0);
    const things = new Uint32Array(count);
    let listed = 0;
    for (let at = 0; at < count; at += 1) {
      kinds[kind[at] as number] = (kinds[kind[at] as number] as number) + 1;
      if (found.isIn(at)) things[listed++] = at;
    }
    const { matching, facets, counts } = sifted(things.subarray(0, listed), dimensions, query);
    this.#rows = this.#ordered(matching, query.sort);
    return {
      a: sums(this.a, a, this.#rows),
      b: sums(this.b, b, this.#rows),
      total: count,
      matching: matching.length,
      kinds,
      // Where nothing can be told apart there is nothing to choose; the answers have a table of their own.
      facets: facets.filter(({ name, values }) => name !== "cell" && (values.length > 1 || query.facets[name]?.length)),
      crossing: this.#crossing(dimensions, counts),
      fault: found.fault,
    };
  }

  /** Pairs by their place in the last look. */
  pairs(from: number, size: number): PairCells[] {
    return Array.from(this.#rows.subarray(from, from + size), (at) => this.#cellsOf(at));
  }

  /** One pair in full; null where the last look has none at this place. */
  async pair(place: number): Promise<PairDetail | null> {
    const at = this.#rows[place];
    if (at === undefined) return null;
    const { a, b } = this.#pairs;
    const cells = this.#cellsOf(at, Number.POSITIVE_INFINITY);
    const [rowA, rowB] = [a[at] as number, b[at] as number];
    const isPair = cells.a?.outcome === "succeeded" && cells.b?.outcome === "succeeded";
    const { pieces } = await import("./words.js");
    const side = rowA < 0 ? this.b : this.a;
    const row = rowA < 0 ? rowB : rowA;
    return {
      ...cells,
      place,
      pieces: isPair ? pieces(cells.a?.output ?? "", cells.b?.output ?? "") : null,
      fields: isPair ? fieldsOf(cells.a?.output ?? "", cells.b?.output ?? "") : null,
      inputs: this.#inputs(rowA, rowB),
      input: side.rows.columns.map((name, column) => ({ name, value: side.rows.cell(row, column) })),
    };
  }

  /** The pairs of the last look, with both answers beside the input. */
  csv(): Blob {
    const { a, b } = this.#pairs;
    const columns = ["outcome", "text", "input_tokens", "output_tokens", "cost_usd"];
    const head = ["key", ...this.a.rows.columns, "compared"];
    const of = (side: PairSide | null): (string | number | null)[] =>
      side === null
        ? columns.map(() => null)
        : [side.outcome, side.output, side.inputTokens, side.outputTokens, side.cost];
    const lines = function* (this: Compared): Generator<string> {
      yield csvLine([...head, ...columns.map((name) => `a_${name}`), ...columns.map((name) => `b_${name}`)]);
      for (const at of this.#rows) {
        const cells = this.#cellsOf(at, Number.POSITIVE_INFINITY);
        const row = a[at] as number;
        const input = row < 0 ? this.#borrowed(b[at] as number) : this.a.rows.row(row);
        yield csvLine([cells.key, ...input, cells.kind, ...of(cells.a), ...of(cells.b)]);
      }
    };
    return gathered(lines.call(this), "text/csv", "\uFEFF");
  }

  /** Cells of B under the columns of A. */
  #borrowed(row: number): string[] {
    return this.a.rows.columns.map((name) => {
      const column = this.b.rows.columns.indexOf(name);
      return column < 0 ? "" : this.b.rows.cell(row, column);
    });
  }

  #searched(text: string): { isIn: (at: number) => boolean; fault: string | null } {
    const { a, b } = this.#pairs;
    const [inA, inB] = [
      searched({ ...this.a, keyColumn: this.#keys[0] }, text),
      searched({ ...this.b, keyColumn: this.#keys[1] }, text),
    ];
    if (!inA.marks || !inB.marks) return { isIn: () => true, fault: inA.fault };
    const [marksA, marksB] = [inA.marks, inB.marks];
    return { isIn: (at) => marksA[a[at] as number] === 1 || marksB[b[at] as number] === 1, fault: inA.fault };
  }

  #dimensions(): Dimension[] {
    const { kind, isOther, fields, field, a, b } = this.#pairs;
    const all: Dimension[] = [
      { name: "kind", label: "Answers", values: KINDS, of: (at, take) => take(kind[at] as number) },
      {
        name: "inputs",
        label: "Input",
        values: INPUTS,
        of: (at, take) => (a[at] as number) >= 0 && (b[at] as number) >= 0 && take(isOther[at] as number),
      },
      {
        name: "field",
        label: "Field that differs",
        values: fields,
        of: (at, take) => {
          const bits = field[at] as number;
          for (let bit = 0; bit < fields.length; bit += 1) if ((bits >>> bit) & 1) take(bit);
        },
      },
    ];
    const [labelsA, labelsB] = [labelsOf(this.a), labelsOf(this.b)];
    if (labelsA && labelsB) {
      const values = labelsA.flatMap((x) => labelsB.map((y) => `${x} → ${y}`));
      const of: Dimension["of"] = (at, take) => {
        const x = this.a.outcomes.label[a[at] as number] ?? 0;
        const y = this.b.outcomes.label[b[at] as number] ?? 0;
        if (x > 0 && y > 0) take((x - 1) * labelsB.length + y - 1);
      };
      all.push({ name: "cell", label: "Answers that met", values, of });
    }
    return all;
  }

  #crossing(dimensions: readonly Dimension[], counts: readonly Uint32Array[]): Crossing | null {
    const at = dimensions.findIndex(({ name }) => name === "cell");
    const [labelsA, labelsB] = [labelsOf(this.a), labelsOf(this.b)];
    const flat = counts[at];
    if (!flat || !labelsA || !labelsB) return null;
    const width = labelsB.length;
    return { a: labelsA, b: labelsB, counts: labelsA.map((_, x) => [...flat.subarray(x * width, (x + 1) * width)]) };
  }

  #ordered(rows: Uint32Array, sort: string): Uint32Array {
    const { a, b } = this.#pairs;
    const by = (of: (side: Side, row: number) => number) => {
      const delta = (at: number): number =>
        (b[at] as number) < 0 || (a[at] as number) < 0
          ? 0
          : of(this.b, b[at] as number) - of(this.a, a[at] as number) || 0;
      return rows.slice().sort((x, y) => delta(x) - delta(y) || x - y);
    };
    const name = sort.replace(/^-/, "");
    const sorted =
      name === "cost"
        ? by(({ outcomes }, row) => outcomes.cost[row] as number)
        : name === "out"
          ? by(({ outcomes }, row) => outcomes.outputTokens[row] as number)
          : rows.slice();
    return sort.startsWith("-") ? sorted.reverse() : sorted;
  }

  #cellsOf(at: number, chars = SHOWN_CHARS): PairCells {
    const { a, b, kind } = this.#pairs;
    const [rowA, rowB] = [a[at] as number, b[at] as number];
    return {
      key: rowA < 0 ? keyOf(this.b.rows, this.#keys[1], rowB) : keyOf(this.a.rows, this.#keys[0], rowA),
      kind: KINDS[kind[at] as number] as PairCells["kind"],
      a: sideOf(this.a, rowA, chars),
      b: sideOf(this.b, rowB, chars),
    };
  }

  #inputs(rowA: number, rowB: number): { name: string; a: string; b: string }[] {
    if (rowA < 0 || rowB < 0) return [];
    return commonColumns(this.a.rows, this.b.rows)
      .map(([x, y]) => ({
        name: this.a.rows.columns[x] ?? "",
        a: this.a.rows.cell(rowA, x),
        b: this.b.rows.cell(rowB, y),
      }))
      .filter((cell) => cell.a !== cell.b);
  }
}

/** Answers that are few, without the place of those that are none. */
function labelsOf({ outcomes }: Side): string[] | null {
  return outcomes.hasLabels && outcomes.labels.length <= MOST_LABELS + 1 ? outcomes.labels.slice(1) : null;
}

function sideOf({ outcomes }: Side, row: number, chars: number): PairSide | null {
  if (row < 0) return null;
  const error = outcomes.errors[outcomes.error[row] ?? 0] ?? "";
  const text = outcomes.texts.get(row);
  const cost = outcomes.cost[row] as number;
  return {
    row,
    outcome: OUTCOMES[outcomes.outcome[row] ?? 0] ?? "",
    output: (error === "" ? text : `${error}: ${text}`).slice(0, chars),
    inputTokens: outcomes.inputTokens[row] ?? 0,
    outputTokens: outcomes.outputTokens[row] ?? 0,
    cost: Number.isNaN(cost) ? null : cost,
  };
}

function fieldsOf(a: string, b: string): PairDetail["fields"] {
  const [x, y] = [objectOf(a), objectOf(b)];
  if (!x || !y) return null;
  const said = (value: unknown): string =>
    value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return differing(x, y).map((name) => ({ name, a: said(x[name]), b: said(y[name]) }));
}

function sums({ run, outcomes }: Side, rows: Int32Array, matched: Uint32Array): SideFacts {
  let cost = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  for (const at of matched) {
    const row = rows[at] as number;
    if (row < 0) continue;
    cost += outcomes.cost[row] as number;
    inputTokens += outcomes.inputTokens[row] as number;
    outputTokens += outcomes.outputTokens[row] as number;
  }
  const { model } = run.attempts.at(-1)?.settings ?? run.settings;
  return { id: run.id, name: run.name, model, cost: Number.isNaN(cost) ? null : cost, inputTokens, outputTokens };
}
