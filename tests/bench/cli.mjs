// make bench: the command over a table of a million rows (CLI_ROWS), against the emulator in another process. Every row
// is looked at afterwards, and the whole process must stay below 300 MB.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { at } from "../../js/build/tools.mjs";

const ROWS = Number(process.env.CLI_ROWS ?? 1_000_000);
const MOST_MB = 300;
/** A job keeps its journal by its own clock, too: much faster, and what takes long here takes longer there than it may. */
const SPEED = process.env.CLI_SPEED ?? "30";
const command = at("js/dist/cli.js");
/** Says at its end how much memory the process ever had, and how often it waited for the disk. */
const told = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { fdatasyncSync } = fs;
let flushes = 0;
fs.fdatasyncSync = (file) => (flushes++, fdatasyncSync(file));
syncBuiltinESMExports();
process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + " flushes " + flushes + "\\n"));
`;

const folder = mkdtempSync(join(tmpdir(), "batchwise-bench-"));
const emulator = spawn(process.execPath, [command, "emulate", "--port", "0", "--speed", SPEED], {
  stdio: ["ignore", "pipe", "ignore"],
});
try {
  const [line] = await once(createInterface({ input: emulator.stdout }), "line");
  makeTable(join(folder, "rows.csv"));
  const start = performance.now();
  const { report, peakMb, flushes } = await run(/http:\S+/.exec(line)[0]);
  const seconds = (performance.now() - start) / 1000;
  if (report.outcomes.succeeded !== ROWS) throw new Error(`${report.outcomes.succeeded} of ${ROWS} succeeded`);
  await checkRows(join(folder, "answers.csv"));
  const each = Math.round(ROWS / seconds).toLocaleString("en-US");
  process.stdout.write(
    `run over ${ROWS.toLocaleString("en-US")} rows in ${report.batches.length} batches: ${seconds.toFixed(0)} s, ${each} rows a second, ${peakMb.toFixed(0)} MB at the most, ${flushes} flushes of the results\n`,
  );
  if (peakMb > MOST_MB) throw new Error(`${peakMb.toFixed(0)} MB are more than ${MOST_MB}`);
} finally {
  emulator.kill();
  rmSync(folder, { recursive: true, force: true });
}

function makeTable(path) {
  const file = openSync(path, "w");
  writeSync(file, "id,text\n");
  for (let from = 0; from < ROWS; from += 10_000) {
    const count = Math.min(10_000, ROWS - from);
    writeSync(file, Array.from({ length: count }, (_, n) => `r${from + n},message ${from + n}\n`).join(""));
  }
  closeSync(file);
}

async function run(url) {
  const ask = ["rows.csv", "--key", "id", "-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "4"];
  const args = ["run", ...ask, "-o", "answers.csv", "--yes", "--json", "--speed", SPEED];
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(told)}`, command, ...args],
    {
      cwd: folder,
      env: { ...process.env, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "bench" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`exit code ${child.exitCode}\n${stderr}`);
  const [, peak, flushes] = /^peak (\d+) flushes (\d+)$/m.exec(stderr);
  return { report: JSON.parse(stdout), peakMb: Number(peak) / 1000, flushes: Number(flushes) };
}

/** Every row, once, in its place, with its answer. */
async function checkRows(path) {
  let row = -1;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const wanted = row < 0 ? '"id","text","outcome",' : `"r${row}","message ${row}","succeeded",`;
    // Answers of the emulator may have lines of their own.
    if (!line.startsWith(row < 0 ? '"id"' : '"r')) continue;
    if (!line.startsWith(wanted)) throw new Error(`row ${row}: ${line}`);
    row += 1;
  }
  if (row !== ROWS) throw new Error(`${row} of ${ROWS} rows are in the output`);
}

async function text(stream) {
  let all = "";
  for await (const chunk of stream) all += chunk;
  return all;
}
