// The README's first screen as a newcomer follows it: a command of its table in an empty folder, from a registry that has
// the packed package, and then the first program, which has to print what the README says.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../js/build/tools.mjs";
import { withRegistry } from "./registry.mjs";
import { put, sh } from "./tools.mjs";

/** Whose command it is, and how the same runtime starts a program. */
const RUNTIMES = {
  npm: { name: "Node", command: "npm", program: process.execPath, args: [] },
  deno: { name: "Deno", command: at("node_modules/deno/deno"), args: ["run", "--no-prompt"] },
  bun: { name: "Bun", command: at("node_modules/bun/bin/bun.exe"), args: [] },
};

const README = readFileSync(at("README.md"), "utf8");

/** The commands of the table. */
const commands = [...README.matchAll(/^\| [^|]+ \| `((?:npm|deno|bun) [^`]+)` \|$/gm)].map(([, command]) => command);

export const newcomers = commands.map((command) => {
  const [runtime, ...args] = command.split(" ");
  return { name: RUNTIMES[runtime].name, way: command, suite: "README", run: () => followed(RUNTIMES[runtime], args) };
});

async function followed({ command, args: started, program = command }, args) {
  // Outside of this repository, whose own package.json the commands would find.
  const cwd = mkdtempSync(join(tmpdir(), "newcomer-"));
  const [, code, said] = /^```js\n(.*?)^```\n\n```text\n(.*?)^```$/ms.exec(README);
  put(join(cwd, "first.mjs"), code);
  try {
    const printed = await withRegistry(async (registry) => {
      await sh(command, args, { cwd, extraEnv: settings(cwd, registry) });
      return sh(program, [...started, "first.mjs"], { cwd, extraEnv: settings(cwd, registry) });
    });
    const version = /\d[\d.]*/.exec(await sh(program, ["--version"]))?.[0] ?? "";
    const error = onOneLine(printed) === onOneLine(said) ? null : `it printed\n${printed}`;
    return { version, outcomes: [{ name: "what was installed runs, and prints what the README says", error }] };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Bun breaks an object over lines that Node prints on one. */
function onOneLine(text) {
  return text.replaceAll(/\s+/g, " ").replaceAll(", }", " }");
}

/** Each takes its registry from one of these, and keeps what it fetches in the folder. */
function settings(folder, registry) {
  return {
    NPM_CONFIG_REGISTRY: registry,
    npm_config_registry: registry,
    npm_config_audit: "false",
    npm_config_cache: join(folder, "cache"),
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: join(folder, "cache"),
    DENO_DIR: join(folder, "cache"),
    DENO_NO_UPDATE_CHECK: "1",
  };
}
