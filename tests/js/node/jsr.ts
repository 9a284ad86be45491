// The package as JSR would take it: Deno's own tool looks at it, and publishes nothing.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../harness.js";

test("jsr.json has the version of the package, and a dry run of its publishing succeeds", () => {
  const [jsr, npm] = ["jsr.json", "package.json"].map((path) => JSON.parse(readFileSync(path, "utf8")));
  assert.equal(jsr.version, npm.version);
  const folder = mkdtempSync(join(tmpdir(), "batchwise-jsr-"));
  try {
    cpSync("target/tests/node_modules/batchwise", folder, { recursive: true });
    copyFileSync("jsr.json", join(folder, "jsr.json"));
    const args = ["publish", "--dry-run", "--allow-dirty", "--allow-slow-types", "--no-check"];
    const said = execFileSync("deno", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    assert.isString(said);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
