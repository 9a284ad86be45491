// Bundlers, each with no setting that concerns the package: a folder with a page's script in it comes out.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { home, put, smoke, tool } from "./tools.mjs";

const MAIN = "main.js";

/** Every bundler: its name and how it makes `out/main.js` of `entry`. */
export const bundlers = { esbuild, Rollup, Rolldown, webpack, Vite };

const done = new Map();

/** Bundles the short suite with this one, once for all browsers. Gives the folder and the bundler's version. */
export function bundled(name) {
  if (!done.has(name)) done.set(name, bundle(name));
  return done.get(name);
}

async function bundle(name) {
  const folder = home(`bundled-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const version = await bundlers[name](await smoke("page"), folder);
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

/** A bundler that warns of the package warns its user. */
function refused({ message, id, loc }) {
  if ((id ?? loc?.file ?? "").includes("node_modules/batchwise")) throw new Error(message);
}

async function webpack(entry, folder) {
  const { default: pack } = await import(tool("webpack/lib/index.js"));
  const output = { path: folder, filename: MAIN };
  const options = { entry, output, mode: "production", target: "web", context: home(), devtool: false, cache: false };
  const stats = await new Promise((done, reject) => {
    pack({ ...options, performance: false }, (error, stats) => (error ? reject(error) : done(stats)));
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ colors: false }));
  return pack.version;
}

async function Vite(entry, folder) {
  const { build, version } = await import(tool("vite/dist/node/index.js"));
  const output = { entryFileNames: MAIN };
  const options = { outDir: folder, emptyOutDir: true, target: "es2023", rolldownOptions: { output } };
  await build({ root: viteRoot(entry), configFile: false, logLevel: "error", build: options });
  return version;
}

/** Vite's own server, which bundles nothing of the program and prepares the package when a page first asks for it. */
export async function viteServer(init) {
  const { createServer, version } = await import(tool("vite/dist/node/index.js"));
  const root = viteRoot(await smoke("page"), init);
  // What was prepared for another build of the package must not be taken for this one.
  const cacheDir = home("vite-cache");
  rmSync(cacheDir, { recursive: true, force: true });
  const server = { host: "127.0.0.1", port: 0, strictPort: false };
  const vite = await createServer({ root, cacheDir, configFile: false, logLevel: "error", server });
  await vite.listen();
  const { port } = vite.httpServer.address();
  return { url: `http://127.0.0.1:${port}/`, version, close: () => vite.close() };
}

function viteRoot(entry, init = "") {
  const root = home("vite");
  put(`${root}/index.html`, `<!doctype html><script>${init}</script><script type="module" src="./main.js"></script>`);
  cpSync(entry, `${root}/main.js`);
  return root;
}
