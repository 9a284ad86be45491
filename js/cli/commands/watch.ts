// batchwise watch: follow a run that another process drives, or whose batches go on by themselves. Changes nothing.
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { Exit } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { withKey, withScreen, withState } from "../call/options.js";
import { clockOf } from "../runs/clock.js";
import { exitOf } from "../runs/finish.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { askedStanding, type Standing } from "../runs/standing.js";
import { stopSignal } from "../runs/stop.js";
import { openScreen } from "../screen/screen.js";
import { describe } from "./status.js";

/** Between two looks at what another process wrote, and between two questions to the API. */
const LOOK_MS = 1_000;
const ASK_MS = 30_000;

export function defineWatch(program: Command): void {
  const command = program
    .command("watch")
    .description("follow a run until its batches have ended; changes nothing")
    .argument("[run]", "its name, or how it begins; default the newest");
  withState(withKey(withScreen(command, "the last progress"))).action(watch);
}

async function watch(
  name: string | undefined,
  options: StateOptions & KeyOptions & { json?: boolean; quiet?: boolean },
): Promise<void> {
  await needKey(options);
  const runs = new Runs(options);
  const client = await clientOf(options);
  const screen = openScreen(options.quiet ?? false);
  const { signal, release } = stopSignal(screen);
  let told = "";
  try {
    for (;;) {
      const run = runs.find(name);
      const standing = await askedStanding(run, client, signal);
      const lines = describe(run, standing);
      if (screen.live) screen.draw(lines);
      else if (told !== lines.join("\n")) for (const line of lines) screen.say(line);
      told = lines.join("\n");
      if (isOver(standing)) {
        screen.clear();
        if (screen.live) for (const line of lines) screen.say(line);
        if (options.json) process.stdout.write(`${JSON.stringify(standing.progress, null, 2)}\n`);
        if (run.record.report) process.exitCode = exitOf(run.record.report);
        return;
      }
      const isHere = standing.word === "running";
      await (isHere ? pause(LOOK_MS, undefined, { signal }) : clockOf(run.record.clock).sleep(ASK_MS, signal));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.clear();
    process.exitCode = Exit.interrupted;
  } finally {
    release();
  }
}

/** Whether nothing more will happen without somebody who resumes. */
function isOver({ word, progress }: Standing): boolean {
  if (word === "done" || word === "new") return true;
  return word === "unfinished" && progress.parts.every((part) => part.state !== "processing");
}
