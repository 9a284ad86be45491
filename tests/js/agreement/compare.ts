// Two judges over the same samples: where they differ, a line of the list of reasons has to cover it.
import { mkdirSync, writeFileSync } from "node:fs";
import type { Violation } from "batchwise";
import type { Allowed } from "./allowed.js";
import { type Sample, title } from "./corpus.js";

/** What came of a comparison. */
export interface Comparison {
  /** For people. */
  readonly table: string;
  /** Differences that no line covers, the first of each kind. */
  readonly unexplained: readonly string[];
  /** Lines that cover nothing. */
  readonly unused: readonly string[];
}

/**
 * Compares. `theirs` is why the other judge refuses, null where it does not. A request that check alone refuses is
 * covered when each of its errors is; one that the other alone refuses, when its reason is.
 */
export function compare(
  name: string,
  samples: readonly Sample[],
  ours: readonly (readonly Violation[])[],
  theirs: readonly (string | null)[],
  allowed: readonly Allowed[],
): Comparison {
  const used = new Map(allowed.map((line) => [line, 0]));
  const unexplained = new Map<string, { example: string; count: number }>();
  const cells = { bothAccept: 0, bothRefuse: 0, checkAlone: 0, otherAlone: 0 };

  const explain = (refuses: Allowed["refuses"], what: string, sample: Sample) => {
    const line = allowed.find((line) => line.refuses === refuses && line.match.test(what));
    if (line) used.set(line, (used.get(line) ?? 0) + 1);
    else {
      const key = `${refuses === "check" ? "check alone refuses" : `${name} alone refuses`}: ${general(what)}`;
      const known = unexplained.get(key) ?? { example: title(sample), count: 0 };
      unexplained.set(key, { ...known, count: known.count + 1 });
    }
  };
  for (const [place, sample] of samples.entries()) {
    const errors = ours[place] ?? [];
    const why = theirs[place] ?? null;
    if (errors.length > 0 && why === null) {
      cells.checkAlone++;
      const said = new Set(errors.map(({ code, path, message }) => `${code} ${path}: ${message}`));
      for (const what of said) explain("check", what, sample);
    } else if (errors.length === 0 && why !== null) {
      cells.otherAlone++;
      explain("other", `${title(sample)}: ${why}`, sample);
    } else if (why === null) cells.bothAccept++;
    else cells.bothRefuse++;
  }

  const lines = [...used].map(([line, count]) => {
    const who = line.refuses === "check" ? "check alone" : `${name} alone`;
    return `${String(count).padStart(7)}  ${who.padEnd(14)} ${String(line.match)}  ${line.reason}`;
  });
  const sum = (label: string, count: number) => `${String(count).padStart(7)}  ${label}`;
  const table = [
    `check and ${name} over ${samples.length} requests`,
    sum("both accept", cells.bothAccept),
    sum("both refuse", cells.bothRefuse),
    sum("check alone refuses", cells.checkAlone),
    sum(`${name} alone refuses`, cells.otherAlone),
    "differences, each with its reason:",
    ...lines,
  ].join("\n");
  const counted = [...unexplained].sort(([, one], [, next]) => next.count - one.count);
  return {
    table,
    unexplained: counted.map(([key, { example, count }]) => `${count} × ${key} (${example})`),
    unused: [...used].filter(([, count]) => count === 0).map(([line]) => String(line.match)),
  };
}

/** Keeps a table where the runner of all tests finds it and prints it. */
export function note(name: string, table: string): void {
  const folder = new URL("notes/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.txt`, folder), `${table}\n`);
}

function general(what: string): string {
  return what.replace(/\d+/g, "#");
}
