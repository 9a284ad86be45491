// make runtimes: the packed package wherever it is promised to run; a line for each, and docs/runtimes.md where all of it
// went well. Words after the command choose some of it.
import { writeFileSync } from "node:fs";
import { tally } from "../../js/build/counting.mjs";
import { serveSuites } from "../../js/build/server.mjs";
import { installPackage } from "../../js/build/suites.mjs";
import { at, env } from "../../js/build/tools.mjs";
import { consumers, prepare, tried } from "./consumers.mjs";
import { figures } from "./figures.mjs";
import { page } from "./page.mjs";
import { wholes } from "./wholes.mjs";

const only = process.argv.slice(2);
const chosen = [...wholes, ...consumers].filter(
  ({ name, way }) => only.length === 0 || only.some((word) => `${name}, ${way}`.includes(word)),
);

await installPackage();
await prepare();
const server = await serveSuites();
env.BATCHWISE_TEST_SERVER = server.url;

// Two at once, in folders of their own.
const rows = (await Promise.all([each(chosen.filter(isWhole)), each(chosen.filter((one) => !isWhole(one)))])).flat();
await server.close();

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, 0);
if (only.length === 0 && failed === 0) writeFileSync(at("docs/runtimes.md"), page(rows, await figures()));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
// A browser or a worker that has not quite ended must not hold up the rest.
process.exit(failed > 0 ? 1 : 0);

/** Runs them one after the other, and prints a line for each. */
async function each(some) {
  const rows = [];
  for (const consumer of some) {
    const { name, way, suite = "short", counted } = consumer;
    const start = performance.now();
    const { version, passed, failed, output } = await (counted ? counted().catch(broken) : smoked(consumer));
    if (failed > 0) process.stdout.write(`${output}\n`);
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    rows.push({ name, way, suite, version, passed, failed });
    const label = `${name}, ${way}`.padEnd(30);
    process.stdout.write(`${label} ${version.padEnd(24)} ${seconds} s  ${passed} passed, ${failed} failed\n`);
  }
  return rows;
}

/** Whether it runs by what `make test` has for whole suites. */
function isWhole({ counted }) {
  return counted !== undefined;
}

async function smoked(consumer) {
  const { version, outcomes } = await tried(consumer);
  return { version, ...tally(outcomes) };
}

function broken(error) {
  return { version: "", passed: 0, failed: 1, output: error.stack };
}
