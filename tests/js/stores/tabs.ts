// Tabs that share a store: one after the other, both at once, crashed, killed with the whole browser, out of room.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { assert, test } from "../harness.js";
import type { TabTools } from "./tab-page.js";

declare const tools: TabTools;

const { CHROMIUM = "", CHROMIUM_FLAGS = "[]", BATCHWISE_TEST_PAGE = "", BATCHWISE_TEST_FOLDER = "" } = process.env;

/** A browser whose data outlive it, and a site for its tabs. */
interface Setting {
  readonly context: BrowserContext;
  tab(path?: string): Promise<Page>;
  /** Kills the browser as a power cut would, and starts it anew on what it left. */
  restart(): Promise<void>;
}

async function inBrowser(name: string, work: (setting: Setting) => Promise<void>): Promise<void> {
  const site = await serve();
  const profile = `${BATCHWISE_TEST_FOLDER}/${name}`;
  const args = JSON.parse(CHROMIUM_FLAGS) as string[];
  const launch = () => chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args });
  let context = await launch();
  const setting: Setting = {
    get context() {
      return context;
    },
    async tab(path = "/") {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`);
      await page.waitForFunction(() => "tools" in globalThis);
      return page;
    },
    async restart() {
      const closed = new Promise((resolve) => context.once("close", resolve));
      const cdp = await context.browser()?.newBrowserCDPSession();
      cdp?.send("Browser.crash").catch(() => undefined);
      await closed;
      context = await launch();
    },
  };
  try {
    await work(setting);
  } finally {
    await context.close();
    site.close();
  }
}

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? readFileSync(BATCHWISE_TEST_PAGE) : '<script type="module" src="/page.js"></script>');
  });
  return new Promise((resolve) => void server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Takes a job's lock in a tab: says how that went. The tab keeps what it got. */
function take(page: Page, jobId: string): Promise<string> {
  return page.evaluate(async (id) => {
    try {
      const store = tools.batchwise.indexedDbStore("jobs");
      const release = await tools.lockJob(store, id);
      Object.assign(globalThis, { release });
      return release ? "held" : "no lock";
    } catch (error) {
      const { name, code, message } = error as Error & { code: string };
      return `${name} ${code} ${message}`;
    }
  }, jobId);
}

async function crash(context: BrowserContext, page: Page): Promise<void> {
  const cdp = await context.newCDPSession(page);
  const crashed = new Promise((resolve) => page.once("crash", resolve));
  void cdp.send("Page.crash").catch(() => undefined);
  await crashed;
}

test("tabs: the second tab is refused at once, and told which one holds the job", () =>
  inBrowser("refused", async ({ tab }) => {
    const [first, second] = [await tab("/jobs?secret=1#secret"), await tab("/other")];
    assert.equal(await take(first, "job"), "held");
    const refusal = await take(second, "job");
    assert.match(refusal, /^StoreConflictError store\/conflict the job job is driven by the tab at \/jobs since 20/);
    assert.notInclude(refusal, "secret");
    assert.match(await take(first, "job"), /^StoreConflictError/, "a tab refuses itself, too");
    assert.equal(await take(second, "another job"), "held");
  }));

test("tabs: a job is free as soon as its tab lets go, is closed, reloaded, or has crashed", () =>
  inBrowser("freed", async ({ tab, context }) => {
    const second = await tab("/second");
    const freed = async (end: (first: Page) => Promise<unknown>, path: string): Promise<void> => {
      const first = await tab(path);
      assert.equal(await take(first, path), "held");
      assert.match(await take(second, path), /^StoreConflictError/);
      await end(first);
      let answer = "";
      const began = performance.now();
      while (answer !== "held" && performance.now() - began < 5_000) answer = await take(second, path);
      assert.equal(answer, "held", `${path} after ${performance.now() - began} ms`);
    };
    await freed((first) => first.evaluate(() => (globalThis as unknown as { release(): void }).release()), "/release");
    await freed((first) => first.close(), "/close");
    await freed((first) => first.reload(), "/reload");
    await freed((first) => crash(context, first), "/crash");
  }));

/** Begins a job in a tab, or takes it up: says how that went. Where `waits`, it stays at its first wait for ever. */
function drive(page: Page, verb: "submit" | "resume", waits: boolean): Promise<string> {
  return page.evaluate(
    async ([verb, waits, baseURL]) => {
      const { Batchwise, indexedDbStore } = tools.batchwise;
      const client = new Batchwise({ apiKey: "any", baseURL, dangerouslyAllowBrowser: true });
      const params = {
        model: "claude-haiku-5-5",
        max_tokens: 8,
        messages: [{ role: "user" as const, content: "Hello" }],
      };
      const source = ["a", "b", "c"].map((custom_id) => ({ custom_id, params }));
      let skipped = 0;
      const options = {
        store: indexedDbStore("driven"),
        source,
        now: () => Date.now() + skipped,
        sleep: async (ms: number) => {
          if (waits) await new Promise(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 10));
          skipped += ms;
        },
      };
      try {
        const jobId = "driven";
        const job = await (verb === "submit"
          ? client.submit(source, { ...options, jobId })
          : client.resume(jobId, options));
        if (waits) {
          job.done().catch(() => undefined);
          while (job.progress.parts[0]?.state !== "processing") await new Promise((resolve) => setTimeout(resolve, 10));
          return "processing";
        }
        const rows = [];
        for await (const row of job) rows.push(row.custom_id);
        const { outcomes, batches } = await job.done();
        return `${rows.sort()} ${outcomes.succeeded} of ${batches.length} batch`;
      } catch (error) {
        const { name, message } = error as Error;
        return `${name} ${message}`;
      }
    },
    [verb, waits, process.env["BATCHWISE_TEST_SERVER"] ?? ""] as const,
  );
}

test("tabs: a second tab cannot drive the job of the first, and goes on with it the moment that one has crashed", () =>
  inBrowser("driven", async ({ tab, context }) => {
    const [first, second] = [await tab("/first"), await tab("/second")];
    assert.equal(await drive(first, "submit", true), "processing");
    assert.match(
      await drive(second, "resume", false),
      /^StoreConflictError the job driven is driven by the tab at \/first/,
    );
    assert.match(
      await drive(second, "submit", false),
      /^StoreConflictError the job driven is driven by the tab at \/first/,
    );
    await crash(context, first);
    const began = performance.now();
    assert.equal(await drive(second, "resume", false), "a,b,c 3 of 1 batch");
    assert.isBelow(performance.now() - began, 30_000, "it waited for the lease");
    assert.match(await drive(second, "resume", false), / 3 of 1 batch$/, "the lock was not given back");
  }));

test("tabs: what was written is there after a reload, in another tab, and after the browser was killed", () =>
  inBrowser("lasting", async (setting) => {
    const write = (page: Page, value: string): Promise<unknown> =>
      page.evaluate((text) => tools.batchwise.indexedDbStore("kept").setItem("key", text), value);
    const read = (page: Page): Promise<unknown> =>
      page.evaluate(() => tools.batchwise.indexedDbStore("kept").getItem("key"));
    const first = await setting.tab();
    await write(first, "one");
    await first.reload();
    await first.waitForFunction(() => "tools" in globalThis);
    assert.equal(await read(first), "one");
    assert.equal(await read(await setting.tab()), "one");
    await write(first, "two");
    await setting.restart();
    assert.equal(await read(await setting.tab()), "two");
  }));

test("tabs: a site without room is told so, and the value before stays", () =>
  inBrowser("quota", async ({ tab, context }) => {
    const page = await tab();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize: 1_000_000 });
    const told = await page.evaluate(async () => {
      const store = tools.batchwise.indexedDbStore("full");
      await store.setItem("key", "before");
      for (let index = 0; index < 200; index += 1) {
        const write = Promise.resolve(store.setItem(`key${index}`, "x".repeat(60_000))).then(() => null);
        const failure = await write.catch(({ code, message, cause }) => `${code} ${message} ${cause?.name}`);
        if (failure) return `${await store.getItem("key")} ${await store.getItem(`key${index}`)} ${failure}`;
      }
      return "there is always room";
    });
    assert.match(told, /^before null store\/failed this site has no room left .* QuotaExceededError$/);
  }));

test("tabs: a hundred swaps from four tabs lose no update", () =>
  inBrowser("swaps", async ({ tab }) => {
    const pages = await Promise.all([tab(), tab(), tab(), tab()]);
    const add = (page: Page): Promise<void> =>
      page.evaluate(async () => {
        const store = tools.batchwise.indexedDbStore("counted");
        for (let added = 0; added < 25; ) {
          const held = (await store.getItem("count")) as string | null;
          if (await store.compareAndSwap("count", held, String(Number(held ?? 0) + 1))) added += 1;
        }
      });
    await Promise.all(pages.map(add));
    const count = pages[0]?.evaluate(() => tools.batchwise.indexedDbStore("counted").getItem("count"));
    assert.equal(await count, "100");
  }));
