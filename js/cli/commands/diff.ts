// batchwise diff: two runs row by row.
import { costOf, type MessageBatchIndividualResponse } from "batchwise";
import type { Command } from "commander";
import { withScreen, withState } from "../call/options.js";
import { toStdout } from "../output/target.js";
import { type Run, Runs, type StateOptions } from "../runs/folder.js";
import { latest, openResults } from "../runs/merged-run.js";
import { count, dollars } from "../screen/format.js";
import { table } from "../screen/table.js";

/** Answers that are labels have few values; more than these make no table. */
const MOST_LABELS = 12;

interface DiffOptions extends StateOptions {
  rows?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function defineDiff(program: Command): void {
  const command = program
    .command("diff")
    .description("compare the answers of two runs, row by row")
    .argument("<a>", "a run")
    .argument("<b>", "another run")
    .option("--rows", "print the rows that differ as JSONL on stdout");
  withState(withScreen(command, "the counts")).action(diff);
}

/** One row of both runs; null where a run has no answer. */
interface Pair {
  readonly id: string;
  readonly a: string | null;
  readonly b: string | null;
}

async function diff(nameA: string, nameB: string, options: DiffOptions): Promise<void> {
  const runs = new Runs(options);
  const [a, b] = [sideOf(runs, runs.find(nameA)), sideOf(runs, runs.find(nameB))];
  const counts = { same: 0, different: 0, onlyAFailed: 0, onlyBFailed: 0, bothFailed: 0 };
  const labels = new Labels();
  for (const id of new Set([...a.ids(), ...b.ids()])) {
    const pair = { id, a: a.answer(id), b: b.answer(id) };
    counts[kindOf(pair)] += 1;
    labels.add(pair);
    if (options.rows && pair.a !== pair.b)
      await toStdout(`${JSON.stringify({ custom_id: id, a: pair.a, b: pair.b })}\n`);
  }
  const cost = { a: a.cost, b: b.cost };
  if (options.json) return toStdout(`${JSON.stringify({ ...counts, cost, labels: labels.counts() }, null, 2)}\n`);
  if (options.rows || options.quiet) return;
  const all = counts.same + counts.different;
  const share = all === 0 ? "" : ` (${((100 * counts.same) / all).toFixed(1)} %)`;
  const lines = [
    `same ${count(counts.same)}${share}   different ${count(counts.different)}   only A failed ${count(counts.onlyAFailed)}   only B failed ${count(counts.onlyBFailed)}   both failed ${count(counts.bothFailed)}`,
    `cost A ${dollars(cost.a)} (${a.name})   B ${dollars(cost.b)} (${b.name})`,
    ...labels.table(),
  ];
  await toStdout(`${lines.join("\n")}\n`);
}

function kindOf({ a, b }: Pair): "same" | "different" | "onlyAFailed" | "onlyBFailed" | "bothFailed" {
  if (a === null) return b === null ? "bothFailed" : "onlyAFailed";
  if (b === null) return "onlyBFailed";
  return a === b ? "same" : "different";
}

/** A run's answers by id. */
function sideOf(runs: Runs, run: Run) {
  const files = openResults(runs, run);
  let cost: number | null = 0;
  return {
    name: `${run.id}, ${run.record.recipe.model ?? run.record.data.name}`,
    get cost(): number | null {
      return cost;
    },
    *ids(): Generator<string> {
      for (const file of files.slice(-1)) yield* file.ids();
    },
    answer(id: string): string | null {
      const line = latest(files, id);
      if (line === null) return null;
      const { result } = JSON.parse(line) as MessageBatchIndividualResponse;
      if (result.type !== "succeeded") return null;
      const paid = costOf(result.message);
      cost = cost === null || paid === null ? null : cost + paid;
      return result.message.content
        .flatMap((block) => (block.type === "text" ? [block.text] : []))
        .join("")
        .trim();
    },
  };
}

/** How often which answer of A met which answer of B, where there are few. */
class Labels {
  readonly #met = new Map<string, Map<string, number>>();
  #isMany = false;

  add({ a, b }: Pair): void {
    if (a === null || b === null || this.#isMany) return;
    const row = this.#met.get(a) ?? new Map<string, number>();
    this.#met.set(a, row.set(b, (row.get(b) ?? 0) + 1));
    this.#isMany = this.#met.size > MOST_LABELS || row.size > MOST_LABELS;
  }

  /** Null where the answers are no labels. */
  counts(): Record<string, Record<string, number>> | null {
    if (this.#isMany) return null;
    return Object.fromEntries([...this.#met].map(([label, row]) => [label, Object.fromEntries(row)]));
  }

  table(): string[] {
    if (this.#isMany || this.#met.size === 0) return [];
    const columns = [...new Set([...this.#met.values()].flatMap((row) => [...row.keys()]))].sort();
    const rows = [...this.#met].sort(([a], [b]) => (a < b ? -1 : 1));
    return table([
      ["answer", ...columns.map((label) => `B:${short(label)}`)],
      ...rows.map(([label, row]) => [`A:${short(label)}`, ...columns.map((column) => count(row.get(column) ?? 0))]),
    ]);
  }
}

function short(label: string): string {
  const line = label.replaceAll(/\s+/g, " ");
  return line.length > 16 ? `${line.slice(0, 15)}…` : line;
}
