// Runs commands and counts the tests in what they print.
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { keep } from "./canary.mjs";
import { env, root } from "./tools.mjs";

/** Runs a command and counts its tests by what it printed. An exit code without a failed test is a failure, too. */
export async function counted(command, args, count, extraEnv = {}) {
  const { output, code } = await captured(command, args, extraEnv);
  const counts = count(output);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return { ...counts, output };
}

/** What a command printed, and its exit code. `input` is what it is given to read. */
export function captured(command, args, extraEnv = {}, { cwd = root, input = "" } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env: { ...env, NO_COLOR: "1", ...extraEnv }, stdio: "pipe" });
    // Who does not read it may be gone before it is written.
    child.stdin.on("error", () => undefined).end(input);
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => done({ output: output + error.message, code: -1 }));
    child.on("close", (code) => {
      keep(output, basename(args.at(-1) ?? command));
      done({ output, code });
    });
  });
}

/** Counts what `cargo test` prints. */
export function libtest(output) {
  const counts = { passed: 0, failed: 0 };
  for (const [, ok, bad] of output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed/gm)) {
    counts.passed += Number(ok);
    counts.failed += Number(bad);
  }
  return counts;
}

/** Counts the outcomes that our own runner gives, in runtimes without a test runner. */
export function tally(outcomes) {
  keep(JSON.stringify(outcomes), "a page or a Worker, as its cases ended");
  const broken = outcomes.filter((outcome) => outcome.error !== null);
  const output = broken.map((outcome) => `not ok ${outcome.name}\n${outcome.error}`).join("\n\n");
  return { passed: outcomes.length - broken.length, failed: broken.length, output };
}
