// Runtimes that are a process: the suites as a script, the package found by the runtime itself.
import { at } from "../../js/build/tools.mjs";
import { home, put, sh, suites, tool } from "./tools.mjs";

const NODES = { "Node 20": "node20", "Node 22": "node22", "Node 24": "node24" };

export const processes = [
  ...Object.entries(NODES).map(([name, folder]) => ({
    name,
    way: "import",
    run: () => script(tool(folder, "bin/node"), ["--no-warnings"]),
  })),
  ...Object.entries(NODES).map(([name, folder]) => ({
    name,
    way: "require",
    run: () => required(tool(folder, "bin/node")),
  })),
  { name: "Bun", way: "import", run: () => script(at("node_modules/bun/bin/bun.exe"), ["run"]) },
];

async function script(command, args) {
  const printed = await sh(command, [...args, await suites("print")], { env: server() });
  return { version: await version(command), outcomes: JSON.parse(printed.trim().split("\n").pop()) };
}

/** Node loads a module of the newer kind for `require` where nothing in it waits at the top. */
async function required(command) {
  const code = `const { Batchwise, table } = require("batchwise");
const { createEmulator } = require("batchwise/emulator");
const { fetch, clock } = createEmulator({ clock: "manual" });
const client = new Batchwise({ apiKey: "sk-test", fetch });
const source = table([{ text: "one" }, { text: "two" }], { prompt: "{{text}}", model: "claude-haiku-4-5", maxTokens: 8 });
const time = { now: () => clock.now(), sleep: (ms) => clock.advance(ms) };
client.submit(source, time).then((job) => job.done()).then(({ outcomes }) => console.log(JSON.stringify(outcomes)));`;
  const printed = await sh(command, ["--no-warnings", put(home("require.cjs"), code)]);
  const error = JSON.parse(printed).succeeded === 2 ? null : printed;
  return { version: await version(command), outcomes: [{ name: "a job runs to its end", error }] };
}

const version = async (command) => (await sh(command, ["--version"])).trim().replace(/^v/, "");

const server = () => ({ BATCHWISE_TEST_SERVER: process.env.BATCHWISE_TEST_SERVER });
