// make page: the page as static files, and a server for it on this machine. `--build` ends before the server.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { at, step } from "./tools.mjs";

const OUT = "target/www";

/** package.json says that only the entries of the package have effects; a view has, too: it defines its element. */
const views = {
  name: "views",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/(views|parts)\/|^\.\/[\w-]+\.js$/ }, ({ path, resolveDir, kind }) => {
      if (kind === "entry-point" || !resolveDir.startsWith(at("www"))) return null;
      return { path: join(resolveDir, path.replace(/\.js$/, ".ts")), sideEffects: true };
    });
  },
};

/** Builds the page. */
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
    logLevel: "warning",
    // The package is imported as it was built, not from the sources that the editor's paths name.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
    legalComments: "none",
    plugins: [views],
  };
  await build({
    ...common,
    entryPoints: { app: at("www/app.ts"), "app-style": at("www/app.css") },
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    splitting: true,
  });
  await build({ ...common, entryPoints: { worker: at("www/worker/main.ts") } });
  copyFileSync(at(OUT, "app-style.css"), at(OUT, "app.css"));
  rmSync(at(OUT, "app-style.css"));
  for (const name of ["index.html", "icon.svg"]) copyFileSync(at("www", name), at(OUT, name));
  copyFileSync(at("js/dist/wasm/batchwise_bg.wasm"), at(OUT, "batchwise.wasm"));
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith("js/build/page.mjs")) {
  await step("page", buildPage);
  if (!process.argv.includes("--build")) {
    const { servePage } = await import("./page-server.mjs");
    const { url } = await servePage({ port: Number(process.env.PORT ?? 0) });
    process.stdout.write(`page      ${url}   Ctrl-C ends it\n`);
  }
}
