// make test-deep: what takes minutes, one after the other as it comes, and at the end one line that counts.
import { spawn } from "node:child_process";
import { libtest } from "./counting.mjs";
import { env, root } from "./tools.mjs";

const DEEP = ["test", "--quiet", "--profile", "deep", "--features", "emulator", "--test", "deep"];
const suites = [
  // Simulated jobs by the hundred thousand, deaths and failures at every pair of points.
  ["simulation", "cargo", [...DEEP, "--", "--nocapture", "--test-threads", "1"], {}, libtest],
  // Bugs made on purpose, in a build of their own.
  [
    "mutants",
    "cargo",
    [...DEEP, "--target-dir", "target/mutants", "--", "--nocapture", "mutants::"],
    { RUSTFLAGS: "--cfg mutants" },
    libtest,
  ],
  // Kills of real processes at every write of a job's store.
  ["kills", process.execPath, ["tests/deep/kills.mjs"], {}, byExitCode],
];

const only = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
for (const [name, command, args, extraEnv, count] of suites) {
  if (only.length > 0 && !only.includes(name)) continue;
  const start = performance.now();
  const { output, code } = await shown(command, args, extraEnv);
  const counts = count(output, code);
  // A suite that ran nothing has shown nothing, and one that fails without saying where has failed all the same.
  if (counts.passed + counts.failed === 0 || (code !== 0 && counts.failed === 0)) counts.failed += 1;
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${name.padEnd(15)} ${seconds} s  ${line(counts)}\n`);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
process.stdout.write(`${line(total)}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Runs a command whose output is shown as it comes; gives what it printed, and its exit code. */
function shown(command, args, extraEnv) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, ...extraEnv },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
      process.stdout.write(data);
    });
    child.on("error", (error) => done({ output: error.message, code: -1 }));
    child.on("close", (code) => done({ output, code }));
  });
}

function byExitCode(_, code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

function line(counts) {
  return `${counts.passed} passed, ${counts.failed} failed`;
}
