// The suites in a real browser: Debian's Chromium, without a window, on a page served from loopback.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { ask, at, fail, run, step } from "./tools.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where Chromium is. Installs it where that is possible, and says what to do where it is not. */
export async function findChromium() {
  const given = process.env.CHROMIUM;
  if (given) return existsSync(given) ? given : fail(`CHROMIUM names ${given}, and there is no such file`);
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = () => usual.find((path) => existsSync(path));
  if (!found() && process.getuid?.() === 0 && ask("apt-get", ["--version"])) {
    await step("chromium", async () => {
      await run("apt-get", ["update"]);
      await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
    });
  }
  return found() ?? fail("the tests need Chromium: install the package `chromium`, or set CHROMIUM to its path");
}

/** Runs the cases of a bundled script in a page and gives their outcomes. */
export async function runInBrowser(script, server) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: await findChromium(), args: FLAGS });
  const site = await serve(script, server);
  try {
    const page = await browser.newPage();
    const loose = [];
    page.on("pageerror", (error) => loose.push({ name: "the page stays free of loose errors", error: error.stack }));
    await page.goto(site.url);
    const outcomes = await page.evaluate(() => globalThis.runSuites());
    return [...outcomes, ...loose];
  } finally {
    await browser.close();
    site.close();
  }
}

/** One page and its script, under the strictest policy that WebAssembly allows. */
function serve(script, server) {
  const policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *";
  const page = `<!doctype html><meta charset="utf-8"><title>batchwise</title>
<script>globalThis.batchwiseServer = ${JSON.stringify(server ?? null)};</script><script type="module" src="/suites.js"></script>`;
  const http = createServer((request, response) => {
    if (request.url === "/suites.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(at(script)));
    } else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(page);
    } else {
      response.writeHead(404).end();
    }
  });
  return new Promise((ready) => {
    http.listen(0, "127.0.0.1", () => {
      ready({ url: `http://127.0.0.1:${http.address().port}/`, close: () => http.close() });
    });
  });
}
