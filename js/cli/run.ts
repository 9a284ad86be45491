// batchwise run: check, price, ask, send, wait, write. What has arrived is on disk at every moment.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Job, JobEvent, JobReport, Plan, SubmitOptions } from "batchwise";
import { refuseInvalid } from "./check.js";
import { type Clock, clockOf, stopSignal } from "./clock.js";
import { describeEstimate } from "./estimate.js";
import { CommandError, Exit, explain, usage } from "./exit.js";
import { counted, dollars } from "./format.js";
import { writeJoined } from "./joined.js";
import { prepare, type RequestOptions } from "./prepare.js";
import { follow } from "./progress.js";
import { summarize } from "./report.js";
import { ResultsFile } from "./results.js";
import { openScreen, type Screen } from "./screen.js";
import { keepInput, type Target, targetOf } from "./target.js";

/** A reason to wait is not told again before this has passed. */
const QUIET_MS = 60_000;

interface RunOptions extends RequestOptions {
  output?: string;
  maxCost?: number;
  rounds?: number;
  yes?: boolean;
  json?: boolean;
  quiet?: boolean;
  speed?: number;
}

export async function run(path: string, options: RunOptions): Promise<void> {
  needKey();
  const jobId = crypto.randomUUID().slice(0, 8);
  const target = targetOf(options, jobId);
  await keepInput(path, target);
  const clock = clockOf(options.speed);
  const screen = openScreen(options.quiet ?? false);
  const prepared = await prepare(path, options);
  refuseInvalid(prepared);
  const { client, input, plan } = prepared;

  const estimate = plan.estimate();
  for (const line of describeEstimate(plan, estimate)) screen.say(line);
  guard(estimate.total.ceiling, options.maxCost);
  if (!options.yes) await confirm(plan, target);

  const file = new ResultsFile(target.raw);
  const stop = stopSignal(screen);
  const began = clock.now();
  const beganReal = Date.now();
  const submitting: SubmitOptions = {
    jobId,
    signal: stop.signal,
    now: clock.now,
    sleep: clock.sleep,
    onEvent: teller(screen),
    ...(options.maxCost === undefined ? {} : { maxCost: options.maxCost }),
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
  };
  let job: Job | undefined;
  try {
    job = await client.submit(plan, submitting);
    const report = await gather(job, file, target, screen, clock);
    if (target.csv !== null) await writeJoined(target.csv, input, options, file);
    const elapsed = { real: Date.now() - beganReal, clock: clock.now() - began };
    for (const line of summarize(report, job.progress, estimate.pricesAsOf, elapsed, target)) screen.say(line);
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = report.outcomes.succeeded === report.requestCount ? Exit.ok : Exit.someFailed;
    file.close();
  } catch (error) {
    screen.clear();
    throw stopped(error, job, file, stop.signal.aborted);
  } finally {
    stop.release();
  }
}

/** Without a key nothing can be sent: better to know before the work. */
function needKey(): void {
  if (process.env["ANTHROPIC_API_KEY"] || process.env["ANTHROPIC_AUTH_TOKEN"]) return;
  throw new CommandError(Exit.auth, "no API key: set ANTHROPIC_API_KEY, and run this again [auth/missing]");
}

function guard(ceiling: number | null, maxCost: number | undefined): void {
  if (maxCost === undefined) return;
  if (ceiling === null)
    throw new CommandError(Exit.spend, `a model has no known price, so --max-cost ${maxCost} cannot be kept`);
  if (ceiling > maxCost) {
    throw new CommandError(
      Exit.spend,
      `it could cost ${dollars(ceiling)}, more than --max-cost ${dollars(maxCost)}; nothing was sent`,
    );
  }
}

async function confirm(plan: Plan, target: Target): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw usage("nobody can be asked here: add --yes to send");
  const replaced = [target.csv, target.raw].filter((path) => path !== null && existsSync(path));
  const note = replaced.length > 0 ? ` and replace ${replaced.join(", ")}` : "";
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Send ${counted(plan.requestCount - plan.merged, "request")}${note}? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw usage("nothing was sent");
}

/** Takes every result as it arrives, to disk first. */
async function gather(job: Job, file: ResultsFile, target: Target, screen: Screen, clock: Clock): Promise<JobReport> {
  const progress = follow(job, screen, clock.now);
  try {
    for await (const row of job.results()) {
      file.append(row);
      if (target.stdout) process.stdout.write(`${JSON.stringify(row)}\n`);
    }
    file.flush();
    return await job.done();
  } finally {
    progress.stop();
  }
}

/** What ended a run early, with what is kept and what is left to do about it. */
function stopped(error: unknown, job: Job | undefined, file: ResultsFile, byUser: boolean): CommandError {
  const { exit, line } = explain(error);
  const said = [byUser ? "stopped watching, nothing was cancelled" : line];
  try {
    file.close();
    if (file.count > 0) said.push(`${counted(file.count, "result")} kept in ${file.path}`);
  } catch (failure) {
    // Where this was the reason itself it has been said.
    if (failure instanceof CommandError && failure.message !== line) said.push(failure.message);
  }
  const parts = job?.progress.parts ?? [];
  const made = parts.flatMap((part) => (part.batchId === null ? [] : [part.batchId]));
  const unknown = parts.filter((part) => part.state === "sending" || part.state === "uncertain").length;
  if (made.length > 0) said.push(`results of these stay at the API for 29 days: ${made.join(" ")}`);
  if (unknown > 0)
    said.push(`${counted(unknown, "create")} without an answer: the API's list of batches may show more`);
  if (made.length + unknown === 0) said.push("nothing was sent");
  return new CommandError(byUser ? Exit.interrupted : exit, said.join("; "));
}

/** Says what happens; the same reason to wait not more than once a minute. */
function teller(screen: Screen): (event: JobEvent) => void {
  const told = new Map<string, number>();
  return (event) => {
    if (event.type === "created" && event.adopted) {
      screen.say(`part ${event.part + 1}  found at the API as ${event.batchId}: not sent again`);
    }
    if (event.type !== "retrying" || Date.now() - (told.get(event.reason) ?? 0) < QUIET_MS) return;
    told.set(event.reason, Date.now());
    screen.say(`waiting   ${event.reason}`);
  };
}
