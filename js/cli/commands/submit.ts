// batchwise submit: send, and leave. The batches go on; resume fetches what comes of them.
import type { Job } from "batchwise";
import type { Command } from "commander";
import { needKey } from "../call/key.js";
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
import { takePrices } from "../call/prices.js";
import { prepare } from "../input/prepare.js";
import { proveWritable, targetOf } from "../output/target.js";
import { drive } from "../runs/drive.js";
import { Runs } from "../runs/folder.js";
import { savedProgress } from "../runs/saved-progress.js";
import { counted } from "../screen/format.js";
import { openScreen } from "../screen/screen.js";
import { begunRun, type SendOptions } from "./run.js";

export function defineSubmit(program: Command): void {
  const command = withRequests(program.command("submit").description("check, price and send, without waiting"));
  command.option("-o, --output <file>", "where resume writes the rows: .csv, .jsonl or .parquet");
  withDriving(command).option("--new", "begin a new run, though one like it is unfinished");
  withSpeed(withPrices(withState(withKey(withScreen(withYes(command), "the progress"))))).action(submit);
}

async function submit(path: string, options: SendOptions & { output?: string }): Promise<void> {
  await needKey(options);
  await takePrices(options);
  const target = targetOf(options.output);
  proveWritable(target);
  const screen = openScreen(options.quiet ?? false);
  const prepared = await prepare(path, options);
  const run = await begunRun(new Runs(options), prepared, target, options, screen);
  const concurrency = Math.max(4, prepared.plan.parts.length);
  await drive(run, prepared, { screen, options: { concurrency }, until: everyPartSent });
  const progress = savedProgress(run);
  const batches = progress?.parts.flatMap((part) => (part.batchId === null ? [] : [part.batchId])) ?? [];
  screen.say(`sent      ${counted(prepared.plan.requestCount, "request")} in ${counted(batches.length, "batch")}`);
  screen.say(`next      batchwise status ${run.id}   batchwise resume ${run.id} waits and writes the results`);
  process.stdout.write(options.json ? `${JSON.stringify(progress, null, 2)}\n` : `${run.id}\n`);
}

/** Resolves when no part is left to be sent, or is under way. */
function everyPartSent(job: Job): Promise<void> {
  const waiting = new Set(["planned", "marking", "sending", "uncertain"]);
  return new Promise((resolve) => {
    let leave: (() => void) | undefined;
    leave = job.subscribe(({ parts, state }) => {
      if (state === "running" && parts.some((part) => waiting.has(part.state))) return;
      leave?.();
      resolve();
    });
  });
}
