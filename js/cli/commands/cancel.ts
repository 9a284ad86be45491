// batchwise cancel: end a run's batches at the API. What was finished before is paid for, and kept.
import type { Command } from "commander";
import { type AskOptions, mustAgree } from "../call/ask.js";
import { usage } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { withKey, withScreen, withState, withYes } from "../call/options.js";
import { drive } from "../runs/drive.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { preparedAgain } from "../runs/input-of.js";
import { savedProgress } from "../runs/saved-progress.js";
import { openScreen } from "../screen/screen.js";
import { checkOrigin } from "./resume.js";

interface CancelOptions extends KeyOptions, StateOptions, AskOptions {
  json?: boolean;
  quiet?: boolean;
}

export function defineCancel(program: Command): void {
  const command = program
    .command("cancel")
    .description("end a run's batches at the API; what was finished before is paid for, and kept")
    .argument("[run]", "its name, or how it begins; default the newest");
  withState(withKey(withScreen(withYes(command, "cancel without asking"), "the progress"))).action(cancel);
}

async function cancel(name: string | undefined, options: CancelOptions): Promise<void> {
  await needKey(options);
  const run = new Runs(options).find(name);
  checkOrigin(run);
  if (run.record.report) throw usage(`run ${run.id} has ended: there is nothing to cancel`);
  await mustAgree(options, `Cancel run ${run.id}?`);
  const screen = openScreen(options.quiet ?? false);
  const client = await clientOf(options);
  if (run.record.adopted) {
    for (const id of run.record.adopted) await client.messages.batches.cancel(id);
  } else {
    const prepared = await preparedAgain(run, client);
    await drive(run, prepared, { screen, options: { onPilot: () => false }, until: (job) => job.cancel() });
  }
  screen.say(`cancelled run ${run.id}: nothing more is sent`);
  screen.say(`next      batchwise resume ${run.id} fetches what was finished`);
  if (options.json) process.stdout.write(`${JSON.stringify(savedProgress(run), null, 2)}\n`);
}
