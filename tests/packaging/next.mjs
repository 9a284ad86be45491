// Next.js: one program, built and started; the short suite in a route of each runtime and in a component on a page.
import { cpSync, rmSync, symlinkSync } from "node:fs";
import { at } from "../../js/build/tools.mjs";
import { inPage } from "./browsers.mjs";
import { home, put, server, sh, smoke, started, tool, versionOf } from "./tools.mjs";

export const next = [
  { name: "Next.js", way: "route, nodejs", run: () => onRoute("node") },
  { name: "Next.js", way: "route, edge", run: () => onRoute("edge") },
  { name: "Next.js", way: "client component", run: inComponent },
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
  "package.json": '{ "private": true, "type": "module" }',
  "next.config.js": `export default { turbopack: { root: ${JSON.stringify(at())} } };\n`,
  "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>;\n",
  "app/page.jsx": 'import { Suite } from "./suite.jsx";\nexport default () => <Suite />;\n',
  "app/suite.jsx": `"use client";
import { useEffect } from "react";
import { run } from "../smoke.js";
export function Suite() {
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
    const { itself, outcomes } = await inPage("Chromium", `${origin}/?server=${encodeURIComponent(server())}`);
    return { version: `${versionOf("next")}, Chromium ${itself}`, outcomes };
  });
}

async function served(work) {
  building ??= built();
  const { folder, node, command, extraEnv } = await building;
  const args = [command, "start", "--port", "0", "--hostname", "127.0.0.1"];
  const app = await started(node, args, /http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Ready/, { cwd: folder, extraEnv });
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
