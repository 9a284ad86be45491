// make test: every suite, one after the other, and at the end one line that counts.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { runInBrowser } from "./browser.mjs";
import { bundle, bundleServer, installPackage } from "./suites.mjs";
import { at, env, files, root } from "./tools.mjs";

const only = process.argv.slice(2);
const suites = [
  ["rust", () => counted("cargo", ["test", "--quiet", "--no-fail-fast", "--features", "emulator"], libtest)],
  ["types", types],
  ["node", () => inNode("suites", shared())],
  ["deno", inDeno],
  ["chromium", inChromium],
  ["host", inHost],
];

await installPackage();
const server = await startServer();
let passed = 0;
let failed = 0;
for (const [name, work] of suites) {
  if (only.length > 0 && !only.includes(name)) continue;
  const start = performance.now();
  const result = await work().catch((error) => ({ passed: 0, failed: 1, output: error.stack }));
  // A suite that ran nothing has shown nothing.
  if (result.passed + result.failed === 0)
    Object.assign(result, { failed: 1, output: `no test ran\n${result.output}` });
  if (result.failed > 0) process.stdout.write(`\n${result.output}\n`);
  else for (const [note] of result.output.matchAll(/^note: .*$/gm)) process.stdout.write(`${note}\n`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${name.padEnd(10)} ${seconds} s  ${line(result)}\n`);
  passed += result.passed;
  failed += result.failed;
}
await server.close();
// What a test has to tell beside its verdict.
for (const path of files("target/tests/notes")) {
  process.stdout.write(`\n${readFileSync(at(path), "utf8")}`);
}
process.stdout.write(`${line({ passed, failed })}\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** A real HTTP emulator for every suite: its time runs fast, and it answers browsers. */
async function startServer() {
  await bundleServer("target/tests/serve.js");
  const { serveEmulator } = await import(at("target/tests/serve.js"));
  const server = await serveEmulator({ clock: 600, cors: true, requestsPerMinute: null, queueLimit: null });
  env.BATCHWISE_TEST_SERVER = server.url;
  return server;
}

function line(counts) {
  return `${counts.passed} passed, ${counts.failed} failed`;
}

/** Runs a command and counts its tests by what it printed. An exit code without a failed test is a failure, too. */
async function counted(command, args, count, extraEnv = {}) {
  const { output, code } = await captured(command, args, extraEnv);
  const counts = count(output);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return { ...counts, output };
}

function captured(command, args, extraEnv) {
  return new Promise((done) => {
    const stdio = ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd: root, env: { ...env, NO_COLOR: "1", ...extraEnv }, stdio });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => done({ output: output + error.message, code: -1 }));
    child.on("close", (code) => done({ output, code }));
  });
}

function libtest(output) {
  const counts = { passed: 0, failed: 0 };
  for (const [, ok, bad] of output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed/gm)) {
    counts.passed += Number(ok);
    counts.failed += Number(bad);
  }
  return counts;
}

/** The suites of every runtime. */
function shared() {
  return files("tests/js/suites").filter((path) => path.endsWith(".ts"));
}

/** What only Node can show. A process for each file: some measure memory, some spawn. */
async function inHost() {
  const total = { passed: 0, failed: 0, output: "" };
  for (const path of files("tests/js/node")) {
    const result = await inNode(`host-${basename(path, ".ts")}`, [path]);
    total.passed += result.passed;
    total.failed += result.failed;
    if (result.failed > 0) total.output += `${path}\n${result.output}\n`;
  }
  return total;
}

async function inNode(name, paths) {
  const script = await bundle(name, paths, "node");
  const args = ["--enable-source-maps", "--test-force-exit", "--test-reporter=tap", script];
  const last = (output, word) => Number([...output.matchAll(new RegExp(`^# ${word} (\\d+)$`, "gm"))].pop()?.[1] ?? 0);
  const result = await counted(process.execPath, args, (output) => ({
    passed: last(output, "pass"),
    failed: last(output, "fail") + last(output, "cancelled"),
  }));
  // What went well fills pages.
  const output = result.output.replace(/^# Subtest: .*\nok .*\n(?: {2}.*\n)+/gm, "");
  return { ...result, output };
}

/** No permission beyond the network of this machine: the package must not need more. */
async function inDeno() {
  const script = await bundle("suites", shared(), "deno");
  const config = ["--no-config", "--node-modules-dir=manual", "--no-lock", "--no-remote", "--no-check", "--no-prompt"];
  const permissions = ["--allow-net=127.0.0.1", "--allow-env=BATCHWISE_TEST_SERVER"];
  return counted("deno", ["test", ...config, ...permissions, script], (output) => {
    const total = /^(?:ok|FAILED) \| (\d+) passed .*?\| (\d+) failed/m.exec(output);
    return { passed: Number(total?.[1] ?? 0), failed: Number(total?.[2] ?? 0) };
  });
}

async function inChromium() {
  const outcomes = await runInBrowser(await bundle("suites", shared(), "page"), server.url);
  const broken = outcomes.filter((outcome) => outcome.error !== null);
  const output = broken.map((outcome) => `not ok ${outcome.name}\n${outcome.error}`).join("\n\n");
  return { passed: outcomes.length - broken.length, failed: broken.length, output };
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
