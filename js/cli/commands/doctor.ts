// batchwise doctor: what a run needs, each thing looked at once.
import { statfsSync } from "node:fs";
import type { Command } from "commander";
import { listModels } from "../call/api.js";
import { baseUrl } from "../call/env.js";
import { Exit, explain } from "../call/exit.js";
import { clientWith, credentials, type KeyOptions } from "../call/key.js";
import { withKey, withScreen, withState } from "../call/options.js";
import { proveWritable } from "../output/target.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { bytes, counted, duration } from "../screen/format.js";
import { paint } from "../screen/screen.js";

/** The header has whole seconds, and an answer takes its time. */
const EXACT_MS = 3_000;
const MOST_OFF_MS = 600_000;

/** One thing that was looked at. `exit` is how a run would end by it, where it would. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
  readonly exit?: number;
}

export function defineDoctor(program: Command): void {
  const command = program.command("doctor").description("look at what a run needs: key, network, disk, runtime");
  withState(withKey(withScreen(command, "the findings"))).action(doctor);
}

async function doctor(options: StateOptions & KeyOptions & { json?: boolean; quiet?: boolean }): Promise<void> {
  const findings = [runtime(), ...(await api(options)), disk(options)];
  if (options.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  for (const { name, ok, says } of options.json ? [] : findings) {
    if (ok && options.quiet) continue;
    process.stdout.write(`${name.padEnd(9)} ${ok ? paint("green", "ok") : paint("red", "no")}   ${says}\n`);
  }
  process.exitCode = findings.find(({ ok, exit }) => !ok && exit !== undefined)?.exit ?? Exit.ok;
}

function runtime(): Finding {
  const { Deno, Bun } = globalThis as { Deno?: { version: { deno: string } }; Bun?: { version: string } };
  const name = Deno ? `Deno ${Deno.version.deno}` : Bun ? `Bun ${Bun.version}` : `Node ${process.versions.node}`;
  return { name: "runtime", ok: true, says: name };
}

async function api(options: KeyOptions): Promise<Finding[]> {
  const found = await credentials(options);
  const key = found.apiKey ?? found.authToken;
  if (key === null) {
    const says = `${found.trouble ?? "none"}: set ANTHROPIC_API_KEY, or name a file with --key-file`;
    return [{ name: "key", ok: false, exit: Exit.auth, says }];
  }
  try {
    const models = await listModels(found);
    const batches = models.filter(({ capabilities }) => capabilities?.batch?.supported !== false).length;
    const { data: page, response } = await clientWith(found).messages.batches.list({ limit: 1 }).withResponse();
    return [
      { name: "key", ok: true, says: `of ${found.from}, accepted` },
      { name: "api", ok: true, says: `${baseUrl()} answers; ${counted(batches, "model")} with batches` },
      { name: "batches", ok: true, says: page.data.length > 0 ? `the newest is ${page.data[0]?.id}` : "none yet" },
      ...clock(response.headers.get("date")),
    ];
  } catch (error) {
    const { exit, line } = explain(error);
    const isKey = exit === Exit.auth;
    return [
      { name: isKey ? "key" : "api", ok: false, exit, says: isKey ? `of ${found.from}, refused: ${line}` : line },
    ];
  }
}

/** A run is safe with a clock ten minutes off; one that is further off waits too short or too long for a lost batch. */
function clock(date: string | null): Finding[] {
  const ahead = Date.now() - Date.parse(date ?? "");
  if (Number.isNaN(ahead)) return [];
  const off = `${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the API's`;
  const isRight = Math.abs(ahead) < EXACT_MS;
  return [{ name: "clock", ok: Math.abs(ahead) <= MOST_OFF_MS, says: isRight ? "as the API's" : off }];
}

function disk(options: StateOptions): Finding {
  const { folder } = new Runs(options);
  try {
    proveWritable({ path: `${folder}/.doctor`, format: "jsonl" });
    return { name: "disk", ok: true, says: `${room(folder)}runs go to ${folder}` };
  } catch (error) {
    const { exit, line } = explain(error);
    return { name: "disk", ok: false, exit, says: line };
  }
}

/** Deno wants a permission for the question alone. */
function room(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return `${bytes(bavail * bsize)} free; `;
  } catch {
    return "";
  }
}
