// Many jobs whose processes are killed, in one runtime: at writes of a job that was watched first, and at any moment.
import { type Fate, type Killed, killed, type Runtime } from "./parent.js";

/** What a campaign did and found. */
export interface Tally {
  readonly jobs: number;
  readonly kills: number;
  /** Writes to the store of a job that nobody kills. */
  readonly writes: number;
  readonly lost: number;
  readonly twice: number;
  readonly troubles: readonly string[];
}

export interface Plan {
  readonly script: string;
  readonly folder: string;
  /** Every `stride`-th write of a job is struck, before and after it; 1 strikes all. */
  readonly stride: number;
  /** Jobs whose processes are killed at random moments, up to three of them for a job. */
  readonly random: number;
  /** Jobs at a time. */
  readonly atOnce: number;
}

/** Runs the plan in `runtime`. */
export async function campaign(runtime: Runtime, plan: Plan): Promise<Tally> {
  let job = 0;
  const run = (seed: number, fate: Fate): Promise<Killed> =>
    killed(runtime, plan.script, `${plan.folder}/${runtime}-${++job}`, seed, fate);
  const begin = performance.now();
  const reference = await run(7, { afterMs: [] });
  const lasted = performance.now() - begin;
  const fates: Fate[] = [];
  for (let write = 1; write <= reference.writes; write += plan.stride) {
    fates.push({ write, when: "before" }, { write, when: "after" });
  }
  let state = 1;
  const moment = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 8) / 2 ** 24) * lasted;
  };
  for (let n = 0; n < plan.random; n++) fates.push({ afterMs: [moment(), moment(), moment()] });
  const ends: Killed[] = [reference];
  const worker = async (): Promise<void> => {
    for (let fate = fates.shift(); fate; fate = fates.shift()) ends.push(await run(7 + ends.length, fate));
  };
  await Promise.all(Array.from({ length: plan.atOnce }, worker));
  const sum = (of: (end: Killed) => number): number => ends.reduce((total, end) => total + of(end), 0);
  return {
    jobs: ends.length,
    kills: sum((end) => end.kills),
    writes: reference.writes,
    lost: sum((end) => end.lost),
    twice: sum((end) => end.twice),
    troubles: ends.flatMap((end) => end.trouble ?? []),
  };
}
