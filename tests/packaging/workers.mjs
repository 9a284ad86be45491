// Cloudflare's runtime, beside the whole suite in workerd itself: the short one by Miniflare, and as Wrangler bundles it.
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { at } from "../../js/build/tools.mjs";
import { home, put, server, sh, smoke, started, tool, versionOf } from "./tools.mjs";

const COMPATIBLE_SINCE = "2026-04-01";

export const workers = [
  { name: "workerd", way: "Miniflare", run: inMiniflare },
  { name: "workerd", way: "Wrangler's bundle", run: inWrangler },
  { name: "workerd", way: "requests of one isolate", suite: "itself", run: inOneIsolate },
];

async function inMiniflare() {
  const { Miniflare } = await import(tool("miniflare/dist/src/index.js"));
  const root = home("miniflare");
  await bundled(await smoke("worker"), root);
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
  const worker = await serving(`${folder}/out/config.capnp`);
  try {
    const outcomes = await asked((query) => fetch(worker.url + query));
    return { version: `${await workerdVersion()}, ${versionOf("wrangler")}`, outcomes };
  } finally {
    worker.kill();
  }
}

/**
 * What one request begins must not be waited for in another: workerd ends such a request as hung, or says that a promise
 * came from elsewhere.
 */
async function inOneIsolate() {
  const folder = home("isolate");
  await bundled(at("tests/js/worker/requests.ts"), folder);
  put(`${folder}/config.capnp`, capnp(readdirSync(folder)));
  const worker = await serving(`${folder}/config.capnp`);
  const outcomes = [];
  try {
    for (const [name, run] of Object.entries(crossing(worker))) {
      const error = await run().then(
        () => null,
        (error) => `${error.stack}\n${worker.log()}`,
      );
      outcomes.push({ name, error });
    }
    return { version: await workerdVersion(), outcomes };
  } finally {
    worker.kill();
  }
}

function crossing({ url, log }) {
  const leaving = new AbortController();
  const hanging = fetch(`${url}hang`, { signal: leaving.signal }).then(
    () => "an answer",
    (error) => error.name,
  );
  const ask = async (path) => {
    const response = await fetch(url + path);
    const text = await response.text();
    if (!response.ok || (path !== "leave" && !text.includes('"succeeded":1'))) throw new Error(`${path}: ${text}`);
  };
  return {
    "a request goes on while another one hangs in a call of the same client": () =>
      Promise.all([ask("ask"), ask("job"), ask("ask")]),
    "a request goes on behind one that left a job in the middle": () => ask("leave").then(() => ask("job")),
    "requests go on after their caller has ended one that hung": async () => {
      leaving.abort();
      const ending = await hanging;
      if (ending !== "AbortError") throw new Error(`the request that hangs has ended: ${ending}`);
      for (let round = 0; round < 20; round++) await Promise.all([ask("ask"), ask("job")]);
    },
    "workerd has nothing to say of promises from elsewhere": async () => {
      if (/different request|hung|uncaught/i.test(log())) throw new Error("it has");
    },
  };
}

/** As a bundler for Workers does it: the package by its condition, its module a file beside the script. */
async function bundled(entry, folder) {
  await build({
    entryPoints: [entry],
    outfile: `${folder}/worker.js`,
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker"],
    mainFields: ["module", "main"],
    target: "es2022",
    loader: { ".wasm": "copy" },
    plugins: [packed],
    logLevel: "warning",
  });
}

/** A program of this repository has the packed package, too. */
const packed = {
  name: "packed",
  setup(build) {
    build.onResolve({ filter: /^batchwise($|\/)/ }, ({ path, kind, pluginData }) => {
      if (pluginData === packed) return null;
      return build.resolve(path, { kind, resolveDir: home(), pluginData: packed });
    });
  },
};

/** Wrangler's own. */
const workerd = tool("wrangler/node_modules/@cloudflare/workerd-linux-64/bin/workerd");

const workerdVersion = async () => (await sh(workerd, ["--version"])).trim().split(" ").pop();

async function serving(config) {
  const listening = /"event":"listen","socket":"http","port":(\d+)/;
  const stdio = ["ignore", "pipe", "pipe", "pipe"];
  const worker = await started(workerd, ["serve", "--verbose", "--control-fd=3", config], listening, { stdio });
  return { ...worker, url: `http://127.0.0.1:${worker.found[1]}/` };
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
