// Kills processes that drive a job, takes the job up with others until it is done, and asks the API what was paid for.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SinkRecord } from "batchwise";
import { type ServedEmulator, serveEmulator } from "../../../js/emulator/serve.js";
import type { Orders } from "./child.js";

/** Runtimes by name, with the command that runs the child's script in them. */
export const RUNTIMES = {
  node: [process.execPath],
  deno: ["deno", "run", "--no-config", "--node-modules-dir=manual", "--no-lock", "--no-remote", "--no-check", "-A"],
  bun: ["bun", "--no-install"],
} as const;
export type Runtime = keyof typeof RUNTIMES;

/** When the processes of one job die: at a write, or so many milliseconds after their starts, one after the other. */
export type Fate =
  | { readonly write: number; readonly when: "before" | "after" }
  | { readonly afterMs: readonly number[] };

/** What one job came to. */
export interface Killed {
  /** Processes that were killed before their job was done. */
  readonly kills: number;
  /** Writes of the process that ended the job. */
  readonly writes: number;
  /** Rows that were paid for and are not where they belong. */
  readonly lost: number;
  /** Requests that are paid for more than once. */
  readonly twice: number;
  /** What the last process printed where it ended otherwise than it should. */
  readonly trouble: string | null;
}

const SPEED = 600;
const REQUESTS = 12;
const PER_PART = 5;
const DAY_MS = 86_400_000;
/** No job is taken up more often; one that would need it is without end. */
const MOST_LIVES = 40;

/** Runs one job whose processes die as `fate` says. `script` is the bundled child, `folder` is made anew. */
export async function killed(
  runtime: Runtime,
  script: string,
  folder: string,
  seed: number,
  fate: Fate,
): Promise<Killed> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const server = await serveEmulator({ seed, clock: SPEED, requestsPerMinute: null, processingMs: 60_000 });
  // A call in twenty goes wrong, too.
  server.emulator.faults.set("*", {
    reset: [
      { rate: 0.025, when: "after" },
      { rate: 0.025, when: "before" },
    ],
  });
  try {
    let kills = 0;
    for (let life = 0; life < MOST_LIVES; life++) {
      const end = await lived(
        runtime,
        script,
        ordersFor(server, join(folder, "store"), life, fate),
        delayOf(fate, life),
      );
      if (end.signal === "SIGKILL") kills += 1;
      else return { kills, ...(await judged(server, join(folder, "store.rows"), end.output)) };
    }
    return { kills, writes: 0, lost: 0, twice: 0, trouble: `not done after ${MOST_LIVES} lives` };
  } finally {
    await server.close();
  }
}

function ordersFor({ url, emulator }: ServedEmulator, folder: string, life: number, fate: Fate): Orders {
  const clock = { shown: emulator.clock.now(), at: Date.now() };
  const die = "write" in fate && life === 0 ? fate : null;
  return { url, folder, speed: SPEED, clock, requests: REQUESTS, perPart: PER_PART, die };
}

function delayOf(fate: Fate, life: number): number | undefined {
  return "afterMs" in fate ? fate.afterMs[life] : undefined;
}

interface End {
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

function lived(runtime: Runtime, script: string, orders: Orders, killAfterMs: number | undefined): Promise<End> {
  const [command, ...args] = RUNTIMES[runtime];
  const child: ChildProcess = spawn(command, [...args, script, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], NO_COLOR: "1", HOME: process.env["HOME"] },
  });
  let output = "";
  const hear = (data: unknown): void => {
    output += data;
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_, signal) => {
      clearTimeout(timer);
      resolve({ signal, output });
    });
  });
}

/** Holds what the job gave against what the API charged for. */
async function judged(server: ServedEmulator, rows: string, output: string): Promise<Omit<Killed, "kills">> {
  await server.emulator.clock.advance(3 * DAY_MS);
  const fates = [...server.emulator.state.requests()];
  const kept = new Set<string>();
  for (const line of existsSync(rows) ? readFileSync(rows, "utf8").split("\n") : []) {
    if (!line.endsWith("}")) continue;
    const record = JSON.parse(line) as SinkRecord;
    if (record.outcome === "succeeded") kept.add(record.custom_id);
  }
  const lost = fates.filter(([id, fate]) => fate.billed > 0 && !kept.has(id)).length;
  const twice = fates.filter(([, fate]) => fate.billed > 1).length;
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  const said = last.startsWith("{") ? (JSON.parse(last) as { writes: number; outcomes: { succeeded: number } }) : null;
  const trouble =
    said?.outcomes.succeeded === REQUESTS && fates.length === REQUESTS ? null : output || "it said nothing";
  return { writes: said?.writes ?? 0, lost, twice, trouble };
}
