// The commands that open the page, as they are installed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { assert, test } from "../js/harness.js";
import { CANARY } from "../js/server.js";

const CLI = "target/tests/node_modules/batchwise/js/dist/cli.js";

/** Starts a command and gives its address. */
async function started(args: string[], env: Record<string, string> = {}): Promise<{ url: URL; child: ChildProcess }> {
  const child = spawn(process.execPath, [CLI, ...args, "--no-open", "--port", "0"], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [data] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const address = /^page +(http:\S+)\n/.exec(data.toString())?.[1];
  assert.isString(address, data.toString());
  return { url: new URL(address ?? ""), child };
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  assert.equal(code, 0);
}

test("demo serves the page of the installed package with its policy, its engine, and nothing else of the disk", async () => {
  const { url, child } = await started(["demo"]);
  try {
    const page = await fetch(url);
    assert.include(page.headers.get("content-security-policy"), "default-src 'none'");
    assert.include(await page.text(), 'content="demo"');
    const wasm = await fetch(new URL("pkg/wasm/batchwise_bg.wasm", url));
    assert.equal(wasm.headers.get("content-type"), "application/wasm");
    for (const path of [
      "pkg/../../package.json",
      "pkg/%2e%2e/%2e%2e/package.json",
      "../package.json",
      "pkg/cli.licenses.txt",
      "v1/models",
    ]) {
      assert.equal((await fetch(`${url.href}${path}`)).status, 404, path);
    }
  } finally {
    await stopped(child);
  }
});

test("ui opens an address with a token, answers its holder alone, and prints no key", async () => {
  const { url, child } = await started(["ui"], { ANTHROPIC_API_KEY: CANARY });
  try {
    assert.notInclude(url.href, CANARY);
    const token = url.hash.replace("#token=", "");
    const hello = new URL("_batchwise/hello", url.origin);
    assert.equal((await fetch(hello)).status, 401);
    const session = await fetch(new URL("_batchwise/session", url.origin), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    const cookie = session.headers.get("set-cookie") ?? "";
    for (const rule of ["HttpOnly", "SameSite=Strict"]) assert.include(cookie, rule);
    const answer = await fetch(hello, { headers: { cookie: cookie.split(";")[0] ?? "" } });
    assert.deepInclude(await answer.json(), { name: "batchwise", key: "present" });
  } finally {
    await stopped(child);
  }
});
