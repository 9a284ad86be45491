// Workers with jobs on this machine: workerd with its own engine for Workflows, on disk, to be killed and started anew.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, digest, env, run } from "./tools.mjs";

const TOOL = "target/edge";
const COMPATIBLE_SINCE = "2026-10-01";

/** The path of workerd, which is installed when it is asked for first. */
export async function workerd() {
  const stamp = at(TOOL, ".stamp");
  const wanted = digest(["js/build/edge/package.json"]);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    mkdirSync(at(TOOL), { recursive: true });
    copyFileSync(at("js/build/edge/package.json"), at(TOOL, "package.json"));
    const args = ["install", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"];
    await run("npm", args, { cwd: at(TOOL), extraEnv: env });
    writeFileSync(stamp, wanted);
  }
  // The command of the package asks for a newer Node than ours; the program beside it asks for none.
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const arch = process.arch === "arm64" ? "arm64" : "64";
  return at(TOOL, `node_modules/@cloudflare/workerd-${platform}-${arch}/bin/workerd`);
}

/** A Worker as wrangler would bundle it, in `folder`, with the library that was built last. */
export async function bundleEdge(entry, folder) {
  const { build } = await import("esbuild");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker"],
    target: "es2022",
    external: ["cloudflare:*"],
    plugins: [built],
    logLevel: "warning",
  });
  copyFileSync(at("js/dist/wasm/batchwise_bg.wasm"), join(folder, "batchwise_bg.wasm"));
  return folder;
}

/** The package is this one; its WebAssembly is a module beside the script. */
const built = {
  name: "built",
  setup(build) {
    const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8"));
    build.onResolve({ filter: /^batchwise($|\/)/ }, ({ path }) => {
      const target = exports[path.replace(/^batchwise/, ".")];
      return { path: at(target.workerd ?? target.default) };
    });
    build.onResolve({ filter: /\.wasm$/ }, () => ({ path: "./batchwise_bg.wasm", external: true }));
  },
};

/**
 * Starts the Worker in `folder`. `objects` are bindings with their classes of Durable Objects, `workflow` is the binding
 * and the class of a Workflow. What they keep lies in the folder `data` beside it, until somebody removes it. `wrap` is a
 * command that runs workerd in its turn. Where it is to be `inspected`, `inspector` is where V8's inspector listens.
 */
export async function startEdge(
  folder,
  { bindings = {}, objects = {}, workflow, flags = [], wrap = [], inspected = false } = {},
) {
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  writeFileSync(join(folder, "config.capnp"), config(data, { bindings, objects, workflow, flags }));
  const looking = inspected ? ["--inspector-addr=127.0.0.1:0"] : [];
  const command = [
    await workerd(),
    "serve",
    "--experimental",
    "--control-fd=3",
    ...looking,
    join(folder, "config.capnp"),
  ];
  const [program, ...args] = [...wrap, ...command];
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  const gone = new Promise((done) => child.on("exit", done));
  let told = "";
  const port = await new Promise((resolve, reject) => {
    child.stdio[3].on("data", (chunk) => {
      told += chunk;
      const listening = /"event":"listen","socket":"http","port":(\d+)/.exec(told);
      if (listening) resolve(listening[1]);
    });
    child.on("exit", (code) => reject(new Error(`workerd ended with code ${code}\n${log}`)));
    child.on("error", reject);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    inspector: `127.0.0.1:${/"event":"listen-inspector","port":(\d+)/.exec(told)?.[1]}`,
    pid: child.pid,
    log: () => log,
    /** Whether it has ended, by `kill` or by itself. */
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** As a power cut would end it. */
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function config(data, { bindings, objects, workflow, flags }) {
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)}),`);
  const areas = Object.entries(objects).map(
    ([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}"),`,
  );
  const classes = Object.values(objects).map(
    (className) => `(className = "${className}", uniqueKey = "${className}", enableSql = true),`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = ${JSON.stringify(data)}, writable = true)),
    (name = "internet", network = (allow = ["private"])),
    ${workflow ? '(name = "engine", worker = .engine),' : ""}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  v8Flags = [${flags.map((flag) => JSON.stringify(flag)).join(", ")}],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "batchwise_bg.wasm", wasm = embed "batchwise_bg.wasm"),
  ],
  compatibilityDate = "${COMPATIBLE_SINCE}",
  durableObjectNamespaces = [${classes.join(" ")}],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [${[...areas, ...texts].join(" ")} ${workflow ? bindingOf(workflow) : ""}],
  ${workflow ? engineOf(workflow) : ""}
);
${workflow ? ENGINE : ""}`;
}

const API = '(name = "engine", entrypoint = "WorkflowBinding", props = (json = "{\\"workflow\\":\\"jobs\\"}"))';

const bindingOf = ({ binding }) => `(name = "${binding}", wrapped = (
    moduleName = "cloudflare-internal:workflows-api",
    innerBindings = [(name = "fetcher", service = ${API})])),`;

const engineOf = ({ className }) => `workflowsEngine = (
    actorClass = (name = "engine", entrypoint = "Engine"),
    workflows = [(className = "${className}", name = "jobs", bindingService = ${API})]),`;

/** workerd's own engine for Workflows, with its state on the same disk. */
const ENGINE = `const engine :Workerd.Worker = (
  modules = [(name = "workflows.js", bundled = "/workerd/workflows.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["workflows_preserve_non_retryable_error_message"],
  bindings = [
    (name = "workflow:jobs", durableObjectNamespace = (className = "miniflare-workflows-jobs", serviceName = "main")),
    (name = "WORKFLOWS", json = "{\\"jobs\\":{}}"),
  ],
  durableObjectStorage = (localDisk = "disk"),
);
`;
