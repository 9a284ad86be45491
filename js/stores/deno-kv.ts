// Deno KV as a store.
import type { SwapStore } from "../store.js";
import { bytesOf, checkEntry, reaching, textOf } from "./entry.js";

/** A key of Deno KV, as far as it is used. */
type KvKey = readonly string[];

/** What Deno KV holds under a key. */
export interface KvEntry {
  readonly key: readonly unknown[];
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** The part of an atomic operation that is used. */
export interface KvAtomic {
  check(...checks: { key: KvKey; versionstamp: string | null }[]): KvAtomic;
  set(key: KvKey, value: Uint8Array): KvAtomic;
  delete(key: KvKey): KvAtomic;
  commit(): Promise<{ ok: boolean }>;
}

/** The part of a `Deno.Kv` that is used. */
export interface Kv {
  get(key: KvKey): Promise<KvEntry>;
  set(key: KvKey, value: Uint8Array): Promise<unknown>;
  delete(key: KvKey): Promise<void>;
  list(selector: { prefix: KvKey; start?: KvKey }): AsyncIterable<KvEntry>;
  atomic(): KvAtomic;
}

const PLACE = "Deno KV";

/**
 * Keeps values in a `Deno.Kv`, in a file on this machine or on Deno Deploy, below the key `[area]`. Reads are strongly
 * consistent. Needs `--unstable-kv`.
 */
export function denoKvStore(kv: Kv, area = "batchwise"): SwapStore {
  const at = (key: string): KvKey => [area, key];
  const commit = async (key: string, held: KvEntry, next: string | null): Promise<boolean> => {
    const checked = kv.atomic().check({ key: at(key), versionstamp: held.versionstamp });
    const swap = next === null ? checked.delete(at(key)) : checked.set(at(key), bytesOf(next));
    return (await swap.commit()).ok;
  };
  return {
    async getItem(key) {
      checkEntry(key, null);
      return reaching(PLACE, "read", async () => textOf(PLACE, key, (await kv.get(at(key))).value));
    },
    async setItem(key, value) {
      checkEntry(key, value);
      await reaching(PLACE, "written", () => kv.set(at(key), bytesOf(value)));
    },
    async removeItem(key) {
      checkEntry(key, null);
      await reaching(PLACE, "written", () => kv.delete(at(key)));
    },
    getKeys: (prefix = "") =>
      reaching(PLACE, "read", async () => {
        const keys: string[] = [];
        // In the order of their bytes, so those that begin alike stand together.
        const start = prefix === "" ? {} : { start: at(prefix) };
        for await (const { key } of kv.list({ prefix: [area], ...start })) {
          const [, name] = key;
          if (key.length !== 2 || typeof name !== "string") continue;
          if (!name.startsWith(prefix)) break;
          keys.push(name);
        }
        return keys;
      }),
    async compareAndSwap(key, expected, next) {
      checkEntry(key, next);
      return reaching(PLACE, "written", async () => {
        // Somebody else may have written the same value in between, so one who was quicker proves nothing.
        for (;;) {
          const held = await kv.get(at(key));
          if (textOf(PLACE, key, held.value) !== expected) return false;
          if (await commit(key, held, next)) return true;
        }
      });
    },
  };
}
