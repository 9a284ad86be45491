// make setup: everything the build needs beyond cargo, rustup, node and npm. Quick and silent when nothing is missing.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ask, at, digest, fail, run, step } from "./tools.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
const WASM_PACK = "0.15.1";

for (const [tool, hint] of [
  ["cargo", "https://rustup.rs"],
  ["npm", "https://nodejs.org"],
]) {
  if (ask(tool, ["--version"]) === null) fail(`${tool} is not on the PATH: install it first (${hint})`);
}

const target = ask("rustc", ["--print", "target-libdir", "--target", WASM_TARGET]);
if (!target || !existsSync(target)) {
  await step("rust target", () => run("rustup", ["target", "add", WASM_TARGET]).then(() => WASM_TARGET));
}

// The bindings and the command must be of one version, so the lock file decides.
const locked = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(readFileSync(at("Cargo.lock"), "utf8"))?.[1];
if (!locked) fail("Cargo.lock names no wasm-bindgen");
await installed("wasm-bindgen", "wasm-bindgen-cli", locked);
await installed("wasm-pack", "wasm-pack", WASM_PACK);

const packages = digest(["package-lock.json"], process.version);
const stamp = at("node_modules/.batchwise");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== packages) {
  await step("npm ci", () => run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]).then(() => ""));
  writeFileSync(stamp, packages);
}

async function installed(command, crate, version) {
  if (ask(command, ["--version"])?.split(" ")[1] === version) return;
  process.stderr.write(`${crate} ${version} is missing: building it once, which takes a few minutes\n`);
  const args = ["install", "--debug", "--force", "--root", "target/tools", "--target-dir", "target/tools/build"];
  const profile = { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_PROFILE_DEV_OPT_LEVEL: "1" };
  await step(command, () => run("cargo", [...args, `${crate}@${version}`], { extraEnv: profile }).then(() => version));
}
