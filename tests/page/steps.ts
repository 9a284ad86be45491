// Single steps of the tour that no other test goes: what is said of parameters, schemas, searches and problems.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { downloaded, inPage, openFile, openSample, runAll, step } from "./setting.js";

test("a parameter that the model refuses is named with its reason, and goes away with one button", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    await page.getByLabel("Model").fill("claude-opus-4-7");
    await page.getByLabel("Model").blur();
    await page.getByLabel("Extra parameters").fill('{"temperature": 0.2}');
    const note = page.locator(".note.wrong", { hasText: "temperature" });
    await note.getByText("params/not-accepted").waitFor();
    await note.getByRole("button", { name: "Remove" }).click();
    await note.waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("Extra parameters").inputValue(), "");
    await page.getByLabel("Extra parameters").fill('{"temperature": }');
    await page
      .getByRole("alert")
      .getByText(/^Extra parameters:/)
      .waitFor();
  }));

test("a schema goes into the body, and a type that there is not is named by its path", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    await page.getByLabel("Output", { exact: true }).selectOption("json");
    await page.getByRole("button", { name: "JSON body" }).click();
    await page.getByLabel("JSON body").getByText('"json_schema"').waitFor();
    await page.getByLabel("JSON body").getByText('"neutral"').waitFor();
    await page
      .getByLabel("Schema")
      .fill('{"type": "object", "properties": {"label": {"type": "strnig"}}, "additionalProperties": false}');
    await page.locator(".note.wrong", { hasText: "schema/" }).first().waitFor();
    await step(page, "Check");
    await page
      .getByRole("button", { name: /schema\// })
      .first()
      .waitFor();
  }));

test("rows with problems are downloaded with the problem beside them", () =>
  inPage(async ({ page }) => {
    await openFile(page, "rows.csv", "id,text\na,one\nb,\nc,three\nd,\n");
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Check");
    await page.getByText("2 matching rows (4 total)").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download rows with problems" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split(/\r?\n/);
    assert.lengthOf(lines, 3);
    assert.match(lines[1] ?? "", /"?2"?,"?b"?,.*template\/empty/);
    assert.match(lines[2] ?? "", /"?4"?,"?d"?,.*template\/empty/);
  }));

test("a search marks what it finds, takes regular expressions and fields, and names a wrong one", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await runAll(page);
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const search = page.getByRole("searchbox");
    await search.fill("in:refund");
    await page.locator("bw-grid mark", { hasText: "refund" }).first().waitFor();
    const plain = await matching(page);
    assert.isAbove(plain, 0);
    assert.isBelow(plain, 200);
    await search.fill("/ref(und)?\\b/");
    await page.waitForFunction(
      (n) => document.querySelector("[data-testid=matching]")?.textContent?.startsWith(`${n} `),
      plain,
    );
    await search.fill("out:refund");
    await page.getByText("Filter matches nothing").waitFor();
    await search.fill("/ref(/");
    await page.getByText("this is no regular expression").waitFor();
  }));

test("raw results open again without the table they were made from, with the same counts", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await page.getByRole("button", { name: "Emulator" }).click();
    await page.getByLabel("Truncated %").fill("20");
    await page.getByLabel("Truncated %").blur();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await runAll(page);
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const facets = (): Promise<string[]> => page.locator(".facets > .facet .facet-value").allTextContents();
    const before = await facets();
    const raw = await downloaded(page, "Download raw results");
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "elsewhere.jsonl", raw);
    await page.getByText("200 matching rows (200 total)").waitFor();
    assert.deepEqual(await facets(), before);
  }));

