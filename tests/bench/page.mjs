// The page's budgets, measured in Chromium on the page as it is served: what a first visit loads, and how long a table of
// 100,000 rows takes to open, to be checked again and to scroll. Prints a table; `make build` comes first.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS, findChromium } from "../../js/build/browser.mjs";
import { at } from "../../js/build/tools.mjs";

const ROWS = 100_000;
const FRAMES = 120;
const STEP_PX = 400;

const rows = [];
const note = (what, measured, budget, unit) => rows.push([what, measured, budget, unit]);

const first = ["index.html", "app.css", "app.js"].map(
  (name) => brotliCompressSync(readFileSync(at("js/dist/www", name))).length,
);
note("first load before the wasm, brotli", first.reduce((sum, size) => sum + size, 0) / 1000, 60, "kB");

const child = spawn(process.execPath, [at("js/dist/cli.js"), "demo", "--no-open"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const url = await new Promise((found) => child.stdout.on("data", (text) => found(/http\S+/.exec(String(text))[0])));
const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);
  await page.goto(`${url}?clock=manual`);
  await page.waitForFunction(() => "batchwiseDemo" in globalThis);
  note(
    "first contentful paint",
    await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
    500,
    "ms",
  );

  const text = "A cell of some length, with a comma and words that people write about what they bought. ";
  const line = (n) =>
    `k-${n},"${text.repeat(2)}${n}",Lamp,DE,${n % 5},2026-10-${String(1 + (n % 28)).padStart(2, "0")}`;
  const csv = `id,review,product,country,stars,date\n${Array.from({ length: ROWS }, (_, n) => line(n)).join("\n")}\n`;
  const megabytes = (csv.length / 1e6).toFixed(0);
  let start = performance.now();
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "big.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByText("100,000 rows · 6 columns").waitFor();
  note(`a CSV of ${megabytes} MB, handed in and indexed`, performance.now() - start, 500, "ms");

  const frames = await page.evaluate(
    ([count, step]) =>
      new Promise((done) => {
        const scroll = document.querySelector(".grid-scroll");
        const times = [];
        let last = performance.now();
        const frame = (now) => {
          times.push(now - last);
          last = now;
          scroll.scrollTop += step;
          if (times.length < count) requestAnimationFrame(frame);
          else done({ times: times.slice(1), nodes: document.querySelectorAll("[data-testid=grid] *").length });
        };
        requestAnimationFrame(frame);
      }),
    [FRAMES, STEP_PX],
  );
  const sorted = frames.times.toSorted((a, b) => a - b);
  note("a frame while 100,000 rows scroll, p95", sorted[Math.floor(sorted.length * 0.95)], 20, "ms");
  note("nodes in the grid", frames.nodes, 600, "");

  await page.getByRole("link", { name: "Prompt", exact: true }).click();
  await page.getByLabel("User prompt").fill("Rate {{review}}");
  start = performance.now();
  await page.getByTestId("preview").waitFor();
  note("from a key to the preview", performance.now() - start, 50, "ms");
  await page.getByRole("link", { name: "Check", exact: true }).click();
  const lead = await page.getByText(/in \d+ ms/).textContent();
  note("100,000 rows rendered and checked, in the worker", Number(/in (\d+) ms/.exec(lead)?.[1]), 300, "ms");
  const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
  note("JavaScript heap of the page", heap / 1e6, 80, "MB");
} finally {
  await browser.close();
  child.kill();
}

process.stdout.write(`${"".padEnd(52)}${"measured".padStart(10)}${"budget".padStart(10)}\n`);
for (const [what, measured, budget, unit] of rows) {
  const shown = Number(measured).toFixed(measured < 100 ? 1 : 0);
  const verdict = measured <= budget ? "" : "  over";
  process.stdout.write(`${what.padEnd(52)}${shown.padStart(10)}${`${budget} ${unit}`.padStart(10)}${verdict}\n`);
}
