// make demo: the main job on the emulator over real HTTP. `--faults` cuts the network in the middle of it, too.
//
// The command's own words are not taken for it: what is on disk and what the emulator knows are compared at the end.
import { fork, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { readCells } from "batchwise";
import { bundleServer } from "./suites.mjs";
import { at, fail, root } from "./tools.mjs";

const faulty = process.argv.includes("--faults");
const SPEED = 1200;
const CUT_AFTER_MS = 2500;
const CUT_FOR_MS = 3000;
const MOST_MS = 120_000;

const real = at("../shared/data/sms-spam.tsv");
const data = existsSync(real) ? real : at("tests/fixtures/sms-sample.tsv");
const rows = readFileSync(data, "utf8").trimEnd().split("\n").length;

rmSync(at("target/demo"), { recursive: true, force: true });
mkdirSync(at("target/demo"), { recursive: true });
await bundleServer("target/demo/serve.js");

const options = {
  seed: 7,
  clock: SPEED,
  answers: ["ham", "spam"],
  rates: { overloaded: 0.02, expired: 0.01, invalid: 0.01 },
  processingMs: 45 * 60_000,
  ...(faulty ? { faults: faults() } : {}),
};
const server = fork(at("js/build/demo-server.mjs"), [JSON.stringify(options)], { stdio: "inherit" });
const url = await told("url");

const command = spawn(process.execPath, [at("js/dist/cli.js"), ...args()], {
  cwd: root,
  env: { ...process.env, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "demo" },
  stdio: ["ignore", "pipe", "inherit"],
});
let report = "";
command.stdout.on("data", (text) => (report += text));
const late = setTimeout(() => fail(`the demo is not done after ${MOST_MS / 1000} s`), MOST_MS);
if (faulty) cutTheNetwork();
const code = await new Promise((done) => command.on("close", done));
clearTimeout(late);
const state = await asked("state");
server.disconnect();

// Some requests fail for good: that is what 3 says.
if (code !== 0 && code !== 3) fail(`the command ended with exit code ${code}`);
const wrong = await differences(JSON.parse(report), state);
if (wrong.length > 0) fail(`the demo did not end right:\n  ${wrong.join("\n  ")}`);
const struck = Object.entries(state.faults).map(([name, times]) => `${times} × ${name}`);
if (struck.length > 0) process.stderr.write(`faults    ${struck.join(", ")}${faulty ? ", network cut once" : ""}\n`);
process.stderr.write(`verified  ${rows} rows, each with one outcome; none sent twice in a round, none paid twice\n`);

function args() {
  const prompt = "Is this SMS spam? Answer with one word, ham or spam.\n\n{{text}}";
  return [
    ...["run", data, "--columns", "label,text", "-p", prompt, "-m", "claude-haiku-4-5", "--max-tokens", "8"],
    ...[
      "--max-requests",
      "1000",
      "-o",
      "target/demo/results.csv",
      "--state",
      "target/demo/state",
      "--yes",
      "--json",
      "--speed",
      String(SPEED),
    ],
  ];
}

/** Creates fail before and after they take effect, replies get lost, a results file breaks off. */
function faults() {
  return {
    create: {
      status: [
        { code: 529, calls: [1], retryAfter: { seconds: 30 } },
        { code: 500, calls: [4], when: "after" },
      ],
      reset: [
        { calls: [2], when: "after" },
        { calls: [6], when: "before" },
      ],
    },
    results: { cutMidLine: { calls: [1] }, cutAtLine: { calls: [3] } },
    retrieve: { status: { code: 503, rate: 0.05 } },
  };
}

function cutTheNetwork() {
  setTimeout(async () => {
    await asked("cut");
    process.stderr.write("demo      the network is cut\n");
    setTimeout(async () => {
      await asked("restore");
      process.stderr.write("demo      the network is back\n");
    }, CUT_FOR_MS);
  }, CUT_AFTER_MS);
}

function told(wish) {
  return new Promise((done) => {
    const listen = (message) => {
      if (message.wish !== wish) return;
      server.off("message", listen);
      done(message.answer);
    };
    server.on("message", listen);
  });
}

function asked(wish) {
  const answer = told(wish);
  server.send(wish);
  return answer;
}

/** Everything in which the files, the report and the emulator do not agree. */
async function differences(account, { commits, batches, fates }) {
  const found = [];
  const expect = (name, actual, wanted) => {
    if (actual !== wanted) found.push(`${name}: ${actual}, expected ${wanted}`);
  };
  const lines = readFileSync(at("target/demo/state/runs", account.id, "results.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const types = new Map(lines.map((line) => [line.custom_id, line.result.type]));
  expect("result lines", lines.length, rows);
  expect("requests with a result", types.size, rows);
  expect("requests in the report", account.requestCount, rows);
  for (const kind of ["succeeded", "errored", "expired", "canceled"]) {
    expect(`${kind} in the report`, account.outcomes[kind], lines.filter((line) => line.result.type === kind).length);
  }
  expect("batches that took effect", commits, account.batches.length);

  expect("requests the emulator knows", fates.length, rows);
  const billed = fates.filter(([, fate]) => fate.billed > 0);
  expect("requests paid twice", fates.filter(([, fate]) => fate.billed > 1).length, 0);
  expect("requests paid for", billed.length, account.outcomes.succeeded);
  expect("paid requests without their answer", billed.filter(([id]) => types.get(id) !== "succeeded").length, 0);
  expect("requests sent twice in a round", overlaps(batches), 0);

  const { columns, rows: cells } = await readCells(new Blob([readFileSync(at("target/demo/results.csv"))]));
  let joined = 0;
  for await (const row of cells) joined += Number(row.length === columns.length);
  expect("rows in results.csv", joined, rows);
  return found;
}

/** How many requests were sent again before the batch that held them had ended. */
function overlaps(batches) {
  const ends = new Map();
  let count = 0;
  for (const batch of batches.toSorted((a, b) => a.createdMs - b.createdMs)) {
    for (const id of batch.ids) {
      if (batch.createdMs < (ends.get(id) ?? 0)) count += 1;
      ends.set(id, batch.endsMs);
    }
  }
  return count;
}
