// Which merged rows and which of their columns are wanted.
import { usage } from "../call/exit.js";
import type { Merged, MergedRow } from "./merged.js";

const CONDITION = /^([^=!~<>]+?)\s*(!=|=|~|<|>)\s*(.*)$/s;

type Test = (value: unknown) => boolean;

/** The rows for which every condition holds: `column=value`, `!=`, `~` for a part of it, `<` and `>` for numbers. */
export function where(table: Merged, conditions: readonly string[]): Merged {
  if (conditions.length === 0) return table;
  const tests = conditions.map((condition): readonly [number, Test] => {
    const [, name = "", operator = "", value = ""] = CONDITION.exec(condition) ?? [];
    if (operator === "") throw usage(`--where ${condition}: write column=value, with =, !=, ~, < or > between them`);
    return [placeOf(table, name), testOf(operator, value)];
  });
  const rows = async function* (): AsyncGenerator<MergedRow> {
    for await (const row of table.rows) if (tests.every(([at, test]) => test(row[at]))) yield row;
  };
  return { ...table, rows: rows() };
}

/** The columns that are named, in that order. */
export function select(table: Merged, names: readonly string[] | undefined): Merged {
  if (names === undefined) return table;
  const places = names.map((name) => placeOf(table, name));
  const rows = async function* (): AsyncGenerator<MergedRow> {
    for await (const row of table.rows) yield places.map((at) => row[at]);
  };
  return { ...table, columns: names, rows: rows() };
}

/** A column by its name; what is added has its plain name, too, where the input has a column of that name. */
function placeOf({ columns, named }: Merged, name: string): number {
  const wanted = name.trim() === "state" ? named.outcome : name.trim();
  const at = columns.indexOf(wanted);
  if (at >= 0) return at;
  const other = columns.indexOf((named as Record<string, string>)[wanted] ?? "");
  if (other >= 0) return other;
  throw usage(`no column ${wanted}: there are ${columns.join(", ")}`);
}

function testOf(operator: string, value: string): Test {
  const text = (cell: unknown): string =>
    typeof cell === "string" ? cell : cell === null || cell === undefined ? "" : JSON.stringify(cell);
  switch (operator) {
    case "=":
      return (cell) => text(cell) === value;
    case "!=":
      return (cell) => text(cell) !== value;
    case "~":
      return (cell) => text(cell).toLowerCase().includes(value.toLowerCase());
    case "<":
      return (cell) => text(cell) !== "" && Number(text(cell)) < Number(value);
    default:
      return (cell) => text(cell) !== "" && Number(text(cell)) > Number(value);
  }
}
