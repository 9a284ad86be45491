// batchwise retry: send a run's failed rows again, changed or as they were.
import type { BatchRequest } from "batchwise";
import type { Command } from "commander";
import { type AskOptions, mustAgree } from "../call/ask.js";
import { usage } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { whole } from "../call/numbers.js";
import { withDriving, withKey, withPrices, withScreen, withState, withYes } from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { linesOf } from "../input/lines.js";
import { type Prepared, planOf } from "../input/prepare.js";
import { lookFor } from "../runs/begin.js";
import { type Change, fateOf, isWanted } from "../runs/causes.js";
import { drive } from "../runs/drive.js";
import { finish } from "../runs/finish.js";
import { type Run, Runs } from "../runs/folder.js";
import { preparedAgain } from "../runs/input-of.js";
import { latest, openResults } from "../runs/merged-run.js";
import type { RunSettings } from "../runs/record.js";
import { count, counted } from "../screen/format.js";
import { describeEstimate, refuseInvalid } from "../screen/plan.js";
import { openScreen } from "../screen/screen.js";
import { checkOrigin } from "./resume.js";
import { guard } from "./run.js";

interface RetryOptions extends KeyOptions, PriceOptions, AskOptions, RunSettings, Change {
  cause: string[];
  json?: boolean;
  quiet?: boolean;
}

export function defineRetry(program: Command): void {
  const command = program
    .command("retry")
    .description(
      "send a run's failed rows again, changed or as they were; the rows of the run then show the new answers",
    )
    .argument("[run]", "its name, or how it begins; default the newest")
    .option(
      "--cause <word>",
      "rows that ended so: errored, expired, canceled, missing, truncated, refusal, or a type of error; may be repeated",
      (cause: string, before: string[]) => [...before, cause],
      [],
    )
    .option("-m, --model <name>", "send them to another model")
    .option("--max-tokens <n>", "let answers be longer", whole);
  withDriving(command);
  withPrices(withState(withKey(withScreen(withYes(command), "the final report")))).action(retry);
}

async function retry(name: string | undefined, options: RetryOptions): Promise<void> {
  await needKey(options);
  await takePrices(options);
  const runs = new Runs(options);
  const named = runs.find(name);
  const run = named.record.retries === undefined ? named : runs.find(named.record.retries);
  checkOrigin(run);
  if (run.record.adopted)
    throw usage(`run ${run.id} was adopted: its requests are not here, so none can be sent again`);
  if (!run.record.report) throw usage(`run ${run.id} is unfinished: batchwise resume ${run.id} first`);
  const screen = openScreen(options.quiet ?? false);
  const parent = await preparedAgain(run, await clientOf(options));
  const { requests, left } = await failedRequests(runs, run, parent, options);
  if (left > 0)
    screen.say(`note      ${counted(left, "row")} would fail again as they are: change them with -m or --max-tokens`);
  if (requests.length === 0)
    throw usage(`run ${run.id} has no rows to send again${options.cause.length > 0 ? " for that cause" : ""}`);

  const prepared = await retried(parent, requests);
  const { plan } = prepared;
  refuseInvalid(`the retry of ${run.id}`, plan);
  const estimate = plan.estimate();
  for (const line of describeEstimate(plan, estimate)) screen.say(line);
  guard(estimate.total.ceiling, options.maxCost);
  const { maxCost, rounds } = options;
  const beginning = { settings: { maxCost, rounds }, target: null, speed: run.record.clock?.speed, retries: run.id };
  const { same, begin } = await lookFor(runs, prepared, beginning);
  if (same) screen.say(`attached  run ${same.id} sends the same rows and is unfinished: going on with it`);
  else await mustAgree(options, `Send ${count(requests.length)} of ${counted(run.record.requestCount, "row")} again?`);
  const again = same ?? (await begin());
  const driven = await drive(again, prepared, { screen });
  await finish(runs, again, driven, { screen, json: options.json, pricesAsOf: estimate.pricesAsOf });
}

/** The requests whose rows are to be sent again, changed; and how many failed that no repetition helps. */
async function failedRequests(
  runs: Runs,
  run: Run,
  { plan }: Prepared,
  options: RetryOptions,
): Promise<{ requests: BatchRequest[]; left: number }> {
  const files = openResults(runs, run);
  const requests: BatchRequest[] = [];
  let left = 0;
  for await (const request of plan.requests()) {
    const fate = fateOf(latest(files, request.custom_id));
    if (!isWanted(fate, options.cause, options)) {
      left += Number(!fate.succeeded && options.cause.length === 0);
      continue;
    }
    const { model = request.params.model, maxTokens = request.params.max_tokens } = options;
    requests.push({ ...request, params: { ...request.params, model, max_tokens: maxTokens } });
  }
  for (const file of files) file.close();
  return { requests, left };
}

async function retried(parent: Prepared, requests: readonly BatchRequest[]): Promise<Prepared> {
  const { client } = parent;
  const { ids, dedupe, maxRequests } = parent.recipe;
  const recipe = { ids, dedupe, maxRequests };
  const input = { name: "retry", kind: "requests" as const, path: null, blob: await linesOf(requests) };
  return { client, input, made: null, recipe, plan: await planOf(client, input, null, recipe) };
}
