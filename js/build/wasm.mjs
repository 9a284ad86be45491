// The two WebAssembly files and their glue, in js/wasm: the engine and, a program of its own, the emulator.
//
// wasm-pack compiles and binds; wasm-opt is our own step (wasm-pack would look for it on the network). Nothing else may
// strip the file: without its `target_features` section neither tool can read it. BATCHWISE_QUICK=1 compiles in parts
// and skips wasm-opt: the same behaviour, larger and slower, for working on the sources.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { inlined } from "./inlined.mjs";
import { at, digest, files, isDone, markDone, run, step, WASM_RUSTFLAGS } from "./tools.mjs";

const OPTIMIZE = [
  "-O3",
  "--enable-simd",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
  "--enable-multivalue",
];

const STARTED_BY_HAND = "export function __wbg_set_wasm(exports: WebAssembly.Exports): void;\n";
const quick = process.env.BATCHWISE_QUICK === "1";
const profile = quick ? "quick" : "release";
const common = ["Cargo.toml", "Cargo.lock", "src/lib.rs", "js/build/wasm.mjs", "js/build/inlined.mjs"];
const programs = [
  {
    name: "batchwise",
    features: [],
    mortal: true,
    sources: files("src").filter((path) => !path.startsWith("src/emulator/")),
  },
  { name: "emulator", features: ["--features", "emulator"], sources: files("src/emulator") },
];

/** Builds what has changed. */
export async function buildWasm() {
  mkdirSync(at("js/wasm"), { recursive: true });
  const shrinking = [];
  for (const program of programs) {
    const wanted = digest([...common, ...program.sources], WASM_RUSTFLAGS, profile, process.env.RUSTUP_TOOLCHAIN);
    if (isDone(program.name, wanted) && files("js/wasm").includes(`js/wasm/${program.name}_bytes.js`)) continue;
    await step(`${program.name}.rs`, () => compile(program));
    // The next compilation does not wait for this.
    shrinking.push(step(program.name, () => optimize(program)).then(() => markDone(program.name, wanted)));
  }
  await Promise.all(shrinking);
}

async function compile({ name, features }) {
  const out = at("target/wasm", name);
  rmSync(out, { recursive: true, force: true });
  // Both programs leave cargo under one name. It must not take the other's file for this one's, however fresh it looks.
  for (const folder of ["", "deps/"])
    rmSync(at(`target/wasm32-unknown-unknown/${profile}/${folder}batchwise.wasm`), { force: true });
  const flags = ["--target", "bundler", "--profile", profile, "--no-pack", "--no-gitignore", "--out-name", name];
  await run("wasm-pack", ["build", ".", ...flags, "--out-dir", out, "--", ...features], {
    extraEnv: { RUSTFLAGS: WASM_RUSTFLAGS },
  });
}

async function optimize({ name, mortal }) {
  const from = (file) => at("target/wasm", name, file);
  const to = (file) => at("js/wasm", file);
  if (!quick) await run("wasm-opt", [...OPTIMIZE, from(`${name}_bg.wasm`), "-o", from(`${name}_bg.wasm`)]);
  renameSync(from(`${name}_bg.wasm`), to(`${name}_bg.wasm`));
  const glue = readFileSync(from(`${name}_bg.js`), "utf8");
  writeFileSync(to(`${name}_bg.js`), mortal ? factory(glue) : glue);
  const types = declarations(readFileSync(from(`${name}.d.ts`), "utf8"));
  writeFileSync(to(`${name}_bg.d.ts`), mortal ? factoryTypes(types) : `${types}\n${STARTED_BY_HAND}`);
  const wasm = readFileSync(to(`${name}_bg.wasm`));
  writeFileSync(to(`${name}_bytes.js`), inlined(wasm));
  writeFileSync(to(`${name}_bytes.d.ts`), "export function bytes(): Uint8Array<ArrayBuffer>;\n");
  return `${kib(wasm.length)} KiB, gzip ${kib(gzipSync(wasm, { level: 9 }).length)} KiB`;
}

/**
 * The glue as a function that makes it: an instance that has died is followed by another, and no object, timer or
 * finalizer of the one may ever reach into the memory of the other.
 */
function factory(text) {
  const names = [...text.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  const body = text.replaceAll(/^export /gm, "");
  return `export function glue() {\n${body}\nreturn { ${names.join(", ")} };\n}\n`;
}

/** The types of what {@link factory} makes. */
function factoryTypes(text) {
  const named = (kind) => [...text.matchAll(new RegExp(`^export ${kind} (\\w+)`, "gm"))].map(([, name]) => name);
  const classes = named("class");
  return `${text.replaceAll(/^export (class|function) /gm, "declare $1 ")}
export type { ${classes.join(", ")} };
/** What belongs to one instance. */
export interface Glue {
${[...classes, ...named("function")].map((name) => `  ${name}: typeof ${name};`).join("\n")}
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}
export function glue(): Glue;
`;
}

/**
 * The generated types describe a module that starts itself; ours is started by hand, and knows no `using`. Typed arrays
 * became generic in TypeScript 5.7, and 5.6 is served as well.
 */
function declarations(text) {
  const kept = text
    .replaceAll(/(\w+Array)<ArrayBuffer>/g, "$1")
    .split("\n")
    .filter((line) => !line.includes("[Symbol.dispose]"));
  return kept.join("\n");
}

const kib = (bytes) => (bytes / 1024).toFixed(1);
