// batchwise ls: every run, the newest first.
import type { Command } from "commander";
import { withScreen, withState } from "../call/options.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { standingOf } from "../runs/standing.js";
import { count, dollars } from "../screen/format.js";
import { table } from "../screen/table.js";

export function defineLs(program: Command): void {
  const command = program.command("ls").description("list the runs, the newest first");
  withState(withScreen(command, "them")).action(ls);
}

async function ls(options: StateOptions & { json?: boolean; quiet?: boolean }): Promise<void> {
  const runs = new Runs(options).list();
  const found = [];
  for (const run of runs) found.push({ run, ...(await standingOf(run)) });
  if (options.json) {
    const all = found.map(({ run: { id, record }, word, progress }) => ({
      id,
      state: word,
      createdAt: record.createdAt,
      data: record.data.name,
      model: record.recipe.model ?? null,
      requestCount: record.requestCount,
      finished: progress.finished,
      outcomes: progress.outcomes,
      cost: progress.cost,
      retries: record.retries ?? null,
    }));
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const lines = found.map(({ run: { id, record }, word, progress }) => [
    id,
    record.createdAt.slice(0, 16).replace("T", " "),
    word,
    `${count(progress.finished)} of ${count(record.requestCount)}`,
    `${count(progress.finished - progress.outcomes.succeeded)} failed`,
    dollars(progress.cost),
    record.recipe.model ?? "",
    record.retries === undefined ? record.data.name : `retry of ${record.retries}`,
  ]);
  if (lines.length === 0 && !options.quiet) process.stderr.write("no runs yet: batchwise run begins one\n");
  for (const line of table(lines)) process.stdout.write(`${line}\n`);
}
