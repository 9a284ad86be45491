// Runtimes that are a process: the short suite as a script, the package found by the runtime itself. The process ends by
// itself, or is a failure: what is done leaves no timer and no socket behind.
import { at } from "../../js/build/tools.mjs";
import { withRegistry } from "./registry.mjs";
import { home, put, server, sh, smoke, tool } from "./tools.mjs";

const NODES = { "Node 20": "node20", "Node 22": "node22", "Node 24": "node24" };

export const processes = [
  ...Object.entries(NODES).flatMap(([name, folder]) => {
    const node = tool(folder, "bin/node");
    return [
      { name, way: "import", run: () => imported(node) },
      { name, way: "require", run: () => required(node) },
    ];
  }),
  { name: "Deno", way: "npm: specifier", run: inDeno },
];

const call = (loaded) => `globalThis.batchwiseServer = ${JSON.stringify(server())};
${loaded}.then((suite) => suite.run()).then((outcomes) => console.log(JSON.stringify(outcomes)));\n`;

async function imported(node) {
  const script = put(home("import.mjs"), call(`import(${JSON.stringify(await smoke("called"))})`));
  return told(node, [script]);
}

/** Node loads a module of the newer kind for `require` where nothing in it waits at the top. */
async function required(node) {
  const suite = await smoke("called", { format: "cjs", extension: "cjs" });
  const script = put(home("require.cjs"), call(`Promise.resolve(require(${JSON.stringify(suite)}))`));
  return told(node, ["--no-warnings", script]);
}

/** As a Deno program has it: by name from a registry, with no folder of modules, and no permission but the network. */
async function inDeno() {
  const deno = at("node_modules/deno/deno");
  return withRegistry(async (registry, version) => {
    const suite = await smoke("called", { from: `npm:batchwise@${version}` });
    const script = put(home("deno", "main.js"), call(`import(${JSON.stringify(suite)})`));
    const extraEnv = { NPM_CONFIG_REGISTRY: registry, DENO_DIR: home("deno", "cache"), DENO_NO_UPDATE_CHECK: "1" };
    const args = ["run", "--no-config", "--no-lock", "--no-prompt", "--allow-net=127.0.0.1", script];
    return told(deno, args, { cwd: home("deno"), extraEnv });
  });
}

async function told(command, args, options) {
  const printed = await sh(command, args, options);
  const version = /\d[\d.]*/.exec(await sh(command, ["--version"]))?.[0] ?? "";
  return { version, outcomes: JSON.parse(printed.trim().split("\n").pop()) };
}
