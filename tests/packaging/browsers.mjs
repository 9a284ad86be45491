// Browsers: the short suite in a page, with the package as files and an import map, out of each bundler, and from Vite's
// own server.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { findChromium, findFirefox } from "../../js/build/browser.mjs";
import { bundled, bundlers, viteServer } from "./bundlers.mjs";
import { home, LIMIT_MS, server, smoke, tool } from "./tools.mjs";

const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET_FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** No call home, no update, no first page. */
const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

export const browsers = ["Chromium", "Firefox"].flatMap((name) => [
  { name, way: "no bundler", run: () => onSite(name, unbundled) },
  ...Object.keys(bundlers).map((bundler) => ({ name, way: bundler, run: () => onSite(name, () => bundled(bundler)) })),
  { name, way: "Vite, dev server", run: () => onVite(name) },
  { name, way: "a policy that forbids WebAssembly", suite: "itself", run: () => forbidden(name) },
]);

/** The package's own files, found by an import map: no build at all. */
async function unbundled() {
  const script = await smoke("page");
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

async function onSite(name, made) {
  const { folder, script = "/main.js", map = null, version = null } = await made();
  const site = await serve(folder, page(script, map));
  try {
    const { itself, outcomes } = await inPage(name, site.url);
    return { version: version ? `${itself}, ${version}` : itself, outcomes };
  } finally {
    site.close();
  }
}

/** A page whose policy forbids it cannot load the package, and is told the word that its policy needs. */
async function forbidden(name) {
  const told = `globalThis.runSuites = () => import("batchwise").then(() => "it loaded", ({ code, message }) => code + ": " + message)
  .then((said) => [{ name: "the error names the word that the policy needs", error: WANTED.test(said) ? null : said }]);
const WANTED = /^wasm\\/start: .*'wasm-unsafe-eval' to script-src of its Content-Security-Policy/;`;
  const html = `${head(importMap())}<script>${told}</script>`;
  const site = await serve(home(), html, "default-src 'self'; script-src 'self' 'unsafe-inline'");
  try {
    const { itself, outcomes } = await inPage(name, site.url);
    // What Firefox says of the policy is what is meant to happen.
    return { version: itself, outcomes: outcomes.slice(0, 1) };
  } finally {
    site.close();
  }
}

async function onVite(name) {
  const vite = await viteServer(`globalThis.batchwiseServer = ${JSON.stringify(server())}`);
  try {
    const { itself, outcomes } = await inPage(name, vite.url);
    return { version: `${itself}, ${vite.version}`, outcomes };
  } finally {
    await vite.close();
  }
}

/** Opens a page that hangs `runSuites` on its window, runs it, and gives the outcomes and the browser's version. */
export async function inPage(name, url) {
  const browser = await opened(name);
  try {
    const tab = await browser.newPage();
    const loose = [];
    tab.on("pageerror", (error) => loose.push({ name: "the page stays free of loose errors", error: String(error) }));
    await tab.goto(url, { timeout: LIMIT_MS });
    await tab.waitForFunction(() => globalThis.runSuites !== undefined, { polling: 100, timeout: LIMIT_MS });
    await tab.evaluate(() => void globalThis.runSuites().then((outcomes) => (globalThis.outcomes = outcomes)));
    await tab.waitForFunction(() => globalThis.outcomes !== undefined, { timeout: LIMIT_MS, polling: 100 });
    const outcomes = await tab.evaluate(() => globalThis.outcomes);
    return { itself: (await browser.version()).replace(/^\D*/, ""), outcomes: [...outcomes, ...loose] };
  } finally {
    await browser.close();
  }
}

async function opened(name) {
  const { default: puppeteer } = await import(tool("puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"));
  const options = { headless: true, timeout: LIMIT_MS, protocolTimeout: LIMIT_MS };
  if (name === "Firefox") {
    const firefox = { browser: "firefox", extraPrefsFirefox: FIREFOX_PREFERENCES, executablePath: await findFirefox() };
    return puppeteer.launch({ ...options, ...firefox });
  }
  const args = [...CHROMIUM_FLAGS, ...QUIET_FLAGS];
  return puppeteer.launch({ ...options, args, executablePath: await findChromium() });
}

function page(script, map) {
  return `${head(map)}
<script>globalThis.batchwiseServer = ${JSON.stringify(server())};</script><script type="module" src="${script}"></script>`;
}

function head(map) {
  const imports = map ? `<script type="importmap">${JSON.stringify(map)}</script>` : "";
  return `<!doctype html><meta charset="utf-8"><title>batchwise</title>${imports}`;
}

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

const POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *";

function serve(folder, html, policy = POLICY) {
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
