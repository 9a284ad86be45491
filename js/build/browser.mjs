// The suites in real browsers: Debian's Chromium and Firefox, without a window, on a page served from loopback.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { keep } from "./canary.mjs";
import { ask, at, env, fail, run, step } from "./tools.mjs";

/** What Chromium is started with. */
export const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A busy machine takes its time to start one. */
const START_MS = 180_000;

/** Where Chromium is. Installs it where that is possible, and says what to do where it is not. */
export function findChromium() {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  return find("CHROMIUM", usual, "chromium");
}

/** The same for Firefox. */
export function findFirefox() {
  return find("FIREFOX", ["/usr/bin/firefox-esr", "/usr/bin/firefox"], "firefox-esr");
}

/** The browser that the environment names, or one at its usual place, or the one of Debian's package. */
async function find(variable, usual, name) {
  const given = process.env[variable];
  if (given) return existsSync(given) ? given : fail(`${variable} names ${given}, and there is no such file`);
  const found = () => usual.find((path) => existsSync(path));
  if (!found() && process.getuid?.() === 0 && ask("apt-get", ["--version"])) {
    await step(name, async () => {
      await run("apt-get", ["update"]);
      await run("apt-get", ["install", "-y", "--no-install-recommends", name]);
    });
  }
  return found() ?? fail(`the tests need ${name}: install that package, or set ${variable} to the browser's path`);
}

/** Runs the cases of a bundled script in a page and gives their outcomes. */
export async function runInBrowser(script, server) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_FLAGS,
    timeout: START_MS,
  });
  const site = await serve(script, server);
  try {
    const page = await browser.newPage();
    const told = heard(page);
    const loose = [];
    page.on("pageerror", (error) => loose.push({ name: "the page stays free of loose errors", error: error.stack }));
    // What the policy of the page refuses is a failure, too, however well the code copes with it.
    await page.addInitScript(() => {
      globalThis.refusals = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        globalThis.refusals.push({
          name: "the page stays within its policy",
          error: `${violatedDirective} ${blockedURI}`,
        }),
      );
    });
    await page.goto(site.url);
    const outcomes = await page.evaluate(() => globalThis.runSuites());
    if (!(await told())) throw new Error("the page's console was not heard");
    return [...outcomes, ...loose, ...(await page.evaluate(() => globalThis.refusals))];
  } finally {
    await browser.close();
    site.close();
  }
}

/** Keeps what a page writes to its console, for whoever looks for the key in it. Answers how to find out whether it does. */
function heard(page) {
  const lines = new Set();
  page.on("console", (message) => {
    lines.add(message.text());
    keep(message.text(), "the console of a page in Chromium");
  });
  return async () => {
    // biome-ignore lint/suspicious/noConsole: whether it is heard is the question.
    await page.evaluate(() => globalThis.console.debug("heard"));
    return lines.has("heard");
  };
}

/** Chromium with one origin, whose pages run a bundled script and share their data. */
export async function openPage(script) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_FLAGS,
    timeout: START_MS,
  });
  const context = await browser.newContext();
  const site = await serve(script, null);
  return {
    newPage: async () => {
      const page = await context.newPage();
      heard(page);
      await page.goto(site.url);
      return page;
    },
    close: async () => {
      await browser.close();
      site.close();
    },
  };
}

/**
 * Runs the cases of a bundled script in Firefox, which no protocol drives here: the page itself hands in the outcomes.
 */
export async function runInFirefox(script, server) {
  const profile = at("target/tests/firefox");
  rmSync(profile, { recursive: true, force: true });
  mkdirSync(profile, { recursive: true });
  let handIn;
  const handedIn = new Promise((resolve) => (handIn = resolve));
  const site = await serve(script, server, handIn);
  const args = ["--headless", "--no-remote", "--profile", profile, `${site.url}?hand-in`];
  // What the page writes to its console comes out of the process.
  writeFileSync(`${profile}/user.js`, `user_pref("devtools.console.stdout.content", true);\n`);
  const firefox = spawn(await findFirefox(), args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, HOME: profile },
  });
  let said = "";
  for (const output of [firefox.stdout, firefox.stderr]) output.on("data", (data) => (said += data));
  const gone = new Promise((_, reject) => {
    firefox.on("error", reject);
    firefox.on("exit", (code) => reject(new Error(`Firefox ended with code ${code} before the cases did`)));
  });
  try {
    return await Promise.race([handedIn, gone]);
  } finally {
    gone.catch(() => undefined);
    firefox.kill();
    keep(said, "Firefox");
    site.close();
  }
}

/** One page and its script, under the strictest policy that WebAssembly allows: nothing inline, nothing evaluated. */
function serve(script, server, handIn) {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "connect-src 'self' http://127.0.0.1:* http://localhost:*",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const page = `<!doctype html><meta charset="utf-8"><title>batchwise</title>
<script src="/server.js"></script><script type="module" src="/suites.js"></script>`;
  const scripts = {
    "/suites.js": () => readFileSync(at(script)),
    "/server.js": () => `globalThis.batchwiseServer = ${JSON.stringify(server ?? null)};`,
  };
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://page");
    if (scripts[pathname]) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(scripts[pathname]());
    } else if (pathname === "/") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(page);
    } else if (pathname === "/outcomes" && handIn) {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.writeHead(204).end();
      handIn(JSON.parse(body));
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
