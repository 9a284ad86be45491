// Who loads the package besides the runtimes of the whole suite, each as its users do.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { installPackage } from "../../js/build/suites.mjs";
import { at, digest, run, step } from "../../js/build/tools.mjs";
import { browsers } from "./browsers.mjs";
import { checks } from "./checks.mjs";
import { edge } from "./edge.mjs";
import { next } from "./next.mjs";
import { processes } from "./processes.mjs";
import { home } from "./tools.mjs";
import { workers } from "./workers.mjs";

/** Each has a name, the way it loads the package, and `run`, which gives a version and the outcomes of cases. */
export const consumers = [...processes, ...workers, ...edge, ...next, ...browsers, ...checks];

/** Installs what the package is tried with, and the packed package where they find it. */
export async function prepare() {
  await install();
  await installPackage(home());
}

/** Runs one. Never rejects: who does not run at all has failed. */
export async function tried({ run }) {
  const { version, outcomes } = await run().catch((error) => {
    return { version: "", outcomes: [{ name: "it runs", error: error.stack }] };
  });
  // Who ran nothing has shown nothing.
  if (outcomes.length === 0) outcomes.push({ name: "it runs", error: "no case ran" });
  return { version, outcomes };
}

/**
 * What the package is tried with is a project of its own, so that building needs none of it. Every tool is pinned; there
 * is no lock file, because one has to name the binaries of platforms that a registry may not carry.
 */
async function install() {
  const stamp = at("tests/packaging/node_modules/.batchwise");
  const wanted = digest(["tests/packaging/package.json"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const args = ["install", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"];
  await step("consumers", () => run("npm", args, { cwd: at("tests/packaging") }).then(() => ""));
  writeFileSync(stamp, wanted);
}
