// What the suites about jobs share: a client of an emulator whose time stands until the job waits.
import { type BatchRequest, Batchwise, type Job, type JobResult, type SubmitOptions } from "batchwise";
import { createEmulator, type Emulator, type EmulatorOptions } from "batchwise/emulator";
import { assert } from "./harness.js";
import { CANARY } from "./server.js";

/** A client, its emulator, and options that let virtual time pass. */
export interface Bench {
  readonly client: Batchwise;
  readonly emulator: Emulator;
  readonly time: Pick<SubmitOptions, "now" | "sleep">;
}

/** A bench; `wrap` may stand between client and emulator. */
export function bench(
  options: EmulatorOptions = {},
  wrap: (fetch: typeof globalThis.fetch) => typeof fetch = (f) => f,
): Bench {
  const emulator = createEmulator({ clock: "manual", seed: 7, ...options });
  const client = new Batchwise({ apiKey: CANARY, fetch: wrap(emulator.fetch), dangerouslyAllowBrowser: true });
  const { clock } = emulator;
  return { client, emulator, time: { now: () => clock.now(), sleep: (ms) => clock.advance(ms) } };
}

/** Requests `r-0` and on. */
export function requests(count: number, content = "Say hi."): BatchRequest[] {
  const params = { model: "claude-haiku-4-5", max_tokens: 64, messages: [{ role: "user" as const, content }] };
  return Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params }));
}

/** The ids `r-0` and on. */
export function ids(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `r-${n}`);
}

/** The ids of rows. */
export function idsOf(rows: readonly JobResult[]): string[] {
  return rows.map((row) => row.custom_id);
}

/** Reads until `count` rows were had, and leaves. */
export async function take(rows: AsyncIterable<JobResult>, count: number): Promise<JobResult[]> {
  const taken: JobResult[] = [];
  for await (const row of rows) if (taken.push(row) >= count) break;
  return taken;
}

/** Resolves once the job's progress is as wanted. */
export function until(job: Job, wanted: (progress: Job["progress"]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = job.subscribe((progress) => {
      if (!wanted(progress)) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** Nothing was taken twice, and nothing would be paid twice. */
export function assertNothingTwice(emulator: Emulator): void {
  for (const [id, fate] of emulator.state.requests()) {
    assert.isAtMost(fate.committed, 1, `${id} was taken ${fate.committed} times`);
    assert.isAtMost(fate.billed, 1, `${id} would be paid ${fate.billed} times`);
  }
}
