// batchwise resume: go on with a run, wherever it stands.
import type { Command } from "commander";
import { PRICES_AS_OF } from "../../generated.js";
import { type AskOptions, agreed } from "../call/ask.js";
import { baseUrl } from "../call/env.js";
import { usage } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { withDriving, withKey, withPrices, withScreen, withState, withYes } from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { proveWritable, targetOf } from "../output/target.js";
import { driveAdopted } from "../runs/adopted.js";
import { type Driven, drive } from "../runs/drive.js";
import { finish } from "../runs/finish.js";
import { type Run, Runs } from "../runs/folder.js";
import { preparedAgain } from "../runs/input-of.js";
import type { RunSettings } from "../runs/record.js";
import { asksAfterPilot } from "../screen/pilot.js";
import { openScreen, type Screen } from "../screen/screen.js";

interface ResumeOptions extends KeyOptions, PriceOptions, AskOptions, RunSettings {
  output?: string;
  json?: boolean;
  quiet?: boolean;
}

export function defineResume(program: Command): void {
  const command = program
    .command("resume")
    .description("go on with a run: after Ctrl-C, a crash, or submit")
    .argument("[run]", "its name, or how it begins; default the newest")
    .option("-o, --output <file>", "where rows go with their results, instead of where the run was told");
  withDriving(command);
  withPrices(
    withState(withKey(withScreen(withYes(command, "go on after a pilot without asking"), "the final report"))),
  ).action(resume);
}

async function resume(name: string | undefined, options: ResumeOptions): Promise<void> {
  await needKey(options);
  await takePrices(options);
  const runs = new Runs(options);
  const run = runs.find(name);
  checkOrigin(run);
  if (options.output !== undefined) run.save({ output: targetOf(options.output).path });
  const target = targetOf(run.record.output ?? undefined);
  proveWritable(target);
  const screen = openScreen(options.quiet ?? false);
  if (run.record.report) screen.say(`note      run ${run.id} has ended already: this tells its account again`);
  const driven = await driving(run, options, screen);
  await finish(runs, run, driven, { screen, json: options.json, pricesAsOf: PRICES_AS_OF, target });
}

async function driving(run: Run, options: ResumeOptions, screen: Screen): Promise<Driven> {
  const client = await clientOf(options);
  if (run.record.adopted) return driveAdopted(run, client, screen);
  const { maxCost, rounds } = options;
  const prepared = await preparedAgain(run, client);
  const { onPilot, until } = asksAfterPilot(screen, prepared.plan, (question) => agreed(options, question));
  const changed = { ...(maxCost === undefined ? {} : { maxCost }), ...(rounds === undefined ? {} : { rounds }) };
  return drive(run, prepared, { screen, options: { onPilot, ...changed }, until });
}

/** A run's batches are where it was begun, and nowhere else. */
export function checkOrigin({ id, record }: Run): void {
  if (record.origin === baseUrl()) return;
  throw usage(`run ${id} was begun at ${record.origin}, and this would ask ${baseUrl()}: set ANTHROPIC_BASE_URL to it`);
}
