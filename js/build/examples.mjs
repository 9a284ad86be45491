// The programs in examples/, run as they stand beside an installed package, against an emulator whose hours are seconds.
import { cpSync, createReadStream, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { CHROMIUM_FLAGS, findChromium } from "./browser.mjs";
import { captured, tally } from "./counting.mjs";
import { bundleServer, bundleWorker } from "./suites.mjs";
import { at } from "./tools.mjs";
import { startWorkerd } from "./workerd.mjs";

const KEY = "sk-ant-example";
const home = (...parts) => at("target/tests/examples", ...parts);

/** Each example is a test. The package must be unpacked. */
export async function runExamples() {
  cpSync(at("examples"), home(), { recursive: true });
  await bundleServer("target/tests/serve.js");
  const { serveEmulator } = await import(at("target/tests/serve.js"));
  const outcomes = [];
  for (const [name, run] of Object.entries(EXAMPLES)) {
    const server = await serveEmulator({ clock: 2000, answers: ["spam", "ham"] });
    const error = await run(server).then(
      () => null,
      (error) => error.stack,
    );
    await server.close();
    outcomes.push({ name, error });
  }
  return tally(outcomes);
}

const EXAMPLES = {
  "the Node program sorts its table, and knows when it is started again that all is done": inNode,
  "the Deno program translates what comes in, with no permission but its own": inDeno,
  "the nightly Deno job keeps its answers in a file, and finds them there the next night": inDenoNightly,
  "the Deno job in a KV store keeps job and answers there, and finds both again": inDenoKv,
  "the Deno cron sends, and reads what has ended": inDenoCron,
  "the Worker takes requests, says how they stand, and streams the results": inWorker,
  "the page prices what is typed, and fills its table": inPage,
};

async function inNode({ url, emulator }) {
  const cwd = home("node");
  const run = () => ran(process.execPath, ["classify.mjs", "messages.csv", "answers.jsonl"], { cwd, env: keyed(url) });
  const said = await run();
  check(/^4 requests, at most \$0\.000\d+$/m.test(said), said);
  check(said.includes("succeeded: 4"), said);
  check((await run()).includes("succeeded: 4"), "the second run did not find the job");
  const rows = lines(readFileSync(home("node/answers.jsonl"), "utf8")).map((line) => JSON.parse(line));
  check(
    rows
      .map(({ id }) => id)
      .sort()
      .join() === "m1,m2,m3,m4",
    JSON.stringify(rows),
  );
  check(
    rows.every(({ outcome, text }) => outcome === "succeeded" && ["spam", "ham"].includes(text)),
    JSON.stringify(rows),
  );
  check(emulator.state.commits === 1, `${emulator.state.commits} batches were made`);
}

async function inDeno({ url }) {
  const said = await deno("translate.ts", url, ["translate.ts"], "Good morning\nGood night\n");
  const rows = lines(said).flatMap((line) => /^(line-\d)\t(\w+)\t/.exec(line)?.slice(1, 3).join() ?? []);
  check(rows.join(" ") === "line-1,succeeded line-2,succeeded", said);
}

/** A program of examples/deno, with the permissions that its own comment documents; the API's host is the emulator's. */
async function deno(file, url, args = [], input = "") {
  const documented = readFileSync(home("deno", file), "utf8").match(/--(?:allow|unstable)[-=\w.,]+/g);
  const permissions = documented.map((flag) => flag.replace("api.anthropic.com", new URL(url).host));
  const offline = ["--node-modules-dir=manual", "--no-lock", "--no-remote", "--no-prompt", "--check", "--quiet"];
  return ran("deno", ["run", ...offline, ...permissions, ...args], { cwd: home("deno"), env: keyed(url), input });
}

async function inDenoNightly({ url, emulator }) {
  const night = () => deno("nightly.ts", url, ["nightly.ts", "reviews.csv", "answers.jsonl"]);
  for (const said of [await night(), await night()]) check(said.startsWith("succeeded: 3, cost: $0.000"), said);
  const ids = lines(readFileSync(home("deno/answers.jsonl"), "utf8")).map((line) => JSON.parse(line).custom_id);
  check(ids.sort().join() === "a1,a2,a3", ids.join());
  check(emulator.state.commits === 1, `${emulator.state.commits} batches were made`);
}

async function inDenoKv({ url, emulator }) {
  for (let run = 0; run < 2; run++) {
    const said = await deno("kv.ts", url, ["kv.ts"]);
    check(said === "succeeded: 3, kept: 3\n", said);
  }
  check(emulator.state.commits === 1, `${emulator.state.commits} batches were made`);
}

async function inDenoCron({ url, emulator }) {
  const night = `import { collect, send, waiting } from "./cron.ts";
await send(["a", "b"]);
while (waiting.size > 0) await collect();
`;
  writeFileSync(home("deno/night.ts"), night);
  const said = await deno("cron.ts", url, ["night.ts"]);
  check(lines(said).sort().join() === "question-1 succeeded,question-2 succeeded", said);
  check(emulator.state.commits === 1, `${emulator.state.commits} batches were made`);
}

async function inWorker({ url, emulator }) {
  const script = await bundleWorker(home("worker/src/index.js"), "target/tests/example-worker.js");
  const bindings = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url };
  const worker = await startWorkerd(script, null, { bindings, objects: false });
  const ask = (path, body) => fetch(`${worker.url}${path}`, body === undefined ? {} : { method: "POST", body });
  try {
    const params = { model: "claude-haiku-5-5", max_tokens: 8, messages: [{ role: "user", content: "Hi" }] };
    const wrong = await ask("batches", `${JSON.stringify({ custom_id: "a b", params })}\n`);
    check(wrong.status === 400 && (await wrong.json()).problems[0].line === 1, `status ${wrong.status}`);
    const body = ["a", "b"].map((custom_id) => `${JSON.stringify({ custom_id, params })}\n`).join("");
    const { id } = await (await ask("batches", body)).json();
    await until(async () => (await (await ask(`batches/${id}`)).json()).processing_status === "ended");
    const csv = lines(await (await ask(`batches/${id}/results`)).text());
    check(csv[0] === "id,outcome,text", csv[0]);
    check(csv.slice(1).sort().join().startsWith('"a","succeeded","'), csv.join("\n"));
    check((await ask("batches/msgbatch_nobody")).status === 404, "an unknown batch was found");
    check(emulator.state.commits === 1, `${emulator.state.commits} batches were made`);
  } catch (error) {
    throw new Error(`${error.message}\n${worker.log()}`);
  } finally {
    worker.kill();
  }
}

