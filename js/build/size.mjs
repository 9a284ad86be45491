// make size: what each entry makes a program load, minified by esbuild with everything that the entry exports, in parts
// and beside its budget. Ends with 1 where an entry is above it.
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { at } from "./tools.mjs";

/**
 * KiB, gzip, that an entry may come to with its WebAssembly: what it takes and a little, to be lowered whenever it takes
 * less. The aim is 60 KB for `batchwise`.
 */
const BUDGETS = {
  batchwise: 512,
  "batchwise, workerd": 508,
  "batchwise, edge-light": 508,
  "batchwise/slim": 32.5,
  "batchwise/emulator": 190,
  "batchwise/emulator, workerd": 190,
  "batchwise/engine": 494,
  "batchwise/engine, workerd": 490,
  "batchwise/engine, edge-light": 490,
  "batchwise/cloudflare": 505,
  "batchwise/relay": 4.5,
  "batchwise/testing": 6.5,
};

/** Files of a bundle by what they are; all others are JavaScript of our own. */
const PARTS = { wasm: /_bytes\.js$|\.wasm(\?module)?$/, glue: /_bg\.js$/ };

/** The entries that are scripts: name and file, once for each condition under which another file is loaded. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  return Object.entries(exports).flatMap(([path, { types, default: file, ...others }]) => {
    const name = `batchwise${path.slice(1)}`;
    if (path === "./cli" || !file?.endsWith(".js")) return [];
    return [[name, file], ...Object.entries(others).map(([condition, file]) => [`${name}, ${condition}`, file])];
  });
}

/** Bytes of what a file of the package loads at once, raw and gzip, the gzip of its parts, and what it can load later. */
export async function sizeOf(file) {
  const { now, later } = await bundled(file);
  const parts = {};
  for (const [part, pattern] of Object.entries(PARTS)) {
    parts[part] = now.gzip - (await bundled(file, pattern)).now.gzip;
  }
  return { ...now, parts, later };
}

/** Sizes of the bundle of `file`, with what is like `without` left out of it. */
async function bundled(file, without = /^$/) {
  const { outputFiles, metafile } = await build({
    entryPoints: [at(file)],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    outdir: at("target/size"),
    write: false,
    metafile: true,
    logLevel: "error",
    external: ["cloudflare:*"],
    plugins: [kept(without)],
  });
  const bytesOf = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({
    ...output,
    path,
    bytes: bytesOf.get(at(path)),
  }));
  const first = outputs.find(({ entryPoint }) => entryPoint && realpathSync(at(entryPoint)) === realpathSync(at(file)));
  const now = new Set([first]);
  for (const { imports } of now) {
    for (const { path, kind } of imports) {
      const next = kind !== "dynamic-import" && outputs.find((output) => output.path === path);
      if (next) now.add(next);
    }
  }
  return { now: weight([...now]), later: weight(outputs.filter((output) => !now.has(output))) };
}

/** Takes modules of WebAssembly in as they are, and leaves out what is like `without`. */
function kept(without) {
  return {
    name: "kept",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path, resolveDir }) => ({
        path: fileURLToPath(new URL(path.replace("?module", ""), `file://${resolveDir}/`)),
      }));
      onLoad({ filter: without }, () => ({ contents: "", loader: "empty" }));
      onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: readFileSync(path), loader: "copy" }));
    },
  };
}

/** Each file is compressed by itself, as servers do. */
function weight(outputs) {
  const sum = (of) => outputs.reduce((sum, { bytes }) => sum + of(bytes), 0);
  return { raw: sum((bytes) => bytes.length), gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length) };
}

/** Prints the table, and answers whether every entry keeps its budget. */
async function print() {
  const kib = (bytes) => (bytes === 0 ? "" : (bytes / 1024).toFixed(1));
  const line = (name, cells) =>
    process.stdout.write(`${name.padEnd(30)}${cells.map((cell) => String(cell).padStart(9)).join("")}\n`);
  line("KiB, all but the first gzip", ["raw", "gzip", "wasm", "glue", "own", "later", "budget"]);
  let isKept = true;
  for (const [name, file] of entries()) {
    const { raw, gzip, parts, later } = await sizeOf(file);
    const own = gzip - parts.wasm - parts.glue;
    const budget = BUDGETS[name];
    const isOver = !(gzip <= budget * 1024);
    line(name, [raw, gzip, parts.wasm, parts.glue, own, later.gzip].map(kib).concat(budget, isOver ? "above!" : ""));
    isKept &&= !isOver;
  }
  return isKept;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await print())) process.exit(1);
