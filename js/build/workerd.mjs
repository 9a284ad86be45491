// The suites in workerd, the runtime of Cloudflare Workers: one Worker, one class of Durable Objects, their data on disk.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { keep as remember } from "./canary.mjs";
import { at, env } from "./tools.mjs";

const COMPATIBLE_SINCE = "2026-10-01";

/**
 * Runs the cases of a bundled script inside a Worker, each in a request of its own, and gives their outcomes. The last
 * one is run after the process was killed and started anew: it may look at what lasts.
 */
export async function runInWorkerd(script, server) {
  const outcomes = [];
  let worker = await startWorkerd(script, server);
  try {
    const count = await asked(worker, "");
    while (outcomes.length < count) {
      if (outcomes.length === count - 1) {
        worker.kill();
        worker = await startWorkerd(script, server, { keep: true });
      }
      outcomes.push(await asked(worker, `?case=${outcomes.length}`));
    }
    return outcomes;
  } finally {
    worker.kill();
  }
}

async function asked(worker, query) {
  const response = await fetch(worker.url + query);
  if (response.ok) return response.json();
  throw new Error(`the Worker answered ${response.status}: ${await response.text()}\n${worker.log()}`);
}

/**
 * Starts a bundled script as a Worker on loopback. Its Durable Objects are of the class that the script exports as
 * `AreaObject`, unless it has no `objects`; their data lies in a folder that `keep` leaves as it is.
 */
export async function startWorkerd(script, server, { keep = false, bindings = {}, objects = true } = {}) {
  const data = at(`target/tests/folders/${basename(script, ".js")}`);
  if (!keep) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const path = at(script.replace(/\.js$/, ".capnp"));
  writeFileSync(path, config(basename(script), data, { BATCHWISE_TEST_SERVER: server ?? "", ...bindings }, objects));
  const child = spawn("workerd", ["serve", "--experimental", "--control-fd=3", path], {
    env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  const port = await new Promise((resolve, reject) => {
    child.stdio[3].on("data", (chunk) => {
      const listening = /"event":"listen","socket":"http","port":(\d+)/.exec(String(chunk));
      if (listening) resolve(listening[1]);
    });
    child.on("exit", (code) => reject(new Error(`workerd ended with code ${code}\n${log}`)));
    child.on("error", reject);
  });
  const kill = () => {
    remember(log, "workerd");
    child.kill("SIGKILL");
  };
  return { url: `http://127.0.0.1:${port}/`, kill, log: () => log };
}

/** The module is compiled by workerd and imported, as on Cloudflare; there a Worker may not compile bytes. */
function config(main, data, bindings, objects) {
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)}),`);
  const area = `(name = "AREA", durableObjectNamespace = "AreaObject"),`;
  const wasm = "node_modules/batchwise/js/dist/wasm";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = ${JSON.stringify(data)}, writable = true)),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed ${JSON.stringify(main)}),
    (name = "batchwise_bg.wasm", wasm = embed ${JSON.stringify(`${wasm}/batchwise_bg.wasm`)}),
    (name = "emulator_bg.wasm", wasm = embed ${JSON.stringify(`${wasm}/emulator_bg.wasm`)}),
  ],
  compatibilityDate = "${COMPATIBLE_SINCE}",
  ${objects ? OBJECTS : ""}
  bindings = [${objects ? area : ""} ${texts.join(" ")}],
);
`;
}

const OBJECTS = `durableObjectNamespaces = [(className = "AreaObject", uniqueKey = "area", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),`;
