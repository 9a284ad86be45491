// One function for each runtime: bundles files of cases for it, runs them there, and counts.
import { mkdirSync } from "node:fs";
import { CHROMIUM_FLAGS, findChromium, findFirefox, runInBrowser, runInFirefox } from "./browser.mjs";
import { captured, counted, tally } from "./counting.mjs";
import { bundle } from "./suites.mjs";
import { at, env } from "./tools.mjs";
import { runInWorkerd } from "./workerd.mjs";

/** A folder of this run's own, for cases that keep files. The suites' folder is made anew for each run. */
function folder(name) {
  const path = at("target/tests/folders", name);
  mkdirSync(path, { recursive: true });
  return { BATCHWISE_TEST_FOLDER: path };
}

export async function inNode(name, paths) {
  const script = await bundle(name, paths, "node");
  const sockets = typeof WebSocket === "undefined" ? ["--experimental-websocket"] : [];
  const args = ["--enable-source-maps", "--test-force-exit", "--test-reporter=tap", ...sockets, script];
  const last = (output, word) => Number([...output.matchAll(new RegExp(`^# ${word} (\\d+)$`, "gm"))].pop()?.[1] ?? 0);
  const count = (output) => ({
    passed: last(output, "pass"),
    failed: last(output, "fail") + last(output, "cancelled"),
  });
  const result = await counted(process.execPath, args, count, folder(`${name}-node`));
  // What went well fills pages.
  const output = result.output.replace(/^# Subtest: .*\nok .*\n(?: {2}.*\n)+/gm, "");
  return { ...result, output };
}

/** Without `files`, no permission beyond the network of this machine: the package must not need more. */
export async function inDeno(name, paths, { files = false } = {}) {
  const script = await bundle(name, paths, "deno");
  const own = folder(`${name}-deno`);
  const config = ["--no-config", "--node-modules-dir=manual", "--no-lock", "--no-remote", "--no-check", "--no-prompt"];
  const permissions = ["--allow-net=127.0.0.1", "--allow-env=BATCHWISE_TEST_SERVER,BATCHWISE_TEST_FOLDER"];
  const kept = own.BATCHWISE_TEST_FOLDER;
  if (files) permissions.push(`--allow-read=${kept}`, `--allow-write=${kept}`, "--unstable-kv");
  const count = (output) => {
    const total = /^(?:ok|FAILED) \| (\d+) passed .*?\| (\d+) failed/m.exec(output);
    return { passed: Number(total?.[1] ?? 0), failed: Number(total?.[2] ?? 0) };
  };
  return counted("deno", ["test", ...config, ...permissions, script], count, own);
}

export async function inBun(name, paths) {
  const script = await bundle(name, paths, "print");
  const { output, code } = await captured("bun", ["--no-install", script], folder(`${name}-bun`));
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("[")) return { passed: 0, failed: 1, output: `${output}\nBun ended with code ${code}` };
  return tally(JSON.parse(last));
}

export async function inWorkerd(name, paths) {
  const script = await bundle(name, paths, "worker");
  return tally(await runInWorkerd(script, env.BATCHWISE_TEST_SERVER));
}

export async function inChromium(name, paths) {
  return tally(await runInBrowser(await bundle(name, paths, "page"), env.BATCHWISE_TEST_SERVER));
}

/** Tests that drive several tabs from Node; each tab has the package and what else is in the page's script. */
export async function inTabs(name, path, page) {
  env.BATCHWISE_TEST_PAGE = at(await bundle(`${name}-page`, [page], "page"));
  Object.assign(env, { CHROMIUM: await findChromium(), CHROMIUM_FLAGS: JSON.stringify(CHROMIUM_FLAGS) });
  return inNode(name, [path]);
}

/** Tests that use the page as the command serves it, in Chromium and in stock Firefox. */
export async function inPage(paths) {
  env.FIREFOX = await findFirefox();
  Object.assign(env, { CHROMIUM: await findChromium(), CHROMIUM_FLAGS: JSON.stringify(CHROMIUM_FLAGS) });
  return inNode("page", paths);
}

export async function inFirefox(name, paths) {
  return tally(await runInFirefox(await bundle(name, paths, "page"), env.BATCHWISE_TEST_SERVER));
}
