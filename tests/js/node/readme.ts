// The README's example, run as it stands, by somebody who has installed the package.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const readme = readFileSync(new URL("node_modules/batchwise/README.md", import.meta.url), "utf8");

test("the README's example runs as it stands and says what the README says", async () => {
  const example = readme.match(/```js\n(.*?)```/s)?.[1];
  assert.isString(example, "the README has no example");
  assert.isAtMost(example?.trim().split("\n").length ?? 0, 22);
  const file = new URL("readme-example.mjs", import.meta.url);
  writeFileSync(file, example ?? "");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file.pathname]);
  assert.equal(stderr, "");
  assert.match(stdout, /^2 0\.\d+\n/);
  assert.match(stdout, /^a1 succeeded (positive|negative)$/m);
  assert.match(stdout, /^a2 succeeded (positive|negative)$/m);
  assert.match(stdout, /succeeded: 2, errored: 0, canceled: 0, expired: 0, missing: 0/);
});
