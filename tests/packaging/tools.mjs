// What the consumers share: where things are, commands, and the short suite as one module that imports the package.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { at, env, files } from "../../js/build/tools.mjs";

/** Nobody who is tried here may take longer, on however busy a machine. */
export const LIMIT_MS = 600_000;

/** A path in the folder of what the package is tried with. */
export const tool = (...parts) => at("tests/packaging/node_modules", ...parts);

/** The version of one of these. */
export const versionOf = (name) => JSON.parse(readFileSync(tool(name, "package.json"), "utf8")).version;

/** A path in the folder where the packed package lies installed, for the consumers alone. */
export const home = (...parts) => at("target/packaging", ...parts);

/** Writes a file with the folders it needs, and gives its path. */
export function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The address of the emulator that the suites talk to. */
export const server = () => env.BATCHWISE_TEST_SERVER;

/**
 * The short suite with a runner of tests/js/run, with the package left outside: whoever takes it bundles that, or finds
 * it. `format` is that of the script; `from` is how the package is called there.
 */
export async function smoke(runner, { format = "esm", from = "batchwise", extension = "js" } = {}) {
  return bundled(files("tests/js/smoke"), runner, { format, from, extension });
}

/** The same with the suites that run in every runtime. */
export async function whole(runner) {
  return bundled(files("tests/js/suites"), runner, { format: "esm", from: "batchwise", extension: "js" });
}

async function bundled(paths, runner, { format, from, extension }) {
  const { build } = await import("esbuild");
  const cases = paths.filter((path) => path.endsWith(".ts")).map((path) => `import ${JSON.stringify(`./${path}`)};`);
  const worker = runner === "worker" ? `export { default } from "./tests/js/run/worker.ts";` : "";
  const name = paths[0]?.includes("smoke") ? "smoke" : "whole";
  const outfile = home(`${name}.${runner}.${from.replace(/\W/g, "-")}.${extension}`);
  await build({
    stdin: {
      contents: [...cases, `export * from "./tests/js/run/${runner}.ts";`, worker].join("\n"),
      resolveDir: at(),
      sourcefile: `${runner}.packaging.ts`,
    },
    outfile,
    bundle: true,
    format,
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    plugins: [outside(from)],
    logLevel: "warning",
  });
  return outfile;
}

/** The package stays outside, under the name that its user calls it by. A file of cases has effects, whatever package.json says. */
const outside = (from) => ({
  name: "outside",
  setup(build) {
    build.onResolve({ filter: /^\.\/tests\// }, ({ path }) => ({ path: at(path), sideEffects: true }));
    build.onResolve({ filter: /^batchwise($|\/)/ }, ({ path }) => ({
      path: path.replace("batchwise", from),
      external: true,
    }));
  },
});

/** Runs a command to its end. Rejects with all it printed where it fails, or where it does not end. */
export function sh(command, args, { cwd = home(), extraEnv = {} } = {}) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, env: { ...env, NO_COLOR: "1", ...extraEnv } });
    let out = "";
    let all = "";
    const late = setTimeout(() => {
      all += `not done after ${LIMIT_MS / 1000} s`;
      child.kill("SIGKILL");
    }, LIMIT_MS);
    child.stdout.on("data", (data) => {
      out += data;
      all += data;
    });
    child.stderr.on("data", (data) => (all += data));
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(late);
      if (code === 0) done(out);
      else reject(new Error(`${[command, ...args].join(" ")} ended with ${code}\n${all}`));
    });
  });
}

/** A process that goes on until it is ended: resolves with what `ready` finds in what it prints. */
export function started(command, args, ready, { cwd = home(), extraEnv = {}, stdio = "pipe" } = {}) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, env: { ...env, NO_COLOR: "1", ...extraEnv }, stdio });
    let all = "";
    const heard = (data) => {
      all += data;
      const found = ready.exec(all);
      if (found) done({ found, log: () => all, kill: () => child.kill("SIGKILL") });
    };
    for (const stream of child.stdio.slice(1)) stream?.on("data", heard);
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${[command, ...args].join(" ")} ended with ${code}\n${all}`)));
  });
}
