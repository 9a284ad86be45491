// make build: Rust to WebAssembly, TypeScript to ESM with declarations, the command to one file.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { at, files, run, step } from "./tools.mjs";
import { buildWasm } from "./wasm.mjs";

await buildWasm();
await step("typescript", async () => {
  rmSync(at("js/dist"), { recursive: true, force: true });
  await run("tsc", ["-p", "tsconfig.json"]);
  mkdirSync(at("js/dist/wasm"), { recursive: true });
  for (const file of files("js/wasm")) copyFileSync(at(file), at(file.replace("js/", "js/dist/")));
});
if (existsSync(at("js/cli/main.ts"))) await step("command", buildCommand);

/** One file with its dependencies inside; the library itself stays outside and is imported as any user imports it. */
async function buildCommand() {
  const { build } = await import("esbuild");
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  await build({
    entryPoints: [at("js/cli/main.ts")],
    outfile: at("js/dist/cli.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: ["batchwise", "batchwise/*"],
    define: { VERSION: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
    legalComments: "linked",
    logLevel: "warning",
  });
  chmodSync(at("js/dist/cli.js"), 0o755);
}
