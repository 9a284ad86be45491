// make runtimes: the packed package in every runtime and out of every bundler, each with the whole suite; prints a line
// for each, and writes docs/runtimes.md where all of it went well.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { serveSuites } from "../../js/build/server.mjs";
import { installPackage } from "../../js/build/suites.mjs";
import { at, digest, run, step } from "../../js/build/tools.mjs";
import { browsers } from "./browsers.mjs";
import { checks } from "./checks.mjs";
import { edge } from "./edge.mjs";
import { processes } from "./processes.mjs";
import { table } from "./table.mjs";
import { workers } from "./workers.mjs";

const consumers = [...processes, ...workers, ...edge, ...browsers, ...checks];
const only = process.argv.slice(2);

await install();
await installPackage();
const server = await serveSuites();
process.env.BATCHWISE_TEST_SERVER = server.url;

const rows = [];
for (const { name, way, run } of consumers) {
  if (only.length > 0 && !only.some((word) => `${name}, ${way}`.includes(word))) continue;
  const start = performance.now();
  const result = await run().catch((error) => ({ version: "", outcomes: [{ name: "it runs", error: error.stack }] }));
  // Who ran nothing has shown nothing.
  if (result.outcomes.length === 0) result.outcomes.push({ name: "it runs", error: "no case ran" });
  const failed = result.outcomes.filter(({ error }) => error !== null);
  const passed = result.outcomes.length - failed.length;
  for (const { name, error } of failed) process.stdout.write(`not ok ${name}\n${error}\n`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  rows.push({ name, way, version: result.version, passed, failed: failed.length });
  const label = `${name}, ${way}`.padEnd(28);
  process.stdout.write(
    `${label} ${result.version.padEnd(24)} ${seconds.padStart(6)} s  ${passed} passed, ${failed.length} failed\n`,
  );
}
await server.close();

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, 0);
if (only.length === 0 && failed === 0) writeFileSync(at("docs/runtimes.md"), table(rows));
process.stdout.write(`packaging: ${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
// A browser or a worker that has not quite ended must not hold up the rest.
process.exit();

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
