// The page's database, and whether this browser keeps anything at all.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Run } from "../shared.js";

/** What is kept. */
export interface Schema extends DBSchema {
  runs: { key: string; value: Run };
  values: { key: string; value: string };
}

/** Opens the database. */
export function opened(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>("batchwise-page", 1, {
    upgrade(db) {
      db.createObjectStore("runs", { keyPath: "id" });
      db.createObjectStore("values");
    },
  });
}

let lasting: Promise<boolean> | undefined;

/** Whether the browser keeps what it is given here; a private window may not. Then all of it lives as long as the tab. */
export function isLasting(): Promise<boolean> {
  lasting ??= Promise.all([navigator.storage.getDirectory(), opened().then((db) => db.close())]).then(
    () => true,
    () => false,
  );
  return lasting;
}