test("what is typed while the page still passes on what was typed before is not lost", () =>
  inPage(async ({ context, url }) => {
    const page = await context.newPage();
    // The worker hears of changes when it is let.
    await page.addInitScript(() => {
      const post = Worker.prototype.postMessage;
      const held: (() => void)[] = [];
      let isHolding = false;
      Worker.prototype.postMessage = function (this: Worker, message: { call?: string }, ...rest: never[]) {
        const send = (): void => Reflect.apply(post, this, [message, ...rest]);
        if (isHolding && message.call === "change") held.push(send);
        else send();
      };
      const hold = (): boolean => (isHolding = true);
      const release = (): void => {
        isHolding = false;
        for (const send of held.splice(0)) send();
      };
      Object.assign(globalThis, { held, hold, release });
    });
    await page.goto(`${url}?clock=manual`);
    await openSample(page);
    await step(page, "Prompt");
    await page.getByTestId("preview").waitFor();
    await page.evaluate(() => hold());
    await page.getByLabel("User prompt").fill("First {{review}}");
    await page.waitForFunction(() => held.length > 0);
    await page.getByLabel("User prompt").fill("Second {{review}}");
    await page.evaluate(() => release());
    await page.getByTestId("preview").getByText("Second Good, but late").waitFor();
    await step(page, "Check");
    await page.getByText("No problems in 200 rows").waitFor();
    await step(page, "Prompt");
    assert.equal(await page.getByLabel("User prompt").inputValue(), "Second {{review}}");
    await page.reload();
    await page.getByTestId("preview").getByText("Second Good, but late").waitFor();
  }));

declare const held: readonly unknown[];
declare function hold(): boolean;
declare function release(): void;
declare const batchwiseDemo: import("batchwise/emulator").Emulator;

async function matching(page: Page): Promise<number> {
  return Number.parseInt((await page.getByTestId("matching").textContent()) ?? "", 10);
}

test("the first screen is there before the engine is asked for, in at most 60 kB", async () => {
  const loaded: { readonly path: string; readonly bytes: Promise<number> }[] = [];
  await inPage(async ({ context, url }) => {
    const page = await context.newPage();
    page.on("response", (response) => {
      const bytes = response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize);
      loaded.push({ path: new URL(response.url()).pathname, bytes });
    });
    await page.goto(url);
    await page.getByRole("heading", { level: 1, name: "Run many prompts over a table" }).waitFor();
    await page.waitForFunction(() => "batchwiseDemo" in globalThis);
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
    const asked = await page.evaluate(
      () => performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/worker.js"))?.startTime ?? 0,
    );
    assert.isAbove(asked, paint, "the worker, and with it the engine, waits for the first paint");
  });
  const isFirst = (path: string): boolean => ["/", "/app.css", "/app.js"].includes(path);
  const sizes = await Promise.all(loaded.filter(({ path }) => isFirst(path)).map(({ bytes }) => bytes));
  assert.lengthOf(sizes, 3, loaded.map(({ path }) => path).join());
  assert.isAtMost(
    sizes.reduce((sum, size) => sum + size, 0),
    60_000,
  );
});

test("a dropped file is read as it was meant: names in quotes, cells of several lines, letters of all kinds", () =>
  inPage(async ({ page }) => {
    const csv = `id,"review, in\nthe words",ok\n1,"süß 🦊, ""good""\nsecond line",y\n2,plain,n\n`;
    await page.getByRole("button", { name: "Try with sample data" }).waitFor();
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "reviews.csv", { type: "text/csv" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }, csv);
    await page.getByRole("heading", { name: "reviews.csv" }).waitFor();
    await page.getByText("2 rows · 3 columns").waitFor();
    await page.getByRole("columnheader", { name: "review, in the words" }).waitFor();
    await page.getByRole("gridcell", { name: 'süß 🦊, "good" second line' }).waitFor();
  }));

test("keys that may not be sent stand as tooltips over the ids that are sent in their stead", () =>
  inPage(async ({ page }) => {
    await openFile(page, "keys.csv", "id,text\nA 17,one\nb,two\nb,three\nd,four\n");
    await page.getByLabel("Row key").selectOption("id");
    await page.getByText("2 duplicate keys, 1 not allowed").waitFor();
    await page.getByRole("button", { name: "Make valid IDs" }).click();
    await page.getByText("All keys valid").waitFor();
    await page.getByRole("columnheader", { name: "Sent as" }).waitFor();
    const cell = page.getByTitle("id: A 17");
    assert.equal(await cell.textContent(), "row-1");
    assert.equal(await page.getByTitle("id: d").textContent(), "row-4");
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await runAll(page);
    const sent = await page.evaluate(() => [...batchwiseDemo.state.requests().keys()].sort());
    assert.deepEqual(sent, ["row-1", "row-2", "row-3", "row-4"]);
    await step(page, "Results");
    const lines = (await downloaded(page, "Download merged JSONL")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id),
      ["A 17", "b", "b", "d"],
    );
  }));
