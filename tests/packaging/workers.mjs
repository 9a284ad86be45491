// Cloudflare's runtime: the suites as a worker, a request for each case.
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { home, suites, tool } from "./tools.mjs";

export const workers = [{ name: "workerd", way: "miniflare", run: inMiniflare }];

async function inMiniflare() {
  const { Miniflare } = await import(tool("miniflare/dist/src/index.js"));
  const { version } = JSON.parse(readFileSync(tool("workerd/package.json"), "utf8"));
  const root = home("workerd");
  await build({
    entryPoints: [await suites("worker")],
    outfile: home("workerd/worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker"],
    mainFields: ["module", "main"],
    target: "es2023",
    loader: { ".wasm": "copy" },
    logLevel: "warning",
  });
  const miniflare = new Miniflare({
    rootPath: root,
    modules: true,
    modulesRoot: root,
    scriptPath: "worker.js",
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    bindings: { BATCHWISE_TEST_SERVER: process.env.BATCHWISE_TEST_SERVER },
  });
  try {
    return { version, outcomes: await asked((path) => miniflare.dispatchFetch(`http://worker/${path}`)) };
  } finally {
    await miniflare.dispose();
  }
}

/** All cases of a worker, by requests. */
export async function asked(get) {
  const outcomes = [];
  const count = await (await get("")).json();
  for (let index = 0; index < count; index++) {
    const response = await get(`?case=${index}`);
    const text = await response.text();
    outcomes.push(response.ok ? JSON.parse(text) : { name: `case ${index}`, error: text });
  }
  return outcomes;
}
