// batchwise status: where a run stands now.
import type { Command } from "commander";
import { explain } from "../call/exit.js";
import { clientOf, credentials, type KeyOptions } from "../call/key.js";
import { withKey, withScreen, withState } from "../call/options.js";
import { type Run, Runs, type StateOptions } from "../runs/folder.js";
import { askedStanding, type Standing, standingOf } from "../runs/standing.js";
import { counted } from "../screen/format.js";
import { partLine, tally } from "../screen/progress.js";

interface StatusOptions extends StateOptions, KeyOptions {
  json?: boolean;
  quiet?: boolean;
}

export function defineStatus(program: Command): void {
  const command = program
    .command("status")
    .description("say where a run stands; batches that nobody waits for are asked about")
    .argument("[run]", "its name, or how it begins; default the newest");
  withState(withKey(withScreen(command, "the progress"))).action(status);
}

async function status(name: string | undefined, options: StatusOptions): Promise<void> {
  const run = new Runs(options).find(name);
  const standing = await asked(run, options);
  const { progress } = standing;
  if (options.json) return void process.stdout.write(`${JSON.stringify(progress, null, 2)}\n`);
  for (const line of describe(run, standing)) process.stdout.write(`${line}\n`);
}

/** Asks the API where there is a key; without, or where it does not answer, what is known here is told. */
async function asked(run: Run, options: StatusOptions): Promise<Standing> {
  const { apiKey, authToken } = await credentials(options);
  if (apiKey === null && authToken === null) return standingOf(run);
  try {
    return await askedStanding(run, await clientOf(options));
  } catch (error) {
    if (!options.quiet) process.stderr.write(`note      the API was not asked: ${explain(error).line}\n`);
    return standingOf(run);
  }
}

/** The run in lines: its name and state, its parts, what can be done. */
export function describe(run: Run, { word, progress, driver }: Standing): string[] {
  const by = driver === null ? "" : ` by process ${driver}`;
  const lines = [
    `run ${run.id}   ${word}${by}   ${counted(progress.requestCount, "request")}   ${tally(progress.outcomes)}`,
  ];
  lines.push(...progress.parts.map(partLine));
  if (word === "unfinished" || word === "new") lines.push(`next      batchwise resume ${run.id}`);
  return lines;
}
