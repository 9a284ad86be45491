// Next.js: examples/nextjs as it stands, and beside its page and routes the short suite in a route of each runtime and in
// a component; built once, and started.
import { cpSync, rmSync, symlinkSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS, findChromium } from "../../js/build/browser.mjs";
import { at } from "../../js/build/tools.mjs";
import { inPage } from "./browsers.mjs";
import { home, LIMIT_MS, put, server, sh, smoke, started, tool, versionOf } from "./tools.mjs";

export const next = [
  { name: "Next.js", way: "route, nodejs", run: () => onRoute("node") },
  { name: "Next.js", way: "route, edge", run: () => onRoute("edge") },
  { name: "Next.js", way: "client component", run: inComponent },
  { name: "Next.js", way: "the example", suite: "itself", run: example },
];

const route = (runtime) => `import { run } from "../../smoke.js";
export const runtime = "${runtime}";
export const dynamic = "force-dynamic";
export async function GET(request) {
  globalThis.batchwiseServer = new URL(request.url).searchParams.get("server");
  return Response.json(await run());
}
`;

const FILES = {
  "next.config.js": `export default { turbopack: { root: ${JSON.stringify(at())} } };\n`,
  "app/suite/page.jsx": `"use client";
import { useEffect } from "react";
import { run } from "../../smoke.js";
export default function Suite() {
  useEffect(() => {
    globalThis.batchwiseServer = new URLSearchParams(location.search).get("server");
    globalThis.runSuites = run;
  }, []);
  return <p>ready</p>;
}
`,
  "app/node/route.js": route("nodejs"),
  "app/edge/route.js": route("edge"),
};

let building;

async function onRoute(path) {
  return served(async (origin) => {
    const response = await fetch(`${origin}/${path}?server=${encodeURIComponent(server())}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return { version: versionOf("next"), outcomes: await response.json() };
  });
}

async function inComponent() {
  return served(async (origin) => {
    const { itself, outcomes } = await inPage("Chromium", `${origin}/suite?server=${encodeURIComponent(server())}`);
    return { version: `${versionOf("next")}, Chromium ${itself}`, outcomes };
  });
}

/** The example's page, as its visitor uses it: the price while he types, then the answers. */
async function example() {
  return served(async (origin) => {
    const options = { executablePath: await findChromium(), args: CHROMIUM_FLAGS, timeout: LIMIT_MS };
    const browser = await chromium.launch(options);
    try {
      const tab = await browser.newPage();
      tab.setDefaultTimeout(LIMIT_MS);
      await tab.goto(origin);
      await tab.getByText("2 requests, at most $").waitFor();
      await tab.fill("textarea", "Loved it.\nBroke after a day.\nIt is a chair.");
      await tab.getByText("3 requests, at most $").waitFor();
      await tab.getByRole("button").click();
      await tab.getByText("review-3: succeeded").waitFor();
      const rows = await tab.locator("li").allTextContents();
      const error = rows.length === 3 && rows.every((row) => row.includes("succeeded")) ? null : rows.join("\n");
      return {
        version: versionOf("next"),
        outcomes: [{ name: "the page prices, sends, and shows the answers", error }],
      };
    } finally {
      await browser.close();
    }
  });
}

async function served(work) {
  building ??= built();
  const { folder, node, command, extraEnv } = await building;
  const args = [command, "start", "--port", "0", "--hostname", "127.0.0.1"];
  // Where the example finds the API.
  const keyed = { ...extraEnv, ANTHROPIC_API_KEY: "sk-ant-example", ANTHROPIC_BASE_URL: server() };
  const app = await started(node, args, /http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Ready/, { cwd: folder, extraEnv: keyed });
  try {
    return await work(`http://127.0.0.1:${app.found[1]}`);
  } catch (error) {
    throw new Error(`${error.stack}\n${app.log()}`);
  } finally {
    app.kill();
  }
}

/** Next is told nothing about the package. It finds React and itself where they are installed for the tests. */
async function built() {
  const folder = home("next");
  rmSync(folder, { recursive: true, force: true });
  cpSync(at("examples/nextjs"), folder, { recursive: true });
  for (const [path, text] of Object.entries(FILES)) put(`${folder}/${path}`, text);
  cpSync(await smoke("called"), `${folder}/smoke.js`);
  put(`${folder}/node_modules/.keep`, "");
  for (const name of ["next", "react", "react-dom"]) symlinkSync(tool(name), `${folder}/node_modules/${name}`);
  cpSync(home("node_modules/batchwise"), `${folder}/node_modules/batchwise`, { recursive: true });
  const extraEnv = { NEXT_TELEMETRY_DISABLED: "1", CI: "1", HOME: home("next-home"), NODE_ENV: "production" };
  const node = tool("node24/bin/node");
  const command = tool("next/dist/bin/next");
  await sh(node, [command, "build"], { cwd: folder, extraEnv });
  return { folder, node, command, extraEnv };
}
