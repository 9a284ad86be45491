// What every build step shares: where things are, how a tool is found, how a command is run without noise.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** A path inside the repository. */
export const at = (...parts) => join(root, ...parts);

/** Rust flags of every wasm build: 128-bit SIMD runs in all supported runtimes; no path of this machine is kept. */
export const WASM_RUSTFLAGS = [
  "-C target-feature=+simd128",
  `--remap-path-prefix=${process.env.CARGO_HOME ?? join(homedir(), ".cargo")}=cargo`,
  `--remap-path-prefix=${root}=batchwise`,
].join(" ");

/** The npm tools and our own installs come before whatever the machine has. */
export const env = {
  ...process.env,
  PATH: [at("target/tools/bin"), at("node_modules/.bin"), process.env.PATH ?? ""].join(delimiter),
};

/**
 * Runs a command to its end and returns what it printed. Nothing is shown unless it fails: then all of it, and the
 * process ends. `show` passes the output through as it comes; with `whole` what went to the error output is returned, too.
 */
export function run(command, args, { extraEnv = {}, cwd = root, show = false, whole = false } = {}) {
  return new Promise((done) => {
    const stdio = show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd, env: { ...env, ...extraEnv }, stdio });
    let out = "";
    let all = "";
    child.stdout?.on("data", (data) => {
      out += data;
      all += data;
    });
    child.stderr?.on("data", (data) => {
      all += data;
    });
    child.on("error", (error) => fail(`${command} could not be started: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code === 0) return done(whole ? all : out);
      process.stderr.write(all);
      return fail(`${[command, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}

/** What a command prints, or null where it cannot be run or fails. */
export function ask(command, args) {
  const result = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** Ends the build with one clear line. */
export function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

/** Runs a step and says what it was and how long it took. */
export async function step(name, work) {
  const start = performance.now();
  const note = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stderr.write(`${name.padEnd(12)} ${seconds.padStart(6)} s${note ? `  ${note}` : ""}\n`);
}

/** All files below the given paths, in order, as paths relative to the repository. */
export function files(...paths) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) return void found.push(relative(root, path));
    for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const path of paths) visit(at(path));
  return found;
}

/** A digest of the contents of files, and of anything else that decides about a step's output. */
export function digest(paths, ...others) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(at(path)))
      .update("\0");
  for (const other of others) hash.update(String(other)).update("\0");
  return hash.digest("hex");
}

/** Whether a step's stamp says that it was done for exactly this digest. */
export function isDone(name, wanted) {
  const path = at("target/stamps", name);
  return existsSync(path) && readFileSync(path, "utf8") === wanted;
}

/** Records that a step was done for this digest. */
export function markDone(name, wanted) {
  mkdirSync(at("target/stamps"), { recursive: true });
  writeFileSync(at("target/stamps", name), wanted);
}
