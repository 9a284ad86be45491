// Vercel's edge runtime: a realm of its own, in which a module compiled outside is no instance of what it seems to be.
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { home, server, tool, versionOf, whole } from "./tools.mjs";

export const edge = [{ name: "Edge Runtime", way: "bundled", suite: "whole", run: inEdge }];

async function inEdge() {
  const { EdgeVM } = await import(tool("@edge-runtime/vm/dist/index.js"));
  const modules = {};
  const { outputFiles } = await build({
    entryPoints: [await whole("called")],
    outdir: home("edge"),
    write: false,
    bundle: true,
    format: "iife",
    globalName: "suites",
    platform: "neutral",
    conditions: ["edge-light"],
    mainFields: ["module", "main"],
    target: "es2022",
    plugins: [compiled(modules)],
    logLevel: "warning",
  });
  const vm = new EdgeVM({
    extend: (context) => Object.assign(context, { modules, batchwiseServer: server() }),
  });
  const outcomes = await vm.evaluate(`${outputFiles[0].text}; suites.run()`);
  return { version: versionOf("@edge-runtime/vm"), outcomes };
}

/** What Next does with `?module`: the host compiles, and the realm gets the module. */
function compiled(modules) {
  return {
    name: "compiled",
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: new URL(path.replace("?module", ""), `file://${resolveDir}/`).pathname,
        namespace: "compiled",
      }));
      build.onLoad({ filter: /.*/, namespace: "compiled" }, async ({ path }) => {
        modules[path] = await WebAssembly.compile(readFileSync(path));
        return { contents: `export default modules[${JSON.stringify(path)}];` };
      });
    },
  };
}
