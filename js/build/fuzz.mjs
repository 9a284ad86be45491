// make fuzz: every target for a while, with what libFuzzer learnt before. What it finds stays in target/fuzz.
// FUZZ_SECONDS and FUZZ_TARGET choose how long, and one target alone.
import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { ask, at, fail, files, run, step } from "./tools.mjs";

const CARGO_FUZZ = "0.13.2";
const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
const only = process.env.FUZZ_TARGET;

if (ask("cargo", ["+nightly", "--version"]) === null)
  fail("libFuzzer needs a nightly compiler: rustup toolchain install nightly --profile minimal");
if (ask("cargo", ["fuzz", "--version"]) === null) {
  const args = ["install", "--debug", "--locked", "--root", "target/tools", "--target-dir", "target/tools/build"];
  await step("cargo-fuzz", () => run("cargo", [...args, `cargo-fuzz@${CARGO_FUZZ}`]).then(() => CARGO_FUZZ));
}

for (const path of files("tests/fuzz/fuzz_targets")) {
  const target = basename(path, ".rs");
  if (only !== undefined && only !== target) continue;
  const learnt = at("target/fuzz/corpus", target);
  const crashes = at("target/fuzz/crashes", target);
  for (const folder of [learnt, crashes]) mkdirSync(folder, { recursive: true });
  // The engine has no unsafe code for a sanitizer to watch; without one it runs many times as often.
  const args = ["+nightly", "fuzz", "run", "--sanitizer=none", "--target-dir=target/fuzz/build"];
  const corpora = [target, learnt, at("tests/fuzz/corpus", target)];
  const limits = [`-max_total_time=${seconds}`, "-timeout=20", `-artifact_prefix=${crashes}/`, "-print_final_stats=1"];
  await step(target, async () => {
    const command = [...args, "--fuzz-dir=tests/fuzz", ...corpora, "--", ...limits];
    const said = await run("cargo", command, { whole: true });
    return `${/number_of_executed_units: (\d+)/.exec(said)?.[1]} runs`;
  });
}
