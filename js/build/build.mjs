// make build: Rust to WebAssembly, TypeScript to ESM with declarations, the command to one file.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { licenses } from "./licenses.mjs";
import { buildPage } from "./page.mjs";
import { at, files, run, step } from "./tools.mjs";
import { buildWasm } from "./wasm.mjs";

await buildWasm();
await step("typescript", async () => {
  rmSync(at("js/dist"), { recursive: true, force: true });
  takeIn();
  await run("tsc", ["-p", "tsconfig.json"]);
  cpSync(at("js/vendor"), at("js/dist/vendor"), { recursive: true });
  mkdirSync(at("js/dist/wasm"), { recursive: true });
  for (const file of files("js/wasm")) copyFileSync(at(file), at(file.replace("js/", "js/dist/")));
  // What `batchwise/wasm` is depends on who resolves it: a compiled module, or the address of the file.
  const source = "declare const source: WebAssembly.Module | string;\nexport default source;\n";
  writeFileSync(at("js/dist/entry/wasm.d.ts"), source);
});
if (existsSync(at("js/cli/main.ts"))) await step("command", buildCommand);
await step("page", buildPage);

/** The one library that the library itself carries inside, as it is: whoever signs requests should not write that anew. */
function takeIn() {
  mkdirSync(at("js/vendor"), { recursive: true });
  const from = (...path) => at("node_modules/aws4fetch", ...path);
  copyFileSync(from("dist/aws4fetch.esm.mjs"), at("js/vendor/aws4fetch.js"));
  copyFileSync(from("dist/main.d.ts"), at("js/vendor/aws4fetch.d.ts"));
  writeFileSync(at("js/vendor/licenses.txt"), licenses(["node_modules/aws4fetch/package.json"]));
}

/**
 * One file with its dependencies inside, and beside it what is loaded only when it is asked for; the library itself
 * stays outside and is imported as any user imports it.
 */
async function buildCommand() {
  const { build } = await import("esbuild");
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const { metafile } = await build({
    entryPoints: { cli: at("js/cli/main.ts") },
    outdir: at("js/dist"),
    inject: [at("js/cli/call/allowed-env.ts")],
    chunkNames: "cli/[name]-[hash]",
    splitting: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: ["batchwise", "batchwise/*"],
    define: { VERSION: JSON.stringify(version) },
    // A bundled package of the older kind asks for Node's modules with `require`.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as requiring } from "node:module";\nconst require = requiring(import.meta.url);',
    },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  writeFileSync(at("js/dist/cli.licenses.txt"), licenses(Object.keys(metafile.inputs)));
  chmodSync(at("js/dist/cli.js"), 0o755);
}
