// IndexedDB as a store, in real browsers.
import { indexedDbStore } from "batchwise";
import { storeCases } from "batchwise/testing";
import { assert, rejection, test } from "../harness.js";
import { carriesJobs } from "./carried.js";

for (const { name, run } of storeCases((area) => indexedDbStore(area))) test(`IndexedDB: ${name}`, run);

carriesJobs("IndexedDB", (area) => indexedDbStore(area));

/** What an IndexedDB request gives. */
function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

test("IndexedDB: every write waits for the disk", async () => {
  const { transaction } = IDBDatabase.prototype;
  const asked: string[] = [];
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    asked.push(`${mode} ${options?.durability}`);
    return transaction.call(this, names, mode, options);
  };
  try {
    const store = indexedDbStore("durable");
    await store.setItem("key", "value");
    await store.compareAndSwap("key", "value", "other");
    await store.removeItem("key");
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  assert.deepEqual(asked, Array(3).fill("readwrite strict"));
});

test("IndexedDB: the browser is asked once to keep the data, with the first write", async () => {
  const { persist } = StorageManager.prototype;
  let asked = 0;
  StorageManager.prototype.persist = async () => {
    asked += 1;
    throw new Error("not in this mode");
  };
  try {
    const store = indexedDbStore("persistent");
    await store.getItem("key");
    assert.equal(asked, 0);
    for (const value of ["one", "two"]) await store.setItem("key", value);
    assert.equal(asked, 1);
  } finally {
    StorageManager.prototype.persist = persist;
  }
});

test("IndexedDB: a browser without room is told from other failures, and the old value stands", async () => {
  const store = indexedDbStore("full");
  await store.setItem("key", "old");
  const { put } = IDBObjectStore.prototype;
  // As browsers do it: what is written is taken back, and the transaction says why.
  IDBObjectStore.prototype.put = function (value, key) {
    const request = put.call(this, value, key);
    const error = new DOMException("no room", "QuotaExceededError");
    Object.defineProperty(this.transaction, "error", { value: error });
    this.transaction.abort();
    return request;
  };
  try {
    for (const write of [() => store.setItem("key", "new"), () => store.compareAndSwap("key", "old", "new")]) {
      const error = await rejection(write);
      assert.deepEqual([error["code"], (error.cause as Error).name], ["store/failed", "QuotaExceededError"]);
      assert.include(error.message, "no room left");
    }
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.equal(await store.getItem("key"), "old");
});

test("IndexedDB: the database can be deleted while a store is open, and the store goes on with a new one", async () => {
  const store = indexedDbStore("deleted");
  await store.setItem("key", "value");
  await done(indexedDB.deleteDatabase("deleted"));
  assert.isNull(await store.getItem("key"));
  await store.setItem("key", "again");
  assert.equal(await indexedDbStore("deleted").getItem("key"), "again");
});

test("IndexedDB: a store gives way to a newer version of its database, and says what to do then", async () => {
  const store = indexedDbStore("newer");
  await store.setItem("key", "value");
  const newer = await done(indexedDB.open("newer", 7));
  const error = await rejection(async () => store.getItem("key"));
  assert.equal(error["code"], "store/failed");
  assert.match(error.message, /newer version .* reload the page/);
  newer.close();
});

test("IndexedDB: a tab that does not let the database go is named as the reason, not waited for", async () => {
  await indexedDbStore("blocked").setItem("key", "value");
  const stubborn = await done(indexedDB.open("blocked"));
  const deleting = done(indexedDB.deleteDatabase("blocked"));
  const error = await rejection(async () => indexedDbStore("blocked").getItem("key"));
  assert.include(error.message, "another tab");
  stubborn.close();
  await deleting;
  assert.isNull(await indexedDbStore("blocked").getItem("key"));
});

test("IndexedDB: a database of somebody else's is left alone", async () => {
  const request = indexedDB.open("foreign", 1);
  request.onupgradeneeded = () => void request.result.createObjectStore("things");
  const database = await done(request);
  const error = await rejection(async () => indexedDbStore("foreign").setItem("key", "value"));
  assert.include(error.message, "somebody else");
  assert.deepEqual([...database.objectStoreNames], ["things"]);
  database.close();
});
