// What the consumers share: where things are, commands, and the suites as one module that imports the package by name.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { at, files } from "../../js/build/tools.mjs";

/** A path in the folder of what the package is tried with. */
export const tool = (...parts) => at("tests/packaging/node_modules", ...parts);

/** A path in the folder where the packed package lies installed. */
export const home = (...parts) => at("target/tests", ...parts);

/** Writes a file with the folders it needs, and gives its path. */
export function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The suites and a runner of tests/js/run, with the package left outside: whoever takes it bundles that, or finds it. */
export async function suites(runner) {
  const { build } = await import("esbuild");
  const paths = files("tests/js/suites").filter((path) => path.endsWith(".ts"));
  const imports = paths.map((path) => `import ${JSON.stringify(`./${path}`)};`);
  const outfile = home(`packaging.${runner}.js`);
  await build({
    stdin: {
      contents: [...imports, `export * from "./tests/js/run/${runner}.ts";`, exported(runner)].join("\n"),
      resolveDir: at(),
      sourcefile: `${runner}.packaging.ts`,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    external: ["batchwise", "batchwise/*"],
    plugins: [sideEffects],
    logLevel: "warning",
  });
  return outfile;
}

const exported = (runner) => (runner === "worker" ? `export { default } from "./tests/js/run/worker.ts";` : "");

/** package.json says that only the entries have effects; a file of cases has, too. */
const sideEffects = {
  name: "side effects",
  setup(build) {
    build.onResolve({ filter: /^\.\/tests\// }, ({ path }) => ({ path: at(path), sideEffects: true }));
  },
};

/** Runs a command to its end. Rejects with all it printed where it fails. */
export function sh(command, args, { cwd = home(), env = {} } = {}) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
    let out = "";
    let all = "";
    child.stdout.on("data", (data) => {
      out += data;
      all += data;
    });
    child.stderr.on("data", (data) => (all += data));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? done(out) : reject(new Error(`${command} ended with ${code}\n${all}`))));
  });
}
