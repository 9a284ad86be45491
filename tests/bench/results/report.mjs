// The table of `make bench` for results, on the terminal and in docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";

const PAGE = new URL("../../../docs/benchmarks.md", import.meta.url);
const MARKS = ["<!-- results: written by make bench -->", "<!-- end of results -->"];

/** What was promised: against which reader, in which task, per kind. */
const GOALS = [
  ["SDK", "count", { short: 12, "2 KB": 8, mixed: 8, "1 MB": 50 }],
  ["SDK", "usage and cost", { short: 12, "2 KB": 8, mixed: 8 }],
  ["SDK", "text by id", { short: 8, "2 KB": 5, mixed: 6 }],
  ["SDK", "full objects", { short: 8, "2 KB": 5, mixed: 4.5, "1 MB": 20 }],
  ["JSON.parse", "full objects", { short: 3.5, "2 KB": 1.6, mixed: 1.8 }],
];
/** The least part of the native speed. */
const CEILING = 0.5;

/** Prints the figures; with `write` into the page, too. */
export function report(results, write) {
  const lines = [
    `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0].toFixed(1)}; CPU time, medians of ${rounds(results)} rounds in turn, the least and the most in brackets.`,
    "",
    "How many times less CPU time than each rival:",
    "",
    ...speeds(results),
    "",
    "Beside the goals:",
    "",
    ...goals(results),
    "",
    "Where the time goes, in nanoseconds a row, and the same scan compiled for the machine:",
    "",
    ...costs(results),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!write) return;
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(MARKS[0]);
  const [, after] = rest.split(MARKS[1]);
  writeFileSync(PAGE, `${before}${MARKS[0]}\n\n${lines.join("\n")}\n\n${MARKS[1]}${after}`);
}

function speeds(results) {
  const rows = [];
  for (const { kind, times } of results) {
    for (const [task, { batchwise, ...rivals }] of Object.entries(times)) {
      if (task === "drain") continue;
      rows.push([kind, task, ...Object.values(rivals).map((rival) => spread(ratios(rival, batchwise)))]);
    }
  }
  const [first] = Object.values(results[0].times).filter((of) => Object.keys(of).length > 1);
  const names = Object.keys(first).filter((reader) => reader !== "batchwise");
  return table(["rows", "task", ...names], rows);
}

function goals(results) {
  const rows = [];
  for (const [rival, task, wanted] of GOALS) {
    for (const [kind, goal] of Object.entries(wanted)) {
      const of = results.find((result) => result.kind === kind)?.times[task];
      if (!of) continue;
      const figure = median(ratios(of[rival], of.batchwise));
      rows.push([kind, task, rival, String(goal), figure.toFixed(1), figure >= goal ? "holds" : "missed"]);
    }
  }
  for (const { kind, times, native } of results) {
    if (!native || !times.count) continue;
    // What draining costs is no part of the scan.
    const part = native / Math.max(1, median(times.count.batchwise) - median(times.drain.batchwise));
    rows.push([kind, "count", "native scan", String(CEILING), part.toFixed(2), part >= CEILING ? "holds" : "missed"]);
  }
  return table(["rows", "task", "beside", "goal", "figure", "verdict"], rows);
}

function costs(results) {
  const rows = results.map(({ kind, bytes, rows: count, times, native }) => {
    const each = (task) => (times[task] ? (median(times[task].batchwise) / count).toFixed(0) : "");
    const tasks = ["drain", "count", "text by id", "full objects"].map(each);
    return [kind, (bytes / count).toFixed(0), ...tasks, native ? (native / count).toFixed(0) : ""];
  });
  return table(["rows", "bytes", "drain", "count", "text by id", "full objects", "native count"], rows);
}

/** Round by round, because a mood of the machine lasts longer than a round. */
function ratios(rival, ours) {
  return rival.map((time, round) => time / ours[round]);
}

function spread(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const shown = (figure) => figure.toFixed(figure < 20 ? 1 : 0);
  return `${shown(median(list))} (${shown(sorted[0])} to ${shown(sorted.at(-1))})`;
}

function rounds(results) {
  return results[0].times.drain.batchwise.length;
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
