// make bench-chaos: the same weather through three ways of doing the same jobs, as a table.
import { facts } from "./facts.js";
import { run, type Verdict, type Way } from "./job.js";

const JOBS = Number(process.env["CHAOS_JOBS"] ?? 200);
const CHANCES = [0.02, 0.05, 0.1, 0.2];
const WAYS: readonly Way[] = ["documented loop", "diligent loop", "batchwise"];
/** Much longer than any of these jobs takes; a job that waits for ever is given up then. */
const WATCHDOG_MS = 60_000;
const AT_ONCE = Number(process.env["CHAOS_AT_ONCE"] ?? 16);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`over HTTP, official SDK ${process.env["SDK"]} on its defaults`);
for (const line of await facts()) print(`  ${line}`);
print(`${JOBS} jobs of 300 requests in 3 or 4 batches, timeouts alike`);
print("faults  way               right  threw  waiting  lost paid rows  paid twice  ids paid extra  faults struck");
let ours = true;
for (const p of CHANCES) {
  for (const way of WAYS) {
    const verdicts = await all(way, p);
    const count = (is: (verdict: Verdict) => boolean): string => String(verdicts.filter(is).length);
    const sum = (of: (verdict: Verdict) => number): string => String(verdicts.reduce((n, v) => n + of(v), 0));
    const cells = [
      `${p * 100} %`.padStart(6),
      `  ${way.padEnd(16)}`,
      count((v) => v.right).padStart(6),
      count((v) => v.threw !== null).padStart(6),
      count((v) => v.waiting).padStart(8),
      count((v) => v.lost).padStart(15),
      count((v) => v.extra > 0).padStart(11),
      sum((v) => v.extra).padStart(15),
      sum((v) => v.faults).padStart(14),
    ];
    print(cells.join(" "));
    if (way === "batchwise" && !verdicts.every((v) => v.right)) ours = false;
  }
}
process.exit(ours ? 0 : 1);

async function all(way: Way, p: number): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 1;
  const worker = async (): Promise<void> => {
    while (next <= JOBS) verdicts.push(await run(way, next++, p, WATCHDOG_MS));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return verdicts;
}
