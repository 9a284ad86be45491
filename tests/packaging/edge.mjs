// Vercel's edge runtime: a realm of its own, in which a module compiled outside is no instance of what it seems to be.
import { build } from "esbuild";
import { at } from "../../js/build/tools.mjs";
import { home, put, server, sh, tool, versionOf, whole } from "./tools.mjs";

export const edge = [{ name: "Edge Runtime", way: "bundled", suite: "whole", run: inEdge }];

async function inEdge() {
  const modules = [];
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
  const told = { vm: tool("@edge-runtime/vm/dist/index.js"), modules, server: server() };
  const script = put(home("edge", "suites.js"), outputFiles[0].text);
  const printed = await sh(process.execPath, [
    at("tests/packaging/edge-realm.mjs"),
    script,
    put(home("edge", "told.json"), JSON.stringify(told)),
  ]);
  return { version: versionOf("@edge-runtime/vm"), outcomes: JSON.parse(printed.trim().split("\n").pop()) };
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
      build.onLoad({ filter: /.*/, namespace: "compiled" }, ({ path }) => {
        modules.push(path);
        return { contents: `export default modules[${JSON.stringify(path)}];` };
      });
    },
  };
}
