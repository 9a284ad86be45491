// batchwise run: check, price, ask, send, wait, write. What has arrived is on disk at every moment.
import type { Command } from "commander";
import { type AskOptions, agreed, mustAgree } from "../call/ask.js";
import { CommandError, Exit } from "../call/exit.js";
import { type KeyOptions, needKey } from "../call/key.js";
import { whole } from "../call/numbers.js";
import {
  withDriving,
  withKey,
  withPrices,
  withRequests,
  withScreen,
  withSpeed,
  withState,
  withYes,
} from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { type Prepared, prepare } from "../input/prepare.js";
import type { RequestOptions } from "../input/request.js";
import { keepInput, proveWritable, type Target, targetOf } from "../output/target.js";
import { lookFor } from "../runs/begin.js";
import { anchorOf } from "../runs/clock.js";
import { drive } from "../runs/drive.js";
import { finish } from "../runs/finish.js";
import { type Run, Runs } from "../runs/folder.js";
import type { RunSettings } from "../runs/record.js";
import { counted, dollars, dollarsAtMost } from "../screen/format.js";
import { asksAfterPilot } from "../screen/pilot.js";
import { describeEstimate, refuseInvalid } from "../screen/plan.js";
import { openScreen, type Screen } from "../screen/screen.js";

/** The options of commands that send. */
export interface SendOptions extends RequestOptions, KeyOptions, PriceOptions, AskOptions, RunSettings {
  speed?: number;
  json?: boolean;
  quiet?: boolean;
  new?: boolean;
}

interface RunOptions extends SendOptions {
  output?: string;
}

export function defineRun(program: Command): void {
  const command = withRequests(program.command("run").description("check, price, send, wait and write the results"))
    .option("-o, --output <file>", "where rows go with their results: .csv, .jsonl or .parquet; default stdout")
    .option("--pilot <n>", "send so many first, alone, and ask before the rest", whole);
  withDriving(command).option("--new", "begin a new run, though one like it is unfinished");
  withSpeed(withPrices(withState(withKey(withScreen(withYes(command), "the final report"))))).action(run);
}

async function run(path: string, options: RunOptions): Promise<void> {
  await needKey(options);
  await takePrices(options);
  const target = targetOf(options.output);
  if (path !== "-") keepInput(path, target);
  proveWritable(target);
  const screen = openScreen(options.quiet ?? false);
  const runs = new Runs(options);
  const prepared = await prepare(path, options);
  const begun = await begunRun(runs, prepared, target, options, screen);
  const { plan } = prepared;
  const { onPilot, until } = asksAfterPilot(screen, plan, (question) => agreed(options, question));
  const driven = await drive(begun, prepared, { screen, options: { onPilot }, until });
  await finish(runs, begun, driven, { screen, json: options.json, pricesAsOf: plan.estimate().pricesAsOf, target });
}

/** The unfinished run that this is, or a new one that was checked, priced and agreed to. */
export async function begunRun(
  runs: Runs,
  prepared: Prepared,
  target: Target | null,
  options: SendOptions,
  screen: Screen,
): Promise<Run> {
  const { input, plan } = prepared;
  refuseInvalid(input.name, plan);
  anchorOf(options.speed);
  const { maxCost, rounds, pilot } = options;
  const beginning = { settings: { maxCost, rounds, pilot }, target, speed: options.speed };
  const found = await lookFor(runs, prepared, beginning);
  if (found.same && !options.new) {
    screen.say(
      `attached  run ${found.same.id} asks the same and is unfinished: going on with it, nothing is paid twice`,
    );
    if (target && target.path !== found.same.record.output) found.same.save({ output: target.path });
    return found.same;
  }
  if (found.other) screen.say(`note      run ${found.other.id} of this file is unfinished and asks something else`);
  const estimate = plan.estimate();
  for (const line of describeEstimate(plan, estimate)) screen.say(line);
  guard(estimate.total.ceiling, maxCost);
  await mustAgree(options, `Send ${counted(plan.requestCount - plan.merged, "request")}?`);
  const run = await found.begin();
  screen.say(`run       ${run.id} in ${run.folder}`);
  return run;
}

/** Refuses what could cost more than is allowed. */
export function guard(ceiling: number | null, maxCost: number | undefined): void {
  if (maxCost === undefined) return;
  if (ceiling === null) {
    throw new CommandError(
      Exit.spend,
      `a model has no known price, so --max-cost ${maxCost} cannot be kept: leave it out, or choose another model; nothing was sent`,
    );
  }
  if (ceiling <= maxCost) return;
  throw new CommandError(
    Exit.spend,
    `it could cost ${dollarsAtMost(ceiling)}, more than --max-cost ${dollars(maxCost)}: lower --max-tokens or raise the limit; nothing was sent`,
  );
}
