// What outlives the page: runs in IndexedDB, rows and results in the browser's own file system.
import type { IDBPDatabase } from "idb";
import type { Run } from "../shared.js";
import { isLasting, opened, type Schema } from "./database.js";
import { type FileHandle, type Folder, MemoryFolder, MemoryRecords } from "./volatile.js";

let database: Promise<IDBPDatabase<Schema>> | undefined;

function open(): Promise<IDBPDatabase<Schema>> {
  database ??= isLasting().then((isKept) => (isKept ? opened() : (new MemoryRecords() as never)));
  return database;
}

const memory = new MemoryFolder();

async function root(): Promise<Folder> {
  return (await isLasting()) ? ((await navigator.storage.getDirectory()) as Folder) : memory;
}

/** Every run, the newest first. */
export async function allRuns(): Promise<Run[]> {
  const runs = await (await open()).getAll("runs");
  return runs.sort((a, b) => b.createdAt - a.createdAt);
}

/** A run by its name. */
export async function runOf(id: string): Promise<Run | undefined> {
  return (await open()).get("runs", id);
}

/** Keeps a run. */
export async function keepRun(run: Run): Promise<void> {
  await (await open()).put("runs", run);
}

/** Forgets a run, its rows and its results. */
export async function forgetRun(id: string): Promise<void> {
  await (await open()).delete("runs", id);
  await (await root()).removeEntry(id, { recursive: true }).catch(() => undefined);
}

/** A text that is kept by name. */
export async function keptValue(name: string): Promise<string | undefined> {
  return (await open()).get("values", name);
}

/** Keeps a text by name. */
export async function keepValue(name: string, value: string): Promise<void> {
  await (await open()).put("values", value, name);
}

/** Writes a whole file of a run. */
export async function keepFile(run: string, name: string, content: Blob): Promise<void> {
  const handle = await fileHandle(run, name);
  const file = await handle.createSyncAccessHandle();
  try {
    file.truncate(0);
    for (let at = 0; at < content.size; at += PIECE_BYTES) {
      file.write(new Uint8Array(await content.slice(at, at + PIECE_BYTES).arrayBuffer()), { at });
    }
    file.flush();
  } finally {
    file.close();
  }
}

/** Small enough that a call which comes meanwhile does not wait. */
const PIECE_BYTES = 1 << 20;

/** A file of a run; null where there is none. */
export async function fileOf(run: string, name: string): Promise<File | null> {
  try {
    const folder = await (await root()).getDirectoryHandle(run);
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

/** What a run was made of. A results file that was brought is kept as the results of the first attempt. */
export async function dataOf(run: string): Promise<File | null> {
  return (await fileOf(run, "data")) ?? fileOf(run, BROUGHT_RESULTS);
}

/** The results of the first attempt. */
export const BROUGHT_RESULTS = "results-1.jsonl";

/** A file that grows at its end. */
export async function growing(run: string, name: string): Promise<FileSystemSyncAccessHandle> {
  return (await fileHandle(run, name)).createSyncAccessHandle();
}

async function fileHandle(run: string, name: string): Promise<FileHandle> {
  const folder = await (await root()).getDirectoryHandle(run, { create: true });
  return folder.getFileHandle(name, { create: true });
}
