// make lint: formats, lints, types, documentation, and the budgets of what entries load. A warning is an error.
import { existsSync } from "node:fs";
import { ask, at, run, step, WASM_RUSTFLAGS } from "./tools.mjs";

const deny = ["--", "-D", "warnings"];
const wasm = ["clippy", "--quiet", "--locked", "--lib", "--target", "wasm32-unknown-unknown"];
const flags = { extraEnv: { RUSTFLAGS: WASM_RUSTFLAGS } };
const tsc = (project) => run("tsc", ["-p", project, "--noEmit"]);

await step("fmt", () => run("cargo", ["fmt", "--check"]));
await step("biome", () => run("biome", ["check", "--error-on-warnings"]));
await step("tsc", async () => {
  for (const project of [
    "tsconfig.json",
    "js/cli",
    "www",
    "tests/js",
    "tests/page",
    "tests/types",
    "tests/types/narrow",
    "tests/types/stores",
  ]) {
    if (existsSync(at(project))) await tsc(project);
  }
});
await step("clippy", () =>
  run("cargo", ["clippy", "--quiet", "--locked", "--all-targets", "--features", "emulator", ...deny]),
);
await step("clippy wasm", async () => {
  await run("cargo", [...wasm, ...deny], flags);
  await run("cargo", [...wasm, "--features", "emulator", ...deny], flags);
});
await step("rustdoc", () =>
  run("cargo", ["doc", "--quiet", "--locked", "--no-deps", "--document-private-items", "--features", "emulator"], {
    extraEnv: { RUSTDOCFLAGS: "-D warnings" },
  }),
);
if (ask("cargo", ["deny", "--version"])) {
  await step("cargo deny", () => run("cargo", ["deny", "--offline", "check", "bans", "licenses", "sources"]));
}
// A quick build is larger than what is published.
if (process.env.BATCHWISE_QUICK !== "1") await step("size", () => run("node", ["js/build/size.mjs"]));
