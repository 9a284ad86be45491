// A folder as a store, in every runtime that has files.
import { fileStore } from "batchwise";
import { storeCases } from "batchwise/testing";
import { assert, test } from "../harness.js";
import { carriesJobs } from "./carried.js";

const folder = process.env["BATCHWISE_TEST_FOLDER"];
if (!folder) throw new Error("this run has no folder");

for (const { name, run } of storeCases((area) => fileStore(`${folder}/${area}`))) test(`files: ${name}`, run);

carriesJobs("files", (area) => fileStore(`${folder}/${area}`));

test("files: a folder may be given as an address, with a slash at its end or without", async () => {
  const address = new URL(`file://${folder}/by%20address`);
  await fileStore(address).setItem("key", "value");
  assert.equal(await fileStore(`${folder}/by address`).getItem("key"), "value");
  assert.equal(await fileStore(new URL(`${address}/`)).getItem("key"), "value");
});
