// Browsers: the suites in a page, with the package as files and an import map, and out of each bundler.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { findChromium } from "../../js/build/browser.mjs";
import { bundled, bundlers } from "./bundlers.mjs";
import { FIREFOX_PREFERENCES, findFirefox } from "./firefox.mjs";
import { home, suites, tool } from "./tools.mjs";

const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET_FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

const opened = { Chromium: openChromium, Firefox: openFirefox };

export const browsers = Object.keys(opened).flatMap((name) => [
  { name, way: "import map", run: () => inPage(name, unbundled) },
  ...Object.keys(bundlers).map((bundler) => ({
    name,
    way: bundler,
    run: () => inPage(name, () => bundled(bundler)),
  })),
]);

/** The package's own files, found by an import map: no build at all. */
async function unbundled() {
  const script = await suites("page");
  return { folder: home(), script: `/${script.slice(home().length + 1)}`, map: importMap() };
}

function importMap() {
  const { exports } = JSON.parse(readFileSync(home("node_modules/batchwise/package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, target]) => target.default?.endsWith(".js"));
  const imports = entries.map(([path, target]) => [
    `batchwise${path.slice(1)}`,
    `/node_modules/batchwise/${target.default.slice(2)}`,
  ]);
  return { imports: Object.fromEntries(imports) };
}

async function inPage(name, made) {
  const { folder, script = "/main.js", map = null, version = null } = await made();
  const site = await serve(folder, page(script, map));
  const browser = await opened[name]();
  try {
    const tab = await browser.newPage();
    const loose = [];
    tab.on("pageerror", (error) => loose.push({ name: "the page stays free of loose errors", error: String(error) }));
    await tab.goto(site.url);
    await tab.waitForFunction(() => globalThis.runSuites !== undefined);
    await tab.evaluate(() => void globalThis.runSuites().then((outcomes) => (globalThis.outcomes = outcomes)));
    await tab.waitForFunction(() => globalThis.outcomes !== undefined, { timeout: 300_000, polling: 200 });
    const outcomes = await tab.evaluate(() => globalThis.outcomes);
    const itself = (await browser.version()).replace(/^\D*/, "");
    return { version: version ? `${itself}, ${version}` : itself, outcomes: [...outcomes, ...loose] };
  } finally {
    await browser.close();
    site.close();
  }
}

async function openChromium() {
  const { default: puppeteer } = await import(tool("puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"));
  const args = [...CHROMIUM_FLAGS, ...QUIET_FLAGS];
  return puppeteer.launch({ executablePath: await findChromium(), args, headless: true, protocolTimeout: 300_000 });
}

async function openFirefox() {
  const { default: puppeteer } = await import(tool("puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"));
  const options = { browser: "firefox", headless: true, extraPrefsFirefox: FIREFOX_PREFERENCES };
  return puppeteer.launch({ ...options, executablePath: await findFirefox(), protocolTimeout: 300_000 });
}

function page(script, map) {
  const imports = map ? `<script type="importmap">${JSON.stringify(map)}</script>` : "";
  const server = JSON.stringify(process.env.BATCHWISE_TEST_SERVER);
  return `<!doctype html><meta charset="utf-8"><title>batchwise</title>${imports}
<script>globalThis.batchwiseServer = ${server};</script><script type="module" src="${script}"></script>`;
}

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

function serve(folder, html) {
  const policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *";
  const http = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://host").pathname);
    if (path === "/") {
      return response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(html);
    }
    const file = join(folder, path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    return response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  return new Promise((ready) => {
    http.listen(0, "127.0.0.1", () => {
      ready({ url: `http://127.0.0.1:${http.address().port}/`, close: () => http.close() });
    });
  });
}
