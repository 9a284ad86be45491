// make test-deep: kills at every write of a job's store, before and after it, and at random moments, in three runtimes.
import { campaign } from "./campaign.js";
import { RUNTIMES, type Runtime } from "./parent.js";

const [script = "", folder = ""] = process.argv.slice(2);
const RANDOM = 20;
let ok = true;
let kills = 0;
for (const runtime of Object.keys(RUNTIMES) as Runtime[]) {
  const tally = await campaign(runtime, { script, folder, stride: 1, random: RANDOM, atOnce: 4 });
  const { jobs, writes, lost, twice, troubles } = tally;
  kills += tally.kills;
  const at = `at each of ${writes} writes, before and after, and at random`;
  process.stdout.write(
    `${runtime.padEnd(5)} ${String(tally.kills).padStart(4)} kills ${at}, ${jobs} jobs: ${lost} rows lost, ${twice} paid twice\n`,
  );
  for (const trouble of troubles) process.stdout.write(`      ${trouble}\n`);
  ok = ok && lost === 0 && twice === 0 && troubles.length === 0 && tally.kills >= 2 * writes;
}
process.stdout.write(`${kills} kills\n`);
process.exit(ok && kills >= 200 ? 0 : 1);
