// Cloudflare's runtime, beside the whole suite in workerd itself: the short one by Miniflare, and as Wrangler bundles it.
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { home, put, server, sh, smoke, started, tool, versionOf } from "./tools.mjs";

const COMPATIBLE_SINCE = "2026-04-01";

export const workers = [
  { name: "workerd", way: "Miniflare", run: inMiniflare },
  { name: "workerd", way: "Wrangler's bundle", run: inWrangler },
];

async function inMiniflare() {
  const { Miniflare } = await import(tool("miniflare/dist/src/index.js"));
  const root = home("miniflare");
  await build({
    entryPoints: [await smoke("worker")],
    outfile: home("miniflare/worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker"],
    mainFields: ["module", "main"],
    target: "es2022",
    loader: { ".wasm": "copy" },
    logLevel: "warning",
  });
  const miniflare = new Miniflare({
    rootPath: root,
    modules: true,
    modulesRoot: root,
    scriptPath: "worker.js",
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: COMPATIBLE_SINCE,
    bindings: { BATCHWISE_TEST_SERVER: server() },
  });
  try {
    const outcomes = await asked((query) => miniflare.dispatchFetch(`http://worker/${query}`));
    return { version: versionOf("workerd"), outcomes };
  } finally {
    await miniflare.dispose();
  }
}

/** As `wrangler deploy` would send it; what it wrote is then run by the workerd that Wrangler brings along. */
async function inWrangler() {
  const folder = home("wrangler");
  await smoke("worker");
  const config = { name: "smoke", main: "../smoke.worker.batchwise.js", compatibility_date: COMPATIBLE_SINCE };
  put(`${folder}/wrangler.json`, JSON.stringify(config));
  const node = tool("node22/bin/node");
  const args = [tool("wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", "out"];
  const extraEnv = { WRANGLER_SEND_METRICS: "false", CI: "1", HOME: folder, XDG_CONFIG_HOME: folder };
  await sh(node, args, { cwd: folder, extraEnv });
  put(`${folder}/out/config.capnp`, capnp(readdirSync(`${folder}/out`)));
  const workerd = tool("wrangler/node_modules/@cloudflare/workerd-linux-64/bin/workerd");
  const serve = ["serve", "--control-fd=3", `${folder}/out/config.capnp`];
  const listening = /"event":"listen","socket":"http","port":(\d+)/;
  const worker = await started(workerd, serve, listening, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  try {
    const outcomes = await asked((query) => fetch(`http://127.0.0.1:${worker.found[1]}/${query}`));
    return {
      version: `${(await sh(workerd, ["--version"])).trim().split(" ").pop()}, ${versionOf("wrangler")}`,
      outcomes,
    };
  } finally {
    worker.kill();
  }
}

/** A configuration of workerd's own, with each file that Wrangler wrote as the module it is. */
function capnp(files) {
  const module = (name) => `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}")`;
  const scripts = files.filter((name) => name.endsWith(".js"));
  const modules = [...scripts, ...files.filter((name) => name.endsWith(".wasm"))].map(module);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "${COMPATIBLE_SINCE}",
  bindings = [(name = "BATCHWISE_TEST_SERVER", text = ${JSON.stringify(server())})],
);
`;
}

/** All cases of a worker, by requests. */
async function asked(get) {
  const outcomes = [];
  const count = await (await get("")).json();
  for (let index = 0; index < count; index++) {
    const response = await get(`?case=${index}`);
    const text = await response.text();
    outcomes.push(response.ok ? JSON.parse(text) : { name: `case ${index}`, error: text });
  }
  return outcomes;
}
