// The core of the tour in stock Firefox: a table, a prompt, its problems, a pilot, the rest, results, a download.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { servePage } from "../../js/cli/page/server.js";
import { assert, test } from "../js/harness.js";
import { Firefox, KEYS } from "./firefox.js";

const MINUTE_MS = 60_000;

async function inFirefox(work: (browser: Firefox, url: string) => Promise<void>, isPrivate = false): Promise<void> {
  const site = await servePage({ port: 0 });
  const browser = await Firefox.start(isPrivate);
  try {
    await browser.goto(`${site.url}?seed=7&clock=manual`);
    await work(browser, site.url);
    const others = browser.asked.filter((url) => !url.startsWith(site.url) && /^https?:/.test(url));
    assert.deepEqual([...browser.errors, ...others], []);
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Lets time pass in the demo. */
function pass(browser: Firefox, minutes: number): Promise<unknown> {
  return browser.evaluate(`batchwiseDemo.clock.advance(${minutes * MINUTE_MS})`);
}

/** Lets time pass until the run is over: on a busy machine the job may need more of it than the batch. */
async function finish(browser: Firefox): Promise<void> {
  for (let hours = 0; hours < 30; hours += 2) {
    await pass(browser, 120);
    const said = await browser.evaluate<string>(`document.querySelector("[data-testid=summary]").innerText`);
    if (said.startsWith("Finished")) break;
  }
  await browser.see("Finished, all succeeded");
}

test("in Firefox the sample goes the whole way with real clicks and keys, over a reload, to a download", () =>
  inFirefox(async (browser) => {
    await browser.click("button", "Try with sample data");
    await browser.see("200 rows · 6 columns");
    await browser.see("Demo: no network");
    await browser.click(".steps a", "Prompt");
    await browser.see("Rendered request");
    await browser.click("label", "User prompt");
    await browser.control("a");
    await browser.type("Classify {{rev");
    await browser.see("review", "[role=listbox]:not([hidden])");
    await browser.type(KEYS.ArrowDown + KEYS.Enter);
    await browser.see("Classify Good, but late", "[data-testid=preview]");
    assert.equal(await browser.evaluate(`document.querySelector("#prompt").value`), "Classify {{review}}");
    await browser.click(".steps a", "Estimate");
    await browser.click("button", "Send pilot");
    await browser.see("reports nothing inside a batch");
    await pass(browser, 20);
    await browser.see("The pilot has ended");
    await browser.reload();
    await browser.see("The pilot has ended");
    await browser.click("button", "Send remaining");
    await browser.see("processing", "[data-testid=part]:nth-child(2)");
    await finish(browser);
    const truth = await browser.evaluate(
      "({ commits: batchwiseDemo.state.commits, creates: batchwiseDemo.state.calls.create })",
    );
    assert.deepEqual(truth, { commits: 2, creates: 2 });

    await browser.click(".steps a", "Results");
    await browser.see("200 matching rows (200 total)");
    const total = Number(
      await browser.evaluate(
        `[...document.querySelectorAll(".facet-value")].find((one) => one.innerText.startsWith("positive")).querySelector(".facet-count").innerText`,
      ),
    );
    await browser.click(".facet-value", "positive");
    await browser.see(`${total} matching rows (200 total)`);
    assert.include(await browser.evaluate<string>("location.hash"), "label=positive");
    await browser.reload();
    await browser.see(`${total} matching rows (200 total)`);
    await browser.click("button", "Download");
    await browser.click("button", "Download merged JSONL");
    const text = await saved(browser.downloads);
    const lines = text.trimEnd().split("\n");
    assert.lengthOf(lines, 200);
    assert.equal((JSON.parse(lines[6] ?? "") as { custom_id: string }).custom_id, "r-7");
  }));

test("in Firefox pasted rows are checked, and their problems go away with one button", () =>
  inFirefox(async (browser) => {
    await browser.click("button", "Paste");
    await browser.click("label", "Rows, the first one");
    await browser.type("id,review\na,good\nb,\nc,fine");
    await browser.click("button", "Use these rows");
    await browser.see("3 rows · 2 columns");
    await browser.click(".steps a", "Prompt");
    await browser.click("label", "User prompt");
    await browser.type(`Rate {{review}}${KEYS.Escape}`);
    await browser.click(".steps a", "Check");
    await browser.see("template/empty");
    await browser.see("1 matching row (3 total)");
    await browser.click("button", "Skip rows");
    await browser.see("No problems in 3 rows");
  }));

test("in a private window of Firefox, which keeps nothing, a run goes to its results and the page says what is at stake", () =>
  inFirefox(async (browser) => {
    await browser.see("runs will not survive closing this tab");
    await browser.click("button", "Try with sample data");
    await browser.see("200 rows · 6 columns");
    await browser.click(".steps a", "Estimate");
    await browser.click("button", "Send all");
    await browser.see("reports nothing inside a batch");
    await finish(browser);
    await browser.click(".steps a", "Results");
    await browser.see("200 matching rows (200 total)");
    await browser.click("button", "Download");
    await browser.click("button", "Download run file");
    assert.include(await saved(browser.downloads), '"format":"batchwise-run"');
  }, true));

/** What was downloaded, once it is whole. */
async function saved(folder: string): Promise<string> {
  const { watch } = await import("node:fs/promises");
  const whole = (): string | undefined => {
    const names = readdirSync(folder);
    const [name] = names.filter((each) => !each.endsWith(".part"));
    const text = name && names.length === 1 ? readFileSync(join(folder, name), "utf8") : "";
    return text === "" ? undefined : text;
  };
  const changes = watch(folder, { signal: AbortSignal.timeout(15_000) });
  for (let text = whole(); ; text = whole()) {
    if (text !== undefined) return text;
    await changes[Symbol.asyncIterator]().next();
  }
}
