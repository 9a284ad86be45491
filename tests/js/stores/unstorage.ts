// Instances of unstorage as they are, with its drivers for memory and for files.
import { storeCases } from "batchwise/testing";
import { createStorage, type Driver } from "unstorage";
import fsDriver from "unstorage/drivers/fs";
import fsLiteDriver from "unstorage/drivers/fs-lite";
import memoryDriver from "unstorage/drivers/memory";
import { test } from "../harness.js";
import { carriesJobs } from "./carried.js";

const folder = process.env["BATCHWISE_TEST_FOLDER"];
const memories = new Map<string, Driver>();

/** The driver in memory lives as long as its data is wanted. */
function memoryOf(area: string): Driver {
  const driver = memories.get(area) ?? memoryDriver();
  memories.set(area, driver);
  return driver;
}

/** These drivers write in place, so a reader, or a kill, can meet half a value: what `fileStore` is for. */
const WHOLE = "a reader sees the value before or the value after, never a mixture";

for (const [title, driverOf, without] of [
  ["memory", memoryOf, ""],
  ["fs", (area: string) => fsDriver({ base: `${folder}/unstorage-fs/${area}` }), WHOLE],
  ["fs-lite", (area: string) => fsLiteDriver({ base: `${folder}/unstorage-fs-lite/${area}` }), WHOLE],
] as const) {
  const open = (area: string) => createStorage({ driver: driverOf(area) });
  for (const { name, run } of storeCases(open, { swap: false, text: "journal" })) {
    if (name !== without) test(`unstorage ${title}: ${name}`, run);
  }
  carriesJobs(`unstorage ${title}`, open, { swap: false });
}
