// Ways to the API that people set up by themselves: a relay of their own, and the API itself.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRelay, type RelayOptions } from "batchwise/relay";
import type { Page } from "playwright-core";
import { serve } from "srvx/node";
import { serveEmulator } from "../../js/emulator/serve.js";
import { assert, test } from "../js/harness.js";
import { CANARY } from "../js/server.js";
import { inPage, kept, openFile, openSample, runAll, type Setting, step } from "./setting.js";

const TOKEN = "token-that-the-user-chose";
const ROWS = `id,text\n${Array.from({ length: 30 }, (_, n) => `r-${n},text ${n}`).join("\n")}\n`;

/** The page in demo mode, an API, and a relay at an address of its own that knows the page. */
async function withRelay(
  options: Partial<RelayOptions>,
  work: (setting: Setting, relay: string, headers: readonly string[]) => Promise<void>,
): Promise<void> {
  const api = await serveEmulator({ clock: 600, keys: [CANARY], requestsPerMinute: null });
  let handler: ((request: Request) => Promise<Response>) | undefined;
  const relay = serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => handler?.(request) ?? new Response(null, { status: 503 }),
    gracefulShutdown: false,
    silent: true,
  });
  await relay.ready();
  const address = new URL(relay.url ?? "").origin;
  try {
    await inPage(
      async (setting) => {
        const allowOrigins = [new URL(setting.url).origin];
        handler = createRelay({ apiKey: CANARY, baseURL: api.url, accessToken: TOKEN, allowOrigins, ...options });
        const seen: string[] = [];
        setting.context.on("request", async (request) => {
          seen.push(JSON.stringify(await request.allHeaders().catch(() => ({}))) + request.url());
        });
        await work(setting, address, seen);
        // Calls to the relay are what this is about.
        const others = setting.offences.filter((each) => !each.startsWith(`request: ${address}`));
        (setting.offences as string[]).splice(0, Number.POSITIVE_INFINITY, ...others);
      },
      { server: { connect: [address] } },
    );
  } finally {
    await relay.close(true);
    await api.close();
  }
}

async function connect(page: Page, address: string, token: string, key = ""): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Worker URL").fill(address);
  await page.getByLabel("Access token").fill(token);
  await page.getByLabel(/^API key, only/).fill(key);
  await page.getByRole("button", { name: "Connect" }).click();
}

test("a relay of one's own takes a run by its limit, and neither key nor token is kept over a reload", () =>
  withRelay({ maxBodyBytes: 3000 }, async ({ page, offences }, address, seen) => {
    await connect(page, address, "wrong");
    await page.getByRole("alert").getByText("access token").waitFor();
    (offences as string[]).length = 0;
    await connect(page, address, TOKEN);
    await page.getByTestId("connection").getByText("Worker").waitFor();
    await page.getByText(/parts have at most 3(?:\.0*)? kB/).waitFor();
    assert.equal(await page.getByText("Demo: no network").count(), 0);
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "rows.csv", ROWS);
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Estimate");
    await page.getByRole("heading", { name: /^In [2-9] parts/ }).waitFor();
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("Finished, all succeeded").waitFor({ timeout: 60_000 });
    for (const request of seen) assert.notInclude(request, CANARY);
    const all = await kept(page);
    assert.include(all, "Say {{text}}");
    assert.notInclude(all, TOKEN);
    assert.notInclude(all, CANARY);

    await page.reload();
    await page.getByText("Your runs are safe.").waitFor();
    await page.getByText("Finished, all succeeded").waitFor();
    await page.getByRole("link", { name: "Enter the access token" }).click();
    assert.equal(await page.getByLabel("Worker URL").inputValue(), address);
    await connect(page, address, TOKEN);
    await page.getByTestId("connection").getByText("Worker").waitFor();
  }));

test("a relay that holds no key wants one, passes it on, and no storage has it afterwards", () =>
  withRelay({ apiKey: null }, async ({ page }, address, seen) => {
    await connect(page, address, TOKEN);
    await page.getByRole("alert").getByText("holds no key").waitFor();
    await connect(page, address, TOKEN, CANARY);
    await page.getByTestId("connection").getByText("Worker").waitFor();
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "rows.csv", ROWS);
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("Finished, all succeeded").waitFor({ timeout: 60_000 });
    const withKey = seen.filter((request) => request.includes(CANARY));
    assert.isAbove(withKey.length, 1);
    for (const request of withKey) assert.include(request, `${address}/v1/`);
    assert.notInclude(await kept(page), CANARY);
  }));

/** An API that lists no batches, and answers preflights or does not. */
async function openApi(answersPreflight: boolean): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const cors = answersPreflight
      ? {
          "access-control-allow-origin": "*",
          "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
        }
      : {};
    if (request.method === "OPTIONS") return void response.writeHead(answersPreflight ? 204 : 405, cors).end();
    response.writeHead(200, { ...cors, "content-type": "application/json" });
    response.end('{"data":[],"has_more":false,"first_id":null,"last_id":null}');
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function ask(page: Page, address: string): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("API address").fill(address);
  await page.getByLabel("API key", { exact: true }).fill(CANARY);
  await page.getByRole("button", { name: "Ask the API" }).click();
}

test("the API is asked whether pages may call it when a button is pressed, and its refusal names the other ways", async () => {
  const { server, url } = await openApi(false);
  try {
    await inPage(
      async ({ page, offences }) => {
        await ask(page, url);
        await page.getByRole("alert").getByText("cors/blocked").waitFor();
        await page.getByRole("alert").getByText("batchwise ui").waitFor();
        await page.getByTestId("connection").getByText("Demo").waitFor();
        (offences as string[]).length = 0;
      },
      { server: { connect: [url] } },
    );
    await inPage(async ({ page, offences }) => {
      await ask(page, url);
      await page.getByRole("alert").getByText(`--connect ${url}`).waitFor();
      (offences as string[]).length = 0;
    });
  } finally {
    server.close();
  }
});

test("an API that answers preflights is called directly from then on", async () => {
  const { server, url } = await openApi(true);
  try {
    await inPage(
      async ({ page, offences }) => {
        await ask(page, url);
        await page.getByTestId("connection").getByText("Direct").waitFor();
        assert.notInclude(await kept(page), CANARY);
        const others = offences.filter((each) => !each.startsWith(`request: ${url}`));
        assert.deepEqual(others, []);
        (offences as string[]).length = 0;
      },
      { server: { connect: [url] } },
    );
  } finally {
    server.close();
  }
});

declare const batchwiseDemo: import("batchwise/emulator").Emulator;

test("a preflight has forty requests counted by the API, and the input is counted from then on", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Estimate");
    const input = page.locator(".estimate");
    await input.getByText("± 30 %").waitFor();
    await page.getByRole("button", { name: "Preflight" }).click();
    await input.getByText("counted on 40 rows").waitFor();
    assert.equal(await input.getByText("± 30 %").count(), 0);
  }));

test("what was sent is deleted at the provider when that is confirmed, and the results stay here", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await runAll(page);
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("button", { name: /^Delete at provider/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete 1 batch" }).click();
    await page.getByText("deleted at the provider").waitFor();
    assert.isTrue(await page.evaluate(() => batchwiseDemo.state.batches.every(({ deleted }) => deleted)));
    await page.getByRole("link", { name: "sample-reviews.csv" }).click();
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
  }));
