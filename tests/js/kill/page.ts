// A page that drives a job in its database until it is done, or until its tab crashes. js/build/crash.mjs crashes it.
import { type BatchRequest, Batchwise, indexedDbStore, type Job, type Sink } from "batchwise";
import { CANARY } from "../server.js";

interface Orders {
  readonly url: string;
  readonly speed: number;
  readonly clock: { readonly shown: number; readonly at: number };
  readonly requests: number;
  readonly perPart: number;
  readonly jobId: string;
}

interface Done {
  readonly succeeded: number;
  /** Ids with a row that succeeded in the page's database. */
  readonly kept: readonly string[];
}

/** Begins the job, or takes it up where an earlier page left it, and sees it through. */
async function drive(orders: Orders): Promise<Done> {
  const now = (): number => orders.clock.shown + (Date.now() - orders.clock.at) * orders.speed;
  const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms / orders.speed));
  const rows = indexedDbStore(`rows-${orders.jobId}`);
  const sink: Sink = {
    has: async (id) => (await rows.getItem(id)) !== null,
    put: async (records) => {
      for (const record of records) await rows.setItem(record.custom_id, record.outcome);
    },
  };
  const client = new Batchwise({ apiKey: CANARY, baseURL: orders.url, dangerouslyAllowBrowser: true });
  const job = await taken(client, orders, { store: indexedDbStore("jobs"), sink, now, sleep });
  const { outcomes } = await job.done();
  const kept: string[] = [];
  for (const id of await rows.getKeys()) if ((await rows.getItem(id)) === "succeeded") kept.push(id);
  return { succeeded: outcomes.succeeded, kept };
}

type Options = NonNullable<Parameters<Batchwise["submit"]>[1]>;

async function taken(client: Batchwise, { jobId, requests, perPart }: Orders, options: Options): Promise<Job> {
  const source = makeRequests(requests);
  for (;;) {
    try {
      return await client.resume(jobId, { ...options, source });
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      if (code === "store/missing") return await client.submit(source, { ...options, jobId, maxRequests: perPart });
      if (name !== "StoreConflictError") throw error;
      await options.sleep?.(5_000);
    }
  }
}

function makeRequests(count: number): BatchRequest[] {
  const params = { model: "claude-haiku-4-5", max_tokens: 16, messages: [{ role: "user" as const, content: "Hi" }] };
  return Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params }));
}

(globalThis as { drive?: typeof drive }).drive = drive;
