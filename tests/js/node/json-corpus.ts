// The JSON corpus as this engine judges it. The table that Rust is held to (tests/it/jsonl_corpus.rs) is V8's own word.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { assert, test } from "../harness.js";

const ROOT = "tests/fixtures/json-test-suite";

test("the table of accepted files is what JSON.parse says of the bytes, read as strict UTF-8", () => {
  const names = readdirSync(`${ROOT}/test_parsing`).sort();
  assert.lengthOf(names, 318);
  const accepted = names.filter((name) => accepts(readFileSync(`${ROOT}/test_parsing/${name}`)));
  if (process.env["BATCHWISE_BLESS"]) writeFileSync(`${ROOT}/accepted-by-v8.txt`, `${accepted.join("\n")}\n`);
  assert.deepEqual(readFileSync(`${ROOT}/accepted-by-v8.txt`, "utf8").trimEnd().split("\n"), accepted);
});

function accepts(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
