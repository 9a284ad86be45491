// Where a job's journal and its results may live. Both are structural: anything with these methods will do.
import type { RowOutcome } from "./row.js";
import { checkEntry } from "./stores/entry.js";
import type { MessageBatchResult } from "./types.js";

/**
 * A place for a job's journal: text by key. An unstorage instance fits as it is. Methods may be sync or async.
 *
 * Keys are text of 1 to 512 bytes, values text of at most 64 KiB (65,536 bytes of UTF-8). This package itself asks for
 * less, so that more stores fit: its keys are `batchwise:<jobId>:…`, made of letters, digits and `.` `_` `-` `:`; its
 * values are lines of text that begin with a letter and never look like JSON or a number. They hold ids and states: no
 * request's body, no key.
 *
 * A value that was written must be read afterwards, by any process, also when this one is killed: a store that
 * answers from a cache that lags (Workers KV) will not do. `testStore` of `batchwise/testing` shows what a store keeps.
 */
export interface Store {
  /** The value, or null where there is none. */
  getItem(key: string): unknown;
  /** Keeps the value, whole or not at all. Durable once it has returned, or its promise has resolved. */
  setItem(key: string, value: string): unknown;
  /** Forgets the value; nothing happens where there is none. */
  removeItem(key: string): unknown;
  /** Every key that begins with `prefix`, each once, in any order. */
  getKeys(prefix?: string): readonly string[] | Promise<readonly string[]>;
  /**
   * Puts `next` in the place of `expected`, all or nothing, and answers whether it did; false means that the value was
   * another. `null` stands for no value, on both sides. Where a store has this, two owners of one job are safe; where
   * it has not, the caller must see to it that there is only one.
   */
  compareAndSwap?(key: string, expected: string | null, next: string | null): boolean | Promise<boolean>;
  /**
   * A name that all tabs agree on that share this store's data. Where it is set and there are Web Locks, a tab holds
   * the lock of the job it drives, and another may take the job over as soon as that tab is gone.
   */
  readonly lockScope?: string;
}

/** A store that keeps two owners of one job apart. */
export type SwapStore = Store & Required<Pick<Store, "compareAndSwap">>;

/** A final row on its way into a {@link Sink}. */
export interface SinkRecord {
  readonly custom_id: string;
  /** As {@link ResultRow.outcome}: succeeded, errored, canceled, expired, or missing. */
  readonly outcome: RowOutcome;
  /** What the API said of the request, as it said it; `{ type: "missing" }` where it said nothing. */
  readonly result: MessageBatchResult | { readonly type: string };
}

/**
 * A lasting home of a job's results. A row counts as delivered once it lies here, so a job that is taken up again
 * brings the others only. After a crash a record may come once more: putting is idempotent by `custom_id`.
 */
export interface Sink {
  /** Whether a record with this id lies here. Asked by jobs that are taken up again. */
  has(id: string): boolean | Promise<boolean>;
  /** Takes records: all that came since the last call. What it throws, or rejects with, stops the job; it can be resumed. */
  put(records: readonly SinkRecord[]): unknown;
  /** Makes lasting what was put. Called after one `put` or some, before the journal counts their rows as delivered. */
  flush?(): unknown;
}

/** A store in this process's memory: for tests, and for jobs that need not outlive it. */
export function memoryStore(): SwapStore {
  const values = new Map<string, string>();
  const read = (key: string): string | null => values.get(key) ?? null;
  const write = (key: string, value: string | null): void => {
    checkEntry(key, value);
    if (value === null) values.delete(key);
    else values.set(key, value);
  };
  return {
    getItem: read,
    setItem: write,
    removeItem: (key) => write(key, null),
    getKeys: (prefix = "") => [...values.keys()].filter((key) => key.startsWith(prefix)),
    compareAndSwap: (key, expected, next) => {
      if (read(key) !== expected) return false;
      write(key, next);
      return true;
    },
  };
}