async function inPage() {
  const { chromium } = await import("playwright-core");
  const site = await served(at("target/tests"));
  const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const loose = [];
    page.on("pageerror", (error) => loose.push(error.stack));
    await page.goto(`${site.url}examples/page/index.html`);
    await page.waitForFunction(() => document.getElementById("price").textContent.startsWith("3 requests"));
    await page.fill("#reviews", "Loved it.\nHated it.");
    await page.waitForFunction(() => document.getElementById("price").textContent.startsWith("2 requests"));
    await page.click("#send");
    await page.waitForSelector("#rows[data-done]");
    const rows = await page.$$eval("#rows tr", (all) =>
      all.map((row) => [...row.cells].map((cell) => cell.textContent)),
    );
    check(
      rows.map(([id, outcome]) => `${id} ${outcome}`).join() === "review-1 succeeded,review-2 succeeded",
      String(rows),
    );
    check(loose.length === 0, loose.join("\n"));
  } finally {
    await browser.close();
    site.close();
  }
}

/** Files below a folder, on loopback. */
function served(folder) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const http = createServer((request, response) => {
    const path = new URL(request.url, "http://page").pathname;
    const file = createReadStream(`${folder}${path}`);
    file.on("error", () => response.writeHead(404).end());
    file.on("open", () => response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" }));
    file.pipe(response);
  });
  return new Promise((ready) => {
    http.listen(0, "127.0.0.1", () => {
      ready({ url: `http://127.0.0.1:${http.address().port}/`, close: () => http.close() });
    });
  });
}

async function ran(command, args, options) {
  const { output, code } = await captured(command, args, options.env, options);
  check(code === 0, `${command} ended with ${code}\n${output}`);
  return output;
}

async function until(holds) {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function keyed(url) {
  return { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url };
}

function lines(text) {
  return text.trim().split("\n");
}

function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
