// Where a job's journal and its results may live. Both are structural: anything with these methods will do.
import type { RowOutcome } from "./row.js";
import type { MessageBatchResult } from "./types.js";

/**
 * A place for a job's journal: text by key. An unstorage instance fits as it is. Methods may be sync or async.
 *
 * Keys are `batchwise:<jobId>:…`, made of letters, digits and `.` `_` `-` `:`. Values are lines of text of at most 64 KiB that
 * never look like JSON or a number. They hold ids and states: no request's body, no key.
 *
 * A value that was written must be read afterwards, by any process, also when this one is killed: a store that
 * answers from a cache that lags (Workers KV) will not do.
 */
export interface Store {
  /** The value, or null (or undefined) where there is none. */
  getItem(key: string): unknown;
  /** Keeps the value. Durable once it has returned, or its promise has resolved. */
  setItem(key: string, value: string): unknown;
  /** Forgets the value; nothing happens where there is none. */
  removeItem(key: string): unknown;
  /** Every key that begins with `prefix`, in any order. */
  getKeys(prefix?: string): readonly string[] | Promise<readonly string[]>;
  /**
   * Puts `next` in the place of `expected`, all or nothing, and answers whether it did. `null` for `expected` means that
   * there is no value yet. Where a store has this, two owners of one job are safe; where it has not, the caller must
   * see to it that there is only one.
   */
  compareAndSwap?(key: string, expected: string | null, next: string): boolean | Promise<boolean>;
}

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
  /** Takes records. What it throws, or rejects with, stops the job; it can be resumed. */
  put(records: readonly SinkRecord[]): unknown;
  /** Makes lasting what was put. Called before the journal counts the rows as delivered. */
  flush?(): unknown;
}

/** A store in this process's memory: for tests, and for jobs that need not outlive it. */
export function memoryStore(): Required<Store> {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    getKeys: (prefix = "") => [...values.keys()].filter((key) => key.startsWith(prefix)),
    compareAndSwap: (key, expected, next) => {
      if ((values.get(key) ?? null) !== expected) return false;
      values.set(key, next);
      return true;
    },
  };
}
