// Deno KV as a store: in a file, and in memory.
import { denoKvStore, type Kv } from "batchwise";
import { storeCases } from "batchwise/testing";
import { assert, rejection, test } from "../harness.js";
import { carriesJobs } from "./carried.js";

interface Runtime {
  openKv(path: string): Promise<Kv & { close(): void }>;
}

const { Deno } = globalThis as unknown as { Deno: Runtime };
const folder = process.env["BATCHWISE_TEST_FOLDER"];

for (const [title, path] of [
  ["in a file", `${folder}/kv.sqlite`],
  ["in memory", ":memory:"],
] as const) {
  let kv: Promise<Kv & { close(): void }> | undefined;
  const open = async (area: string) => {
    kv ??= Deno.openKv(path);
    return denoKvStore(await kv, area);
  };
  for (const { name, run } of storeCases(open)) test(`Deno KV ${title}: ${name}`, run);
  carriesJobs(`Deno KV ${title}`, open);
  test(`Deno KV ${title}: the database can be closed`, async () => (await kv)?.close());
}

test("Deno KV: what was written is there when the database is opened again", async () => {
  const path = `${folder}/again.sqlite`;
  const first = await Deno.openKv(path);
  await denoKvStore(first).setItem("key", "value");
  first.close();
  const second = await Deno.openKv(path);
  assert.equal(await denoKvStore(second).getItem("key"), "value");
  second.close();
});

test("Deno KV: a store leaves the rest of the database alone, and does not take it for its own", async () => {
  const kv = await Deno.openKv(":memory:");
  await kv.set(["batchwise", "foreign", "deep"], new Uint8Array([1]));
  await kv.set(["users", "key"], new Uint8Array([2]));
  await kv.set(["batchwise", "text"], "no bytes" as never);
  const store = denoKvStore(kv);
  await store.setItem("key", "value");
  assert.sameMembers([...(await store.getKeys())], ["key", "text"]);
  const error = await rejection(async () => store.getItem("text"));
  assert.equal(error["code"], "store/failed");
  assert.include(error.message, "something else under text");
  kv.close();
});

test("Deno KV: a closed database is told with its own error as the cause", async () => {
  const kv = await Deno.openKv(":memory:");
  kv.close();
  const error = await rejection(async () => denoKvStore(kv).setItem("key", "value"));
  assert.equal(error["code"], "store/failed");
  assert.match(error.message, /^Deno KV could not be written: /);
  assert.instanceOf(error.cause, Error);
});
