// What follows when a run's job is done: its rows where they were wanted, its account, what can be done next.
import type { JobReport } from "batchwise";
import { Exit } from "../call/exit.js";
import { type Target, targetOf } from "../output/target.js";
import { writeTable } from "../output/write.js";
import { counted } from "../screen/format.js";
import { summarize } from "../screen/report.js";
import type { Screen } from "../screen/screen.js";
import type { Driven } from "./drive.js";
import type { Run, Runs } from "./folder.js";
import { withMerged } from "./merged-run.js";

/** How the end is told. */
export interface Finishing {
  readonly screen: Screen;
  readonly json?: boolean | undefined;
  readonly pricesAsOf: string;
  /** Where the merged rows go, instead of where the run's record says. */
  readonly target?: Target;
}

/** Writes the rows and tells the account; the exit code says whether every row has its answer. */
export async function finish(
  runs: Runs,
  run: Run,
  { job, report, file, elapsed }: Driven,
  told: Finishing,
): Promise<void> {
  if (!report) return;
  const { screen } = told;
  // The rows of a retry belong beside those of the run it repairs.
  const shown = run.record.retries === undefined ? run : runs.find(run.record.retries);
  const target = told.target ?? targetOf(shown.record.output ?? undefined);
  const raw = run.path("results.jsonl");
  const places = [raw];
  if (target.path !== null || !told.json) {
    const rows = await withMerged(runs, shown, (table) => writeTable(table, target), file);
    if (target.path !== null) places.unshift(`${target.path} (${counted(rows, "row")})`);
  }
  for (const line of summarize(report, job.progress, told.pricesAsOf, elapsed, places)) screen.say(line);
  for (const line of nextSteps(shown, report)) screen.say(line);
  if (told.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = exitOf(report);
}

/** 0 where every request has its answer. */
export function exitOf(report: JobReport): number {
  return report.outcomes.succeeded === report.requestCount ? Exit.ok : Exit.someFailed;
}

function nextSteps(run: Run, { outcomes, requestCount }: JobReport): string[] {
  const failed = requestCount - outcomes.succeeded;
  if (failed === 0)
    return [
      `next      batchwise results ${run.id} --where … shows rows; batchwise rm ${run.id} --remote deletes the batches`,
    ];
  return [
    `next      batchwise results ${run.id} --where outcome!=succeeded   why ${counted(failed, "row")} failed`,
    `          batchwise retry ${run.id}   sends them again`,
  ];
}
