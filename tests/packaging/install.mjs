// What the package is tried with is a project of its own, so that building needs none of it. Every tool is pinned; there
// is no lock file, because one has to name the binaries of platforms that a registry may not carry.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { at, digest, run, step } from "../../js/build/tools.mjs";

/** Installs it where it is missing. */
export async function install() {
  const stamp = at("tests/packaging/node_modules/.batchwise");
  const wanted = digest(["tests/packaging/package.json"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const args = ["install", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"];
  await step("consumers", () => run("npm", args, { cwd: at("tests/packaging") }).then(() => ""));
  writeFileSync(stamp, wanted);
}
