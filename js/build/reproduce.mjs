// make reproduce: builds and packs a copy of these sources in another folder, from nothing, and compares the package with
// target/npm/batchwise.tgz, byte by byte. Takes as long as a first build.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { at, fail, run, step } from "./tools.mjs";

const TARBALL = "target/npm/batchwise.tgz";
const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

await step("reproduce", async () => {
  const here = sha256(at(TARBALL));
  const copy = mkdtempSync(join(tmpdir(), "batchwise-"));
  // Also where a command of the build fails, which ends this process.
  process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
  const listed = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
  for (const path of listed.trim().split("\n")) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(at(path), join(copy, path));
  }
  mkdirSync(join(copy, "target"));
  // The tools are those of this folder: they are not what is asked about. What the command carries inside is fetched.
  symlinkSync(at("target/tools"), join(copy, "target/tools"));
  await run(process.execPath, ["js/build/setup.mjs"], { cwd: copy });
  await run(process.execPath, ["js/build/build.mjs"], { cwd: copy });
  await run(process.execPath, ["js/build/pack.mjs"], { cwd: copy });
  const there = sha256(join(copy, TARBALL));
  if (here !== there) fail(`built in another folder the package is another one: ${there}, not ${here}`);
  return `sha256 ${here}, here and there`;
});
