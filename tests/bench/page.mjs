// The page's budgets, measured in Chromium on the page as it is served. Times of the page are taken in the page, from
// the event to what is drawn; beside those of parsing and searching stands the same in plain JavaScript, in the same run.
// Prints a table; `make build` comes first.
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { loadavg } from "node:os";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS, findChromium } from "../../js/build/browser.mjs";
import { at } from "../../js/build/tools.mjs";
import { results, table } from "./page-data.mjs";
import { beside, blank, heapOf, observe, ownThread, processor, scrolled, seen, typed } from "./page-probes.mjs";

const rows = [];
const note = (what, measured, budget, unit, cpu) => rows.push([what, measured, budget, unit, cpu]);
const remarks = [];

const first = ["index.html", "app.css", "app.js"].map(
  (name) => brotliCompressSync(readFileSync(at("js/dist/www", name))).length,
);
note("first load before the wasm, brotli", first.reduce((sum, size) => sum + size, 0) / 1000, 60, "kB");

const [csv, answers] = [table(), results()];
const megabytes = (path) => (statSync(path).size / 1e6).toFixed(0);
const child = spawn(process.execPath, [at("js/dist/cli.js"), "demo", "--no-open"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const url = await new Promise((found) => child.stdout.on("data", (text) => found(/http\S+/.exec(String(text))[0])));
const args = [...CHROMIUM_FLAGS, "--enable-precise-memory-info"];
const browser = await chromium.launch({ executablePath: await findChromium(), args });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);
  const wasm = new Promise((found) =>
    page.on("request", (request) => {
      if (request.url().endsWith(".wasm")) found(request);
    }),
  );
  await page.addInitScript(observe);
  await page.goto(`${url}?clock=manual`);
  await page.waitForFunction(() => "batchwiseDemo" in globalThis);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  note("first contentful paint", paint, 500, "ms");
  const origin = await page.evaluate(() => performance.timeOrigin);
  const asked = (await wasm).timing().startTime - origin;
  note("the wasm is asked for so long before the first paint", Math.max(0, paint - asked), 0, "ms");

  const input = page.locator("input[type=file]").first();
  await seen(page, "rows", "[data-testid=grid] [role=gridcell]:nth-child(2)", /^k-/);
  await seen(page, "whole", ".big", /^100,000 rows/);
  let before = await processor(browser);
  const used = async () => (await processor(browser)) - before;
  await input.setInputFiles(csv);
  await page.waitForFunction(() => probe.times.rows && probe.times.whole);
  const opening = await used();
  const times = await page.evaluate(() => probe.times);
  note(`a CSV of ${megabytes(csv)} MB to its first rows`, times.rows, 200, "ms");
  note("the same, all of it indexed", times.whole, 500, "ms", opening);

  await page.locator(".column-card").first().waitFor();
  const still = await blank(browser);
  await page.bringToFront();
  const worked = await ownThread(page);
  before = await processor(browser);
  const begun = await worked();
  const frames = await scrolled(page, ".grid-scroll");
  const done = await worked();
  note("a frame while 100,000 rows scroll, p95", frames.p95, 20, "ms", (await used()) / frames.count);
  note("nodes in the grid", frames.nodes, 600, "");
  const each = (of) => `${((of(done) - of(begun)) / frames.count).toFixed(1)} ms`;
  remarks.push(`a frame while an empty page scrolls in the same run, p95: ${still.toFixed(1)} ms`);
  remarks.push(
    `of a frame the page's own thread works ${each(({ all }) => all)}, its scripts ${each(({ script }) => script)}`,
  );

  await page.getByRole("link", { name: "Prompt", exact: true }).click();
  await page.getByLabel("User prompt").fill("Rate {{revie}}");
  await page.getByText("Did you mean").first().waitFor();
  await seen(page, "preview", "[data-testid=preview]", /late/);
  await page.evaluate(() => probe.begin());
  await page.getByLabel("User prompt").fill("Rate {{review}} {{stars}}");
  before = await processor(browser);
  await page.waitForFunction(() => probe.times.preview);
  note("from a key to the preview", await page.evaluate(() => probe.times.preview), 50, "ms");
  await page.getByRole("link", { name: "Check", exact: true }).click();
  const lead = await page.getByText(/in \d+ ms/).textContent();
  const checking = await used();
  note("100,000 rows rendered and checked, in the worker", Number(/in (\d+) ms/.exec(lead)?.[1]), 300, "ms", checking);
  note("the longest task of the page meanwhile", await page.evaluate(() => probe.longest), 50, "ms");
  remarks.push(await beside(page, csv, "parse"));

  await page.goto(`${url}?clock=manual`);
  await page.waitForFunction(() => "batchwiseDemo" in globalThis);
  await seen(page, "results", "[data-testid=grid] [role=gridcell]:nth-child(4)", /Row 0/);
  before = await processor(browser);
  await input.setInputFiles(answers);
  await page.waitForFunction(() => probe.times.results);
  const reading = await page.evaluate(() => probe.times.results);
  note(`${megabytes(answers)} MB of results, explorable`, reading, 2_000, "ms", await used());
  before = await processor(browser);
  const keys = await typed(page, ["zuversicht", "refund of the freight", "\u201Cgut"]);
  note("a key of a search over 100,000 results, p95", keys.p95, 60, "ms", (await used()) / keys.count);
  remarks.push(`of that in the worker p95 ${keys.worker.toFixed(1)} ms`);
  remarks.push(await beside(page, answers, "search"));
  const heap = await heapOf(page);
  note("JavaScript heap with these results, page and worker", heap.script, 80, "MB");
  remarks.push(`beside it, outside of the heap: ${heap.outside.toFixed(0)} MB`);
} finally {
  await browser.close();
  child.kill();
}

process.stdout.write(`${"".padEnd(54)}${"measured".padStart(10)}${"budget".padStart(12)}        processor\n`);
for (const [what, measured, budget, unit, cpu] of rows) {
  const shown = Number(measured).toFixed(measured < 100 ? 1 : 0);
  const verdict = measured <= budget ? "  held" : "  over";
  const work = cpu === undefined ? "" : `${cpu.toFixed(0)} ms`.padStart(11);
  process.stdout.write(`${what.padEnd(54)}${shown.padStart(10)}${`${budget} ${unit}`.padStart(12)}${verdict}${work}\n`);
}
process.stdout.write(remarks.map((remark) => `${remark}\n`).join(""));
process.stdout.write(
  `load of this machine: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(", ")}\n`,
);
