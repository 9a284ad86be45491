// batchwise rm: forget a run here, or delete its batches at the API.
import { type Batchwise, NotFoundError } from "batchwise";
import type { Command } from "commander";
import { type AskOptions, mustAgree } from "../call/ask.js";
import { usage } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { withKey, withScreen, withState, withYes } from "../call/options.js";
import { type Run, Runs, type StateOptions } from "../runs/folder.js";
import { savedProgress } from "../runs/saved-progress.js";
import { standingOf } from "../runs/standing.js";
import { counted } from "../screen/format.js";
import { openScreen } from "../screen/screen.js";
import { checkOrigin } from "./resume.js";

interface RmOptions extends KeyOptions, StateOptions, AskOptions {
  remote?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function defineRm(program: Command): void {
  const command = program
    .command("rm")
    .description("forget a run and its results here; with --remote delete its batches at the API instead")
    .argument("<run>", "its name, or how it begins")
    .option("--remote", "delete the batches and results at the API; what is here stays");
  withState(withKey(withScreen(withYes(command, "delete without asking"), "what was deleted"))).action(rm);
}

async function rm(name: string, options: RmOptions): Promise<void> {
  const runs = new Runs(options);
  const run = runs.find(name);
  const { word, driver } = await standingOf(run);
  if (driver !== null) throw usage(`run ${run.id} is driven by process ${driver}: end that first`);
  const screen = openScreen(options.quiet ?? false);
  if (options.remote) {
    await needKey(options);
    checkOrigin(run);
    if (word !== "done") throw usage(`run ${run.id} is unfinished: resume or cancel it first, or its answers are lost`);
    const batches = batchesOf(run);
    await mustAgree(options, `Delete ${counted(batches.length, "batch")} of run ${run.id} at the API for good?`);
    const gone = await deleted(await clientOf(options), batches);
    screen.say(`deleted   ${counted(gone, "batch")} at the API; results of run ${run.id} stay in ${run.folder}`);
    if (options.json) print({ run: run.id, remote: true, batches });
    return;
  }
  const lost =
    word === "unfinished" ? " It is unfinished: its batches go on and cost, and nothing here knows them then." : "";
  await mustAgree(options, `Forget run ${run.id} and its results in ${run.folder}?${lost}`);
  runs.remove(run);
  screen.say(`removed   run ${run.id}`);
  if (options.json) print({ run: run.id, remote: false, batches: [] });
}

/** What was deleted. */
function print(done: { run: string; remote: boolean; batches: readonly string[] }): void {
  process.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
}

function batchesOf(run: Run): string[] {
  const known = savedProgress(run)?.parts.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])) ?? [];
  return [...new Set([...(run.record.report?.batches ?? []), ...known])];
}

/** A batch that is gone already counts as deleted. */
async function deleted(client: Batchwise, batches: readonly string[]): Promise<number> {
  for (const id of batches) {
    await client.messages.batches.delete(id).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
  }
  return batches.length;
}
