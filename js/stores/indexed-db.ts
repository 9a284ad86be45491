// The browser's database as a store: it outlives the tab, and all tabs of an origin share it.
import type { SwapStore } from "../store.js";
import { checkEntry, storeFailed } from "./entry.js";

const ITEMS = "items";
const VERSION = 1;
/** Where another tab deletes or changes the database and a third does not let go, opening never ends by itself. */
const OPEN_MS = 10_000;

/**
 * Keeps values in the IndexedDB database `name` of this origin, for pages and workers of browsers. Every write waits
 * for the disk (`durability: "strict"`). The first one asks the browser not to evict the data when it needs room
 * (`navigator.storage.persist()`); Firefox asks the user.
 */
export function indexedDbStore(name = "batchwise"): SwapStore {
  const database = new Database(name);
  return {
    lockScope: `indexeddb:${name}`,
    async getItem(key) {
      checkEntry(key, null);
      return database.run<string | null>("readonly", (items, answer) => look(items.get(key), answer));
    },
    async setItem(key, value) {
      checkEntry(key, value);
      await database.run("readwrite", (items) => void items.put(value, key));
    },
    async removeItem(key) {
      checkEntry(key, null);
      await database.run("readwrite", (items) => void items.delete(key));
    },
    getKeys: (prefix = "") =>
      database.run<string[]>("readonly", (items, answer) => {
        const all = items.getAllKeys();
        all.onsuccess = () => answer(all.result.map(String).filter((key) => key.startsWith(prefix)));
      }),
    async compareAndSwap(key, expected, next) {
      checkEntry(key, next);
      // Transactions that write wait for each other, in all tabs: what is read here stays true until the end.
      return database.run<boolean>("readwrite", (items, answer) =>
        look(items.get(key), (value) => {
          answer(value === expected);
          if (value !== expected) return;
          if (next === null) items.delete(key);
          else items.put(next, key);
        }),
      );
    },
  };
}

/** Hands on what was read; null where nothing is. */
function look(request: IDBRequest<unknown>, next: (value: string | null) => void): void {
  request.onsuccess = () => next(typeof request.result === "string" ? request.result : null);
}

/** The connection, opened when it is needed, and given up when another tab needs the database to itself. */
class Database {
  readonly #name: string;
  #connection: Promise<IDBDatabase> | undefined;
  #isPersistent = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Runs `work` in one transaction. Resolves with what it answered, once the disk has everything. */
  async run<T = void>(
    mode: "readonly" | "readwrite",
    work: (items: IDBObjectStore, answer: (value: T) => void) => void,
  ): Promise<T> {
    try {
      if (mode === "readwrite") this.#persist();
      const transaction = await this.#begin(mode);
      return await new Promise<T>((resolve, reject) => {
        let answered: T;
        transaction.oncomplete = () => resolve(answered);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore(ITEMS), (value) => {
          answered = value;
        });
      });
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async #begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const start = (database: IDBDatabase): IDBTransaction =>
      database.transaction(ITEMS, mode, { durability: "strict" });
    this.#connection ??= this.#connect();
    try {
      return start(await this.#connection);
    } catch (error) {
      if ((error as Error | null)?.name !== "InvalidStateError") throw error;
      // The connection was closed meanwhile: by another tab that changes the database, or by the browser.
      this.#connection = this.#connect();
      return start(await this.#connection);
    }
  }

  #connect(): Promise<IDBDatabase> {
    const forget = (): void => {
      this.#connection = undefined;
    };
    const connection = new Promise<IDBDatabase>((resolve, reject) => {
      if (typeof indexedDB === "undefined")
        throw storeFailed("indexedDbStore needs a browser: there is no IndexedDB here");
      const held = storeFailed(`another tab does not let go of the database ${this.#name}: close it and try again`);
      const timer = setTimeout(() => reject(held), OPEN_MS);
      const request = indexedDB.open(this.#name, VERSION);
      request.onupgradeneeded = () => void request.result.createObjectStore(ITEMS);
      request.onblocked = () => reject(held);
      request.onerror = () => {
        clearTimeout(timer);
        reject(request.error);
      };
      request.onsuccess = () => {
        clearTimeout(timer);
        const database = request.result;
        database.onclose = forget;
        database.onversionchange = () => {
          forget();
          database.close();
        };
        resolve(database);
      };
    });
    connection.catch(forget);
    return connection;
  }

  /** Asked once; nobody waits for the answer, which may be a dialogue. */
  #persist(): void {
    if (this.#isPersistent) return;
    this.#isPersistent = true;
    globalThis.navigator?.storage?.persist?.().catch(() => undefined);
  }

  #explain(error: unknown): unknown {
    const { name = "", message = "the transaction was ended" } = (error ?? {}) as Partial<Error>;
    if ((error as { code?: unknown } | null)?.code === "store/failed") return error;
    const words: Readonly<Record<string, string>> = {
      QuotaExceededError: "this site has no room left in the browser's storage: delete something and go on",
      VersionError: `a newer version of this package has changed the database ${this.#name}: reload the page`,
      NotFoundError: `the database ${this.#name} belongs to somebody else: choose another name`,
    };
    return storeFailed(words[name] ?? `the database ${this.#name} failed: ${name} ${message}`, error);
  }
}
