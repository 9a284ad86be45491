// make bench: reading results, beside the official SDK, the JSON Lines handler of Vercel's AI SDK, JavaScript tuned by
// hand and JSON.parse of lines that are strings already, over the same bytes in the same run.
//
// Figures are ratios of CPU time: all sides share the machine and its mood, and take turns. Each is the median of the
// rounds with its spread, after rounds in which engines of JavaScript compile what is hot: that costs the same however
// long the file is. MB: how much of each kind; ROUNDS; WARM: rounds before; KINDS, TASKS: only these, with commas between.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drained, readers, reading, tasks } from "./results/readers.mjs";
import { report } from "./results/report.mjs";
import { workload } from "./results/workloads.mjs";

const SIZE = 1e6 * Number(process.env.MB ?? 12);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const WARM = Number(process.env.WARM ?? 3);
const kinds = (process.env.KINDS ?? "short,2 KB,20 KB,mixed,1 MB,32 MiB").split(",");
const wanted = process.env.TASKS?.split(",") ?? tasks;
const root = fileURLToPath(new URL("../..", import.meta.url));

const results = [];
for (const kind of kinds) {
  const work = workload(kind, kind === "32 MiB" ? 1 : SIZE);
  const times = await inTurn(work);
  results.push({ kind, bytes: work.file.length, rows: work.rows, times, native: native(work) });
}
report(results, process.argv.includes("--write"));

/** CPU time in nanoseconds of every reader at every task, a list of rounds each. */
async function inTurn(work) {
  const isLong = work.rows < 100;
  const some = isLong ? wanted.filter((task) => task === "count" || task === "full objects") : wanted;
  const times = {};
  const contestants = some.flatMap((task) =>
    readers.map((reader) => ({ task, reader, run: reading(reader, task, work) })),
  );
  const drain = { task: "drain", reader: "batchwise", run: () => drained(work.file) };
  const figures = {};
  // One line of 32 MiB takes a rival that searches it anew for every chunk half a minute.
  const [first, last] = work.rows === 1 ? [1, 1] : [1 - WARM, ROUNDS];
  for (let round = first; round <= last; round++) {
    for (const { task, reader, run } of [drain, ...contestants]) {
      const begin = process.cpuUsage();
      const figure = await run();
      const { user, system } = process.cpuUsage(begin);
      figures[task] ??= figure;
      if (figure !== figures[task])
        throw new Error(`${task}, ${work.kind}: ${reader} says ${figure}, not ${figures[task]}`);
      if (round < 1) continue;
      times[task] ??= {};
      times[task][reader] ??= [];
      times[task][reader].push(1000 * (user + system));
    }
  }
  return times;
}

/** The same scan compiled for this machine, in nanoseconds; undefined where there is no compiler or NATIVE is "0". */
function native({ kind, file }) {
  if (process.env.NATIVE === "0") return undefined;
  const folder = `${root}/target/bench`;
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${kind.replaceAll(" ", "-")}.jsonl`;
  writeFileSync(path, file);
  const command = ["bench", "--quiet", "--bench", "scan", "--", path];
  const out = execFileSync("cargo", command, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return Number(out.split(" ")[0]);
}
