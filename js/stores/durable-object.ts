// The storage of a Durable Object as a store: the best home of a job on Cloudflare.
import type { SwapStore } from "../store.js";
import { bytesOf, checkEntry, reaching, textOf } from "./entry.js";

/** The part of a `DurableObjectTransaction` that is used. */
export interface ObjectTransaction {
  get(key: string): Promise<unknown>;
  put(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** The part of a `DurableObjectStorage` that is used: `ctx.storage`. */
export interface ObjectStorage extends ObjectTransaction {
  list(options: { prefix?: string; startAfter?: string; limit?: number }): Promise<Map<string, unknown>>;
  transaction<T>(work: (transaction: ObjectTransaction) => Promise<T>): Promise<T>;
  sync(): Promise<void>;
}

const PLACE = "the Durable Object's storage";
/** Keys for one call of `list`: what it answers lies in memory at once. */
const PAGE = 128;

/**
 * Keeps values in the storage of a Durable Object. Whoever drives a job inside the object is its only owner, for there
 * is one object of each name in the world; and what it sends leaves only after its writes are on disk.
 */
export function durableObjectStore(storage: ObjectStorage): SwapStore {
  return {
    async getItem(key) {
      checkEntry(key, null);
      return reaching(PLACE, "read", async () => textOf(PLACE, key, await storage.get(key)));
    },
    async setItem(key, value) {
      checkEntry(key, value);
      await reaching(PLACE, "written", async () => {
        await storage.put(key, bytesOf(value));
        await storage.sync();
      });
    },
    async removeItem(key) {
      checkEntry(key, null);
      await reaching(PLACE, "written", async () => {
        await storage.delete(key);
        await storage.sync();
      });
    },
    getKeys: (prefix = "") => reaching(PLACE, "read", () => keysOf(storage, prefix)),
    async compareAndSwap(key, expected, next) {
      checkEntry(key, next);
      return reaching(PLACE, "written", async () => {
        const done = await storage.transaction(async (transaction) => {
          if (textOf(PLACE, key, await transaction.get(key)) !== expected) return false;
          if (next === null) await transaction.delete(key);
          else await transaction.put(key, bytesOf(next));
          return true;
        });
        await storage.sync();
        return done;
      });
    },
  };
}

async function keysOf(storage: ObjectStorage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const last = keys.at(-1);
    const page = await storage.list({ prefix, limit: PAGE, ...(last === undefined ? {} : { startAfter: last }) });
    keys.push(...page.keys());
    if (page.size < PAGE) return keys;
  }
}
