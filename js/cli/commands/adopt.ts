// batchwise adopt: make a run of batches that were made elsewhere.
import type { Command } from "commander";
import { baseUrl } from "../call/env.js";
import { usage } from "../call/exit.js";
import { clientOf, type KeyOptions, needKey } from "../call/key.js";
import { withKey, withScreen, withSpeed, withState } from "../call/options.js";
import { targetOf } from "../output/target.js";
import { anchorOf } from "../runs/clock.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { counted } from "../screen/format.js";
import { openScreen } from "../screen/screen.js";

interface AdoptOptions extends KeyOptions, StateOptions {
  output?: string;
  speed?: number;
  json?: boolean;
  quiet?: boolean;
}

export function defineAdopt(program: Command): void {
  const command = program
    .command("adopt")
    .description("make a run of batches that were made elsewhere; resume then waits and fetches their results")
    .argument("<batch...>", "their ids, msgbatch_…")
    .option("-o, --output <file>", "where resume writes the rows: .csv, .jsonl or .parquet");
  withSpeed(withState(withKey(withScreen(command, "the batches")))).action(adopt);
}

async function adopt(ids: string[], options: AdoptOptions): Promise<void> {
  await needKey(options);
  const odd = ids.find((id) => !/^msgbatch_\w+$/.test(id));
  if (odd) throw usage(`${odd} is no id of a batch: they begin with msgbatch_`);
  const client = await clientOf(options);
  const batches = [];
  for (const id of ids) batches.push(await client.messages.batches.retrieve(id));
  const requestCount = batches.reduce(
    (sum, { request_counts: counts }) => sum + Object.values(counts).reduce((all, n) => all + Number(n), 0),
    0,
  );
  const runs = new Runs(options);
  const run = runs.create({
    version: 1,
    id: runs.freshId(),
    createdAt: new Date().toISOString(),
    origin: baseUrl(),
    fingerprint: "",
    data: { name: ids.join(" "), kind: "requests", path: null, sha256: "", made: false },
    recipe: {},
    requestCount,
    settings: {},
    output: targetOf(options.output).path,
    clock: anchorOf(options.speed),
    adopted: ids,
  });
  const screen = openScreen(options.quiet ?? false);
  screen.say(`adopted   ${counted(batches.length, "batch")} with ${counted(requestCount, "request")} as run ${run.id}`);
  screen.say(`next      batchwise resume ${run.id} waits and fetches the results`);
  process.stdout.write(options.json ? `${JSON.stringify(batches, null, 2)}\n` : `${run.id}\n`);
}
