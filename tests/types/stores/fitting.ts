// What runtimes and other packages have, as they type it, fits as it is.
import type { DurableObjectStorage } from "@cloudflare/workers-types";
import {
  denoKvStore,
  durableObjectStore,
  fileStore,
  indexedDbStore,
  memoryStore,
  type Store,
  type SwapStore,
} from "batchwise";
import { type StoreTestResult, storeCases, testStore } from "batchwise/testing";
import type { Storage } from "unstorage";

declare const unstorage: Storage;
declare const strings: Storage<string>;
declare const objectStorage: DurableObjectStorage;
declare const kv: Deno.Kv;

export const stores: Store[] = [
  unstorage,
  strings,
  memoryStore(),
  fileStore("jobs"),
  fileStore(new URL("file:///jobs")),
];
export const safe: SwapStore[] = [
  durableObjectStore(objectStorage),
  denoKvStore(kv),
  denoKvStore(kv, "jobs"),
  indexedDbStore(),
];

/** The least that a store is. */
export const least: Store = {
  getItem: () => null,
  setItem: () => undefined,
  removeItem: async () => undefined,
  getKeys: () => [],
};

// @ts-expect-error: without a list of keys it is none
export const none: Store = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
// @ts-expect-error: the browser's own has no list of keys
export const browsers: Store = localStorage;
// @ts-expect-error: each of these has a store of its own
export const mixed: SwapStore[] = [denoKvStore(objectStorage), durableObjectStore(kv)];
// @ts-expect-error: unstorage cannot compare and swap
export const unsafe: SwapStore = unstorage;

export const results: Promise<StoreTestResult[]> = testStore(() => least, { swap: false, text: "journal" });
export const names: string[] = storeCases((area) => fileStore(area)).map(({ name }) => name);
