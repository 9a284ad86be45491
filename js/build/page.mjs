// The page as files of the package. Its engine and its emulator are those of the package, beside it below `pkg/`.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { licenses } from "./licenses.mjs";
import { at } from "./tools.mjs";

const OUT = "js/dist/www";

/** package.json says that only the entries of the package have effects; a view has, too: it defines its element. */
const views = {
  name: "views",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/(views|parts)\/|^\.\/[\w-]+\.js$/ }, ({ path, resolveDir, kind }) => {
      if (kind === "entry-point" || !resolveDir.startsWith(at("www"))) return null;
      return { path: join(resolveDir, path.replace(/\.js$/, ".ts")), sideEffects: true };
    });
    build.onResolve({ filter: /^batchwise\/emulator$/ }, () => ({ path: "./pkg/entry/emulator.js", external: true }));
  },
};

/** Builds the page; the package must be built. */
export async function buildPage() {
  const { build } = await import("esbuild");
  rmSync(at(OUT), { recursive: true, force: true });
  mkdirSync(at(OUT), { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    outdir: at(OUT),
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    logLevel: "warning",
    // The package is imported as it was built, not from the sources that the editor's paths name.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
    legalComments: "none",
    metafile: true,
    plugins: [views],
  };
  const page = await build({ ...common, splitting: true, entryPoints: { app: at("www/app.ts") } });
  const worker = await build({ ...common, splitting: true, entryPoints: { worker: at("www/worker/main.ts") } });
  await build({ ...common, entryPoints: { app: at("www/app.css") } });
  const inputs = [page, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(at(OUT, "licenses.txt"), licenses(inputs));
  for (const name of ["index.html", "icon.svg"]) copyFileSync(at("www", name), at(OUT, name));
}
