// make test: every suite, one after the other, and at the end one line that counts.
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { consumers, prepare, tried } from "../../tests/packaging/consumers.mjs";
import { sightings } from "./canary.mjs";
import { captured, counted, libtest, tally } from "./counting.mjs";
import { inCrashingChromium } from "./crash.mjs";
import { inEdge } from "./edge-tests.mjs";
import { runExamples } from "./examples.mjs";
import { inBun, inChromium, inDeno, inFirefox, inNode, inPage, inTabs, inWorkerd } from "./runtimes.mjs";
import { serveSuites } from "./server.mjs";
import { bundleScript, installPackage, sharedSuites } from "./suites.mjs";
import { at, env, files } from "./tools.mjs";
import { serveCuts } from "./truncating.mjs";

const relay = ["tests/js/relay/door.ts", "tests/js/relay/calls.ts"];
const only = process.argv.slice(2);
const suites = [
  ["rust", () => counted("cargo", ["test", "--quiet", "--no-fail-fast", "--features", "emulator"], libtest)],
  ["types", types],
  // The packed package, as each runtime finds it, with all the suites.
  ["node", () => inNode("suites", sharedSuites())],
  ["deno", () => inDeno("suites", sharedSuites())],
  ["bun", () => inBun("suites", sharedSuites())],
  ["workerd", () => inWorkerd("suites", sharedSuites())],
  ["chromium", () => inChromium("suites", sharedSuites())],
  ["firefox", () => inFirefox("suites", sharedSuites())],
  // Every other way to load it.
  ["packaging", inConsumers],
  ["host", inHost],
  // The relay in the runtimes that it is deployed to.
  ["relay/node", () => inNode("relay", relay)],
  ["relay/deno", () => inDeno("relay", relay)],
  ["relay/bun", () => inBun("relay", relay)],
  ["relay/workerd", () => inWorkerd("relay", relay)],
  ["page", () => inPage(files("tests/page").filter((path) => path.endsWith(".ts")))],
  // Cut results on real sockets, in every runtime: what a fetch makes of them differs, and moves.
  ["cuts/node", () => cut(inNode)],
  ["cuts/deno", () => cut(inDeno)],
  ["cuts/bun", () => cut(inBun)],
  ["cuts/workerd", () => cut(inWorkerd)],
  ["cuts/chromium", () => cut(inChromium)],
  ["cuts/firefox", () => cut(inFirefox)],
  ["edge", () => inEdge()],
  ["crashes", inCrashingChromium],
  ["examples", runExamples],
  // Each store in the runtimes that it is made for.
  ["stores/node", () => inNode("stores", [store("file"), store("unstorage")])],
  ["stores/deno", () => inDeno("stores", [store("file"), store("deno-kv")], { files: true })],
  ["stores/bun", () => inBun("stores", [store("file")])],
  ["stores/workerd", () => inWorkerd("stores", [store("durable-object")])],
  ["stores/chromium", () => inChromium("stores", [store("indexed-db")])],
  ["stores/tabs", () => inTabs("tabs", store("tabs"), store("tab-page"))],
  ["stores/firefox", () => inFirefox("stores", [store("indexed-db")])],
];

// Bundlers' servers and browsers live in this process, too: what they reject when nobody waits any more is told, and
// does not take the verdicts of all the suites with it. The suites have processes of their own, where it is a failure.
process.on("unhandledRejection", (reason) => process.stderr.write(`nobody waited for: ${reason?.stack ?? reason}\n`));

await installPackage();
const server = await serveSuites();
env.BATCHWISE_TEST_SERVER = server.url;
let passed = 0;
let failed = 0;
for (const [name, work] of suites) {
  if (only.length > 0 && !only.some((wanted) => name === wanted || name.startsWith(`${wanted}/`))) continue;
  const start = performance.now();
  const result = await work().catch((error) => ({ passed: 0, failed: 1, output: error.stack }));
  // A suite that ran nothing has shown nothing.
  if (result.passed + result.failed === 0)
    Object.assign(result, { failed: 1, output: `no test ran\n${result.output}` });
  if (result.failed > 0) process.stdout.write(`\n${result.output}\n`);
  else for (const [note] of result.output.matchAll(/^note: .*$/gm)) process.stdout.write(`${note}\n`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${name.padEnd(15)} ${seconds} s  ${line(result)}\n`);
  passed += result.passed;
  failed += result.failed;
}
await server.close();
const leaks = sightings("target/tests");
process.stdout.write(leaks.map((leak) => `the key of the tests is in ${leak}\n`).join(""));
passed += leaks.length === 0 ? 1 : 0;
failed += leaks.length;
// What a test has to tell beside its verdict.
for (const path of files("target/tests/notes")) {
  process.stdout.write(`\n${readFileSync(at(path), "utf8")}`);
}
// A browser or a worker that has not quite ended must not hold up the rest.
process.stdout.write(`${line({ passed, failed })}\n`, () => process.exit(failed > 0 ? 1 : 0));

/** Runs the cases about cut results against the server that cuts them. */
async function cut(inRuntime) {
  const cuts = await serveCuts();
  env.BATCHWISE_TEST_SERVER = cuts.url;
  try {
    return await inRuntime("cuts", ["tests/js/truncations/matrix.ts"]);
  } finally {
    env.BATCHWISE_TEST_SERVER = server.url;
    cuts.close();
  }
}

function line(counts) {
  return `${counts.passed} passed, ${counts.failed} failed`;
}

function store(name) {
  return `tests/js/stores/${name}.ts`;
}

/** Bundlers, frameworks, further versions and checkers, each with the short suite. */
async function inConsumers() {
  await prepare();
  const total = { passed: 0, failed: 0, output: "" };
  for (const consumer of consumers) {
    const { passed, failed, output } = tally((await tried(consumer)).outcomes);
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) total.output += `${consumer.name}, ${consumer.way}\n${output}\n`;
  }
  return total;
}

/** What only Node can show. A process for each file: some measure memory, some spawn. */
async function inHost() {
  await bundleScript("tests/js/kill/child.ts", "target/tests/kill-child.js");
  const total = { passed: 0, failed: 0, output: "" };
  for (const path of files("tests/js/node")) {
    const result = await inNode(`host-${basename(path, ".ts")}`, [path]);
    total.passed += result.passed;
    total.failed += result.failed;
    if (result.failed > 0) total.output += `${path}\n${result.output}\n`;
  }
  return total;
}

/** Each file is a test: it passes where the compiler has nothing to say about it. */
async function types() {
  const total = { passed: 0, failed: 0, output: "" };
  for (const project of files("tests/types").filter((path) => path.endsWith("tsconfig.json"))) {
    const folder = dirname(project);
    const paths = files(folder).filter((path) => path.endsWith(".ts") && dirname(path) === folder);
    const { output, code } = await captured(at("node_modules/.bin/tsc"), ["-p", project], {});
    const broken = paths.filter((path) => output.includes(`${path}(`)).length;
    total.failed += code !== 0 && broken === 0 ? 1 : broken;
    total.passed += paths.length - broken;
    total.output += output;
  }
  return total;
}
