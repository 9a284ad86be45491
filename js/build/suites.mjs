// The JavaScript suites, bundled once per runtime, against the package as it would be published.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, files, run } from "./tools.mjs";

const PACKAGE = /^batchwise($|\/)/;

/** Unpacks target/npm/batchwise.tgz where the bundled suites find it, as an installed package would lie. */
export async function installPackage(folder = at("target/tests")) {
  const into = join(folder, "node_modules/batchwise");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "dependencies": { "batchwise": "*" } }\n');
  await run("tar", ["-xzf", at("target/npm/batchwise.tgz"), "-C", into, "--strip-components=1"]);
}

/** The suites of every runtime. */
export function sharedSuites() {
  return files("tests/js/suites").filter((path) => path.endsWith(".ts"));
}

/** What a bundle for each runner is: for which platform, and whether the package is part of it or lies beside it. */
const RUNNERS = {
  node: { platform: "node", target: "node20.19", packages: "external" },
  deno: { platform: "node", target: "node20.19", packages: "bundle" },
  print: { platform: "node", target: "node20.19", packages: "bundle" },
  page: { platform: "browser", target: "es2023", inside: true },
  worker: { platform: "browser", target: "es2023", inside: true, conditions: ["workerd", "worker"] },
};

/** Bundles files of cases with a runner of tests/js/run. Gives the script's path. */
export async function bundle(name, suites, runner) {
  const { inside = false, ...kind } = RUNNERS[runner];
  const entry = [...suites, `tests/js/run/${runner}.ts`].map((path) => `export * from ${JSON.stringify(`./${path}`)};`);
  // A Worker is what its main module exports.
  if (runner === "worker") entry.push(`export { default } from "./tests/js/run/worker.ts";`);
  const outfile = `target/tests/${name}.${runner}.js`;
  const { build } = await import("esbuild");
  await build({
    stdin: { contents: entry.join("\n"), resolveDir: at(), sourcefile: `${runner}.suites.ts` },
    outfile: at(outfile),
    bundle: true,
    format: "esm",
    sourcemap: inside ? false : "inline",
    external: inside ? ["cloudflare:*"] : ["batchwise", "batchwise/*"],
    plugins: inside ? [cases, installed, compiled] : [cases],
    logLevel: "warning",
    ...kind,
  });
  return outfile;
}

/** The emulator's server, for tests and the demo; the emulator itself is taken from the package. */
export function bundleServer(outfile) {
  return bundleScript("js/emulator/serve.ts", outfile);
}

/** A program for Node; batchwise is taken from where the package was unpacked, the rest from this repository. */
export async function bundleScript(entry, outfile) {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [at(entry)],
    outfile: at(outfile),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external: ["batchwise", "batchwise/*", "@anthropic-ai/sdk"],
    logLevel: "warning",
  });
}

/** A program for a page, with the unpacked package as a part of it. */
export async function bundlePage(entry, outfile) {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [at(entry)],
    outfile: at(outfile),
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    plugins: [installed],
    logLevel: "warning",
  });
}

/** A Worker of somebody who has installed the package, as wrangler would bundle it: its WebAssembly stays a module beside it. */
export async function bundleWorker(entry, outfile) {
  const { build } = await import("esbuild");
  const { platform, target, conditions } = RUNNERS.worker;
  const plugins = [compiled];
  const entryPoints = [entry];
  await build({
    entryPoints,
    outfile: at(outfile),
    bundle: true,
    format: "esm",
    platform,
    target,
    conditions,
    plugins,
  });
  return outfile;
}

/** package.json says that only the entries have effects; a file of cases has, too. */
const cases = {
  name: "cases",
  setup(build) {
    build.onResolve({ filter: /^\.\/tests\// }, ({ path }) => ({ path: at(path), sideEffects: true }));
  },
};

/** In the page the package is part of the bundle: the unpacked one, not this repository's own files. */
const installed = {
  name: "installed",
  setup(build) {
    build.onResolve({ filter: PACKAGE }, ({ path, kind, pluginData }) => {
      if (pluginData === installed) return null;
      return build.resolve(path, { kind, resolveDir: at("target/tests"), pluginData: installed });
    });
  },
};

/** A Worker imports its WebAssembly as a module beside it, by the file's name. */
const compiled = {
  name: "compiled",
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: path.replace(/^.*\//, ""), external: true }));
  },
};
