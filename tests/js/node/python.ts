// The official SDK from PyPI, unmodified, against the emulator over HTTP: tests/py/sdk_test.py, in an environment of its
// own under target/. Where there is no Python 3, or nothing can be installed, one line says so.
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { EndpointName, FaultSettings } from "batchwise/emulator";
import { type ServedEmulator, serveEmulator } from "../../../js/emulator/serve.js";
import { test } from "../harness.js";

const run = promisify(execFile);
const SDK = "2.12.0";
const HOME = "target/pyenv";
const PYTHON = process.platform === "win32" ? `${HOME}/Scripts/python.exe` : `${HOME}/bin/python`;
const CASES = [
  "creates_retrieves_reads_results_and_deletes",
  "walks_all_pages",
  "cancels_and_reads_what_had_finished",
  "raises_its_own_class_for_each_refusal",
  "repeats_what_may_pass",
];

interface Outcome {
  name: string;
  problem: string | null;
}

// Setting up is not the time of any case.
const missing = await prepared();
if (missing) process.stderr.write(`note: the official Python SDK is not tested: ${missing}\n`);
let outcomes: Promise<Outcome[]> | undefined;

for (const name of CASES) {
  test(`the official Python SDK ${name.replaceAll("_", " ")}`, async () => {
    if (missing) return;
    outcomes ??= ran();
    const outcome = (await outcomes).find((outcome) => outcome.name === name);
    if (!outcome) throw new Error("the script did not come to this case");
    if (outcome.problem) throw new Error(outcome.problem);
  });
}

/** Makes the environment where it is not there yet; says what is in the way, if anything is. */
async function prepared(): Promise<string | null> {
  const version = ["-c", "import anthropic; print(anthropic.__version__)"];
  const found = await run(PYTHON, version).catch(() => ({ stdout: "" }));
  if (found.stdout.trim() === SDK) return null;
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  try {
    await run("python3", ["-m", "venv", "--clear", HOME]);
  } catch (error) {
    return `python3 with venv is needed (${firstLine(error)})`;
  }
  try {
    await run(PYTHON, ["-m", "pip", "install", ...quiet, `anthropic==${SDK}`], { timeout: 300_000 });
  } catch (error) {
    return `anthropic ${SDK} could not be installed (${firstLine(error)})`;
  }
  return null;
}

async function ran(): Promise<Outcome[]> {
  const server = await serveEmulator({ seed: 7, clock: "manual", answers: ["10"] });
  const keeper = await keeping(server);
  try {
    const env = {
      ...process.env,
      EMULATOR_URL: server.url,
      KEEPER_URL: keeper.url,
      NO_PROXY: "127.0.0.1",
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const { stdout } = await run(PYTHON, ["tests/py/sdk_test.py"], { env, timeout: 55_000 });
    const lines = stdout.trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Outcome);
  } finally {
    keeper.close();
    await server.close();
  }
}

/** What another process may ask for. */
type Wish = ["advance", number] | ["faults", EndpointName, FaultSettings];

/** Lets another process move the emulator's clock and switch its faults. */
async function keeping({ emulator }: ServedEmulator): Promise<{ url: string; close: () => void }> {
  const keeper = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const wish = JSON.parse(text) as Wish;
    if (wish[0] === "advance") await emulator.clock.advance(wish[1]);
    else emulator.faults.set(wish[1], wish[2]);
    response.end();
  });
  await new Promise<void>((resolve) => keeper.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(keeper.address() as AddressInfo).port}/`;
  return { url, close: () => keeper.close() };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}
