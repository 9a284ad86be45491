// A process that drives a job in a store until it is done, or until it is killed. Its parent is parent.ts.
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import process from "node:process";
import { type BatchRequest, Batchwise, fileStore, type Job, type Sink, type SinkRecord, type Store } from "batchwise";
import { CANARY } from "../server.js";

/** What a parent says to its child. */
export interface Orders {
  readonly url: string;
  readonly folder: string;
  readonly speed: number;
  /** The emulator's clock at this real time, in milliseconds. */
  readonly clock: { readonly shown: number; readonly at: number };
  readonly requests: number;
  readonly perPart: number;
  /** Dies at this write to the store, counted from 1: before it, or after it. */
  readonly die: { readonly write: number; readonly when: "before" | "after" } | null;
}

const orders = JSON.parse(process.argv[2] ?? "") as Orders;
const JOB = "killed";
const now = (): number => orders.clock.shown + (Date.now() - orders.clock.at) * orders.speed;
const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms / orders.speed));
let writes = 0;

const job = await taken();
const report = await job.done();
process.stdout.write(`${JSON.stringify({ writes, outcomes: report.outcomes })}\n`);
process.exit(0);

/** The job as an earlier process left it, or a new one. One that was killed holds its lease for a while. */
async function taken(): Promise<Job> {
  const client = new Batchwise({ apiKey: CANARY, baseURL: orders.url, timeoutMs: 2_000, idleTimeoutMs: 2_000 });
  const options = { store: deadly(fileStore(orders.folder)), sink: fileSink(`${orders.folder}.rows`), now, sleep };
  const source = requests();
  for (;;) {
    try {
      return await client.resume(JOB, { ...options, source });
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      if (code === "store/missing")
        return await client.submit(source, { ...options, jobId: JOB, maxRequests: orders.perPart });
      if (name !== "StoreConflictError") throw error;
      await sleep(5_000);
    }
  }
}

function requests(): BatchRequest[] {
  const params = { model: "claude-haiku-4-5", max_tokens: 16, messages: [{ role: "user" as const, content: "Hi" }] };
  return Array.from({ length: orders.requests }, (_, n) => ({ custom_id: `r-${n}`, params }));
}

/** The store, deadly at one of its writes. */
function deadly(store: Required<Pick<Store, "compareAndSwap">> & Store): Store {
  const struck = async <T>(write: () => T): Promise<Awaited<T>> => {
    writes += 1;
    const { die } = orders;
    if (die?.write === writes && die.when === "before") kill();
    const done = await write();
    if (die?.write === writes && die.when === "after") kill();
    return done;
  };
  return {
    getItem: (key) => store.getItem(key),
    getKeys: (prefix) => store.getKeys(prefix),
    setItem: (key, value) => struck(() => store.setItem(key, value)),
    removeItem: (key) => struck(() => store.removeItem(key)),
    compareAndSwap: (key, expected, next) => struck(() => store.compareAndSwap(key, expected, next)),
  };
}

function kill(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

/** Rows as lines of a file. One that was cut by a kill counts as none. */
function fileSink(path: string): Sink {
  const known = new Set<string>();
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  for (const line of lines) if (line.endsWith("}")) known.add((JSON.parse(line) as SinkRecord).custom_id);
  const file = openSync(path, "a");
  process.on("exit", () => closeSync(file));
  return {
    has: (id) => known.has(id),
    put: (records) => {
      // What an earlier process left half written must not swallow the first of these.
      appendFileSync(file, `\n${records.map((record) => `${JSON.stringify(record)}\n`).join("")}`);
      for (const record of records) known.add(record.custom_id);
    },
    flush: () => fsyncSync(file),
  };
}
