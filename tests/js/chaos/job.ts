// One job in bad weather over real HTTP, and what the API itself says of it afterwards.
import Anthropic from "@anthropic-ai/sdk";
import { type BatchRequest, Batchwise } from "batchwise";
import { serveEmulator } from "../../../js/emulator/serve.js";
import { CANARY } from "../server.js";
import { diligentLoop, documentedLoop } from "./loops.js";
import { SPEED, strike, TIMEOUT_MS } from "./weather.js";

const REQUESTS = 300;
const DAY_MS = 86_400_000;

/** Who does the job. */
export type Way = "documented loop" | "diligent loop" | "batchwise";

/** What became of a job. */
export interface Verdict {
  readonly right: boolean;
  readonly threw: string | null;
  /** Not done when the watchdog came. */
  readonly waiting: boolean;
  /** It came to its end and reported success, and rows that are paid for are not among what it gave. */
  readonly lost: boolean;
  /** Requests that are paid more than once: how often beyond the first time. */
  readonly extra: number;
  readonly faults: number;
}

/** Does job number `seed` with chance `p` of a fault per call; gives up on it after `watchdogMs`. */
export async function run(way: Way, seed: number, p: number, watchdogMs: number): Promise<Verdict> {
  const server = await serveEmulator({ seed, clock: SPEED, requestsPerMinute: null, queueLimit: null });
  const { emulator, url } = server;
  strike(emulator.faults, p);
  const got = new Set<string>();
  const leave = new AbortController();
  const work = doing[way](url, 90 + (seed % 2) * 15, got, emulator.clock, leave.signal);
  const end = await watched(work, watchdogMs);
  leave.abort();
  // What runs by itself at the API comes to its end, whoever is still there.
  await emulator.clock.advance(3 * DAY_MS);
  const fates = [...emulator.state.requests()];
  const faults = Object.values(emulator.state.faults).reduce((sum, count) => sum + count, 0);
  await server.close();
  const missing = fates.filter(([id, fate]) => fate.billed > 0 && !got.has(id)).length;
  const extra = fates.reduce((sum, [, fate]) => sum + Math.max(0, fate.billed - 1), 0);
  const finished = end === "finished";
  const right = finished && extra === 0 && got.size === REQUESTS;
  const threw = typeof end === "string" ? null : String(end.error);
  return { right, threw, waiting: end === "waiting", lost: finished && missing > 0, extra, faults };
}

type Clock = { now(): number; sleep(ms: number, signal?: AbortSignal | null): Promise<void> };
type Doing = (url: string, size: number, got: Set<string>, clock: Clock, leave: AbortSignal) => Promise<void>;

const doing: Record<Way, Doing> = {
  "documented loop": withSdk(documentedLoop),
  "diligent loop": withSdk(diligentLoop),
  batchwise: async (url, size, got, { now, sleep }, signal) => {
    const client = new Batchwise({
      apiKey: CANARY,
      baseURL: url,
      timeoutMs: TIMEOUT_MS,
      idleTimeoutMs: TIMEOUT_MS,
    });
    const job = await client.submit(requests(), { maxRequests: size, signal, now, sleep });
    for await (const row of job.results()) if (row.outcome === "succeeded") got.add(row.custom_id);
    await job.done();
  },
};

function withSdk(loop: typeof documentedLoop): Doing {
  return async (url, size, got) => {
    const sdk = new Anthropic({ apiKey: CANARY, baseURL: url, timeout: TIMEOUT_MS });
    const all = requests() as Anthropic.Messages.Batches.BatchCreateParams.Request[];
    const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
    const rows = new Map<string, Anthropic.Messages.MessageBatchIndividualResponse>();
    try {
      await loop(sdk, chunks, rows);
    } finally {
      for (const [id, row] of rows) if (row.result?.type === "succeeded") got.add(id);
    }
  };
}

/** The requests of every job. */
export function requests(): BatchRequest[] {
  const params = { model: "claude-haiku-4-5", max_tokens: 16, messages: [{ role: "user" as const, content: "Hi" }] };
  return Array.from({ length: REQUESTS }, (_, n) => ({ custom_id: `r-${n}`, params }));
}

async function watched(work: Promise<void>, ms: number): Promise<"finished" | "waiting" | { error: unknown }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"waiting">((resolve) => {
    timer = setTimeout(() => resolve("waiting"), ms);
  });
  const outcome = work.then(
    () => "finished" as const,
    (error: unknown) => ({ error }),
  );
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}
