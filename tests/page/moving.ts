// A run that leaves its browser: one file takes it along, and the rows are brought again.
import { readFileSync } from "node:fs";
import { createRelay } from "batchwise/relay";
import type { Browser, Page } from "playwright-core";
import { withSession } from "../../js/cli/page/session.js";
import { serveEmulator } from "../../js/emulator/serve.js";
import { assert, test } from "../js/harness.js";
import { CANARY } from "../js/server.js";
import { downloaded, inPage, openFile, pass, step } from "./setting.js";

const TOKEN = "token-of-the-opened-address";
const ROWS = `id,text\n${Array.from({ length: 24 }, (_, n) => `r-${n},text ${Math.floor(n / 2)}`).join("\n")}\n`;

/** The page beside a relay and an API that goes on when a browser is closed. */
async function beside(
  rates: Parameters<typeof serveEmulator>[0] & object,
  work: (page: Page, url: string, commits: () => number) => Promise<void>,
): Promise<void> {
  const api = await serveEmulator({ clock: 600, keys: [CANARY], requestsPerMinute: null, ...rates });
  const relay = createRelay({
    apiKey: CANARY,
    baseURL: api.url,
    accessToken: TOKEN,
    allowHosts: [],
    maxBodyBytes: 2000,
  });
  try {
    await inPage(({ page, url }) => work(page, url, () => api.emulator.state.commits), {
      query: `#token=${TOKEN}`,
      server: { relay: withSession(relay, TOKEN) },
    });
  } finally {
    await api.close();
  }
}

/** Opens the rows, duplicates merged, and sends them all. */
async function sendRows(page: Page): Promise<void> {
  await page.getByTestId("connection").getByText("Local").waitFor();
  await openFile(page, "rows.csv", ROWS);
  await step(page, "Prompt");
  await page.getByLabel("User prompt").fill("Say {{text}}");
  await step(page, "Check");
  await page.getByRole("button", { name: "Send once" }).click();
  await page.getByText("12 duplicates").first().waitFor();
  await step(page, "Estimate");
  await page.getByRole("button", { name: /^Send all/ }).click();
  await page.getByTestId("part").first().waitFor();
}

async function runFile(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Run file" }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}

/** The same page in a browser that has never seen it. */
async function elsewhere(browser: Browser | null, url: string): Promise<Page> {
  const context = await (browser as Browser).newContext({ acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${url}#token=${TOKEN}`);
  await page.getByTestId("connection").getByText("Local").waitFor();
  return page;
}

test("a run file and the rows bring a finished run into another browser, with every answer, and pay for nothing", () =>
  beside({ rates: { apiError: 0.2, truncated: 0.2 } }, async (page, url, commits) => {
    await sendRows(page);
    await page.getByText("Finished").first().waitFor({ timeout: 60_000 });
    const file = await runFile(page);
    for (const secret of ["text 3", CANARY, TOKEN]) assert.notInclude(file, secret);
    await step(page, "Results");
    await page.getByText("24 matching rows (24 total)").waitFor();
    const before = await downloaded(page, "Download merged JSONL");
    const paid = commits();

    const other = await elsewhere(page.context().browser(), url);
    await openFile(other, "rows.run.json", file);
    await other.getByRole("heading", { level: 1, name: "Bring rows.csv again" }).waitFor();
    await openFile(other, "rows.csv", ROWS.replace("text 3", "text 4"));
    await other.getByRole("alert").getByText("differs from the one the run was made from").waitFor();
    await openFile(other, "rows.csv", ROWS);
    await other.getByText("Finished").first().waitFor();
    await step(other, "Results");
    await other.getByText("24 matching rows (24 total)").waitFor();
    assert.equal(await downloaded(other, "Download merged JSONL"), before);
    assert.equal(commits(), paid);
  }));

test("a run file takes a run along in the middle, and the other browser goes on with it where it was", () =>
  beside({}, async (page, url, commits) => {
    await sendRows(page);
    await page.getByTestId("part").getByText("processing").first().waitFor();
    const file = await runFile(page);
    const browser = page.context().browser();
    await page.goto("about:blank");
    const other = await elsewhere(browser, url);
    await openFile(other, "rows.run.json", file);
    await other.getByRole("heading", { level: 1, name: "Bring rows.csv again" }).waitFor();
    await openFile(other, "rows.csv", ROWS);
    await other.getByText("Finished, all succeeded").waitFor({ timeout: 60_000 });
    const parts = await other.getByTestId("part").count();
    assert.equal(commits(), parts);
    await step(other, "Results");
    await other.getByText("24 matching rows (24 total)").waitFor();
    await other.reload();
    await other.getByText("24 matching rows (24 total)").waitFor();
  }));

test("a run file that is damaged is refused, and one of a run that is here opens it", () =>
  inPage(async ({ page }) => {
    await openFile(page, "bad.run.json", '{"format":"batchwise-run","version":1,"run":{"id":"../x"}}');
    await page.getByRole("alert").getByText("bad.run.json is a damaged run file").waitFor();
    await openFile(page, "new.run.json", '{"format":"batchwise-run","version":9}');
    await page.getByRole("alert").getByText("was written by a newer version").waitFor();
    await openFile(page, "rows.csv", ROWS);
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    await pass(page, 120);
    await page.getByText("Finished, all succeeded").waitFor();
    const file = await runFile(page);
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "rows.run.json", file);
    await page.getByText("Finished, all succeeded").waitFor();
    await step(page, "Results");
    await page.getByText("24 matching rows (24 total)").waitFor();
  }));
