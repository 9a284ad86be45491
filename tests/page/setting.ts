// What the page's cases share: the page as it is served, in a browser of its own, with the demo's clock in our hands.
import { readFileSync } from "node:fs";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type PageOptions, servePage } from "../../js/cli/page/server.js";
import { assert } from "../js/harness.js";

const { CHROMIUM = "", CHROMIUM_FLAGS = "[]" } = process.env;

/** The demo, as a case finds it in the page. */
declare const batchwiseDemo: import("batchwise/emulator").Emulator;

/** A page that is open, and what it has done that it must not. */
export interface Setting {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** Requests to elsewhere, errors, refusals of the policy. */
  readonly offences: readonly string[];
}

/** How the page is opened, and what serves it. */
export interface PageTerms extends BrowserContextOptions {
  readonly query?: string;
  readonly server?: Partial<PageOptions>;
}

const MINUTE_MS = 60_000;

/** Opens the page, lets `work` use it, and fails where the page did what it must not. */
export async function inPage(
  work: (setting: Setting) => Promise<void>,
  { query = "?seed=7&clock=manual", server, ...options }: PageTerms = {},
): Promise<void> {
  const site = await servePage({ port: 0, ...server });
  const args = JSON.parse(CHROMIUM_FLAGS) as string[];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    const offences: string[] = [];
    watch(context, site.url, offences);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(site.url + query);
    await work({ page, context, url: site.url, offences });
    assert.deepEqual(offences, []);
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Notes what a page must not do. */
function watch(context: BrowserContext, home: string, offences: string[]): void {
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith("data:") && !url.startsWith("blob:")) offences.push(`request: ${url}`);
  });
  context.on("weberror", (error) => offences.push(`error: ${error.error().stack}`));
  context.on("console", (message) => {
    if (message.type() === "error") offences.push(`console: ${message.text()}`);
  });
}

/** Opens the sample. */
export async function openSample(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Try with sample data" }).click();
  await page.getByText("200 rows · 6 columns").waitFor();
}

/** Drops a file on the page. */
export async function openFile(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer });
}

/** Goes to a step by its link. */
export async function step(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Steps" }).getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Lets so many minutes pass in the demo. */
export function pass(page: Page, minutes: number): Promise<void> {
  return page.evaluate((ms) => batchwiseDemo.clock.advance(ms), minutes * MINUTE_MS);
}

/** Sends all rows and lets time pass until the run is over. */
export async function runAll(page: Page): Promise<void> {
  await step(page, "Estimate");
  await page.getByRole("button", { name: /^Send all/ }).click();
  await page.getByTestId("part").first().waitFor();
  for (let hours = 0; hours < 30; hours += 2) {
    await pass(page, 120);
    if (/^Finished/.test((await page.getByTestId("summary").textContent()) ?? "")) return;
  }
  throw new Error(`the run did not end: ${await page.getByTestId("summary").textContent()}`);
}

/** What a click has downloaded, as text. */
export async function downloaded(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}

/** What the emulator knows, for comparison with what the page says. */
export function truth(page: Page): Promise<{ batches: number; commits: number; creates: number }> {
  return page.evaluate(() => {
    const { batches, commits, calls } = batchwiseDemo.state;
    return { batches: batches.length, commits, creates: calls.create };
  });
}

/** Everything that this origin keeps, as one text. */
export function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const parts: string[] = [
      document.cookie,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      location.href,
    ];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
      });
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => (all.onsuccess = resolve));
        parts.push(JSON.stringify(all.result));
      }
      database.close();
    }
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
        if (handle.kind === "directory") await walk(handle as FileSystemDirectoryHandle);
        else parts.push(await (await (handle as FileSystemFileHandle).getFile()).text());
      }
    };
    await walk(await navigator.storage.getDirectory());
    return parts.join("\n");
  });
}
