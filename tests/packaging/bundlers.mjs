// Bundlers, each with no setting that concerns the package: a folder with a page's script in it comes out.
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { home, put, suites, tool } from "./tools.mjs";

const MAIN = "main.js";

/** Every bundler: its name and how it makes `out/main.js` of `entry`. */
export const bundlers = { esbuild, Rollup, Rolldown, webpack, Vite };

/** Bundles the suites with this one. Gives the folder and the bundler's version. */
export async function bundled(name) {
  const folder = home(`bundled-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entry = put(home("main.js"), readFileSync(await suites("page")));
  const version = await bundlers[name](entry, folder);
  return { folder, version };
}

async function esbuild(entry, folder) {
  const { build, version } = await import(tool("esbuild/lib/main.js"));
  await build({ entryPoints: [entry], bundle: true, format: "esm", outfile: `${folder}/${MAIN}`, logLevel: "warning" });
  return version;
}

async function Rollup(entry, folder) {
  const { rollup, VERSION } = await import(tool("rollup/dist/es/rollup.js"));
  const { default: resolve } = await import(tool("@rollup/plugin-node-resolve/dist/es/index.js"));
  return rolled(rollup, { input: entry, plugins: [resolve({ browser: true })] }, folder, VERSION);
}

async function Rolldown(entry, folder) {
  const { rolldown, VERSION } = await import(tool("rolldown/dist/index.mjs"));
  return rolled(rolldown, { input: entry, platform: "browser" }, folder, VERSION);
}

async function rolled(roll, options, folder, version) {
  const bundle = await roll({ ...options, onwarn: refused });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: MAIN });
  await bundle.close();
  return version;
}

/** A bundler that warns of the package warns its user. That the suites import it in two ways is their own affair. */
function refused({ code, message, id, loc }) {
  if (code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
  if ((id ?? loc?.file ?? "").includes("node_modules/batchwise")) throw new Error(message);
}

async function webpack(entry, folder) {
  const { default: pack } = await import(tool("webpack/lib/index.js"));
  const output = { path: folder, filename: MAIN };
  const options = { entry, output, mode: "production", target: "web", context: home(), devtool: false };
  const stats = await new Promise((done, reject) => {
    const compiler = pack({ ...options, performance: false }, (error, stats) => (error ? reject(error) : done(stats)));
    compiler.options.cache = false;
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ colors: false }));
  return pack.version;
}

async function Vite(entry, folder) {
  const { build, version } = await import(tool("vite/dist/node/index.js"));
  const root = home("vite");
  put(`${root}/index.html`, `<!doctype html><script type="module" src="./main.js"></script>`);
  cpSync(entry, `${root}/main.js`);
  const output = { entryFileNames: MAIN };
  const options = { outDir: folder, emptyOutDir: true, target: "es2023", rolldownOptions: { output } };
  await build({ root, configFile: false, logLevel: "error", build: options });
  return version;
}
