// The way through the page: from a file to its results, as people go it.
import { assert, test } from "../js/harness.js";

declare const batchwiseDemo: import("batchwise/emulator").Emulator;

import { downloaded, inPage, openFile, openSample, pass, runAll, step, truth } from "./setting.js";

test("the page opens with a heading and three ways in, and asks nobody for anything", () =>
  inPage(async ({ page }) => {
    await page.getByRole("heading", { level: 1, name: "Run many prompts over a table" }).waitFor();
    for (const name of ["Try with sample data", "Open file", "Paste"])
      await page.getByRole("button", { name }).waitFor();
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Open file" }).click(),
    ]);
    await chooser.setFiles({ name: "one.csv", mimeType: "text/csv", buffer: Buffer.from("id\na\n") });
    await page.getByText("1 row · 1 column").waitFor();
    await page.getByText("Demo: no network").waitFor();
    assert.include(await page.getByTestId("connection").textContent(), "Demo");
  }));

test("the sample goes the whole way: pilot, rest, results, download", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    await page.getByTestId("preview").getByText("Good, but late").waitFor();
    await step(page, "Check");
    await page.getByText("No problems in 200 rows").waitFor();
    await step(page, "Estimate");
    for (const word of ["estimated", "at most", "Ceiling"]) await page.getByText(word).first().waitFor();
    await page.getByRole("button", { name: /^Send pilot \(20 rows/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    assert.notInclude(await page.getByTestId("part").first().textContent(), "%");
    await pass(page, 20);
    await page.getByRole("heading", { name: "The pilot has ended" }).waitFor();
    await page.getByTestId("live").getByText("Pilot finished").waitFor({ state: "attached" });
    await page.reload();
    await page.getByRole("button", { name: /^Send remaining 180 requests/ }).click();
    await page.getByTestId("part").nth(1).getByText("processing").waitFor();
    await pass(page, 120);
    await page.getByText("Finished, all succeeded").waitFor();
    assert.deepEqual(await truth(page), { batches: 2, commits: 2, creates: 2 });
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const lines = (await downloaded(page, "Download merged JSONL")).trimEnd().split("\n");
    assert.lengthOf(lines, 200);
    const keys = lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id);
    assert.deepEqual(
      keys,
      Array.from({ length: 200 }, (_, n) => `r-${n + 1}`),
    );
  }));

test("a reload in the middle of a run goes on with it, and pays for nothing twice", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Estimate");
    await page.getByRole("button", { name: "many, small" }).click();
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    await page.waitForFunction(() => indexedDB.databases().then((all) => all.length >= 2));
    const before = await truth(page);
    await page.reload();
    await page.getByText("reports nothing inside a batch").waitFor();
    await pass(page, 120);
    await page.getByText("Finished, all succeeded").waitFor();
    assert.equal((await truth(page)).commits, before.commits);
    await page.reload();
    await page.getByText("Finished, all succeeded").waitFor();
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
  }));

test("what fails is counted as the emulator has it, filtered by the address, and tried again by its cause", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await page.getByRole("button", { name: "Emulator" }).click();
    for (const [label, value] of [
      ["Expired %", "20"],
      ["Truncated %", "20"],
    ] as const) {
      await page.getByLabel(label).fill(value);
      await page.getByLabel(label).blur();
    }
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await runAll(page);
    await step(page, "Results");
    const facet = page.getByRole("button", { name: /^truncated/ });
    const count = Number(((await facet.textContent()) ?? "").replace(/\D/g, ""));
    assert.isAbove(count, 10);
    await facet.click();
    await page.getByText(`${count} matching rows`).waitFor();
    assert.include(page.url(), "flag=truncated");
    await page.reload();
    await page.getByText(`${count} matching rows`).waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    await page.getByText("200 matching rows").waitFor();

    await page.getByRole("button", { name: "Emulator" }).click();
    await page.getByLabel("Truncated %").fill("0");
    await page.getByLabel("Truncated %").blur();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Retry failed" }).click();
    await page.getByRole("button", { name: /^Retry \d+ rows/ }).click();
    await page.getByTestId("part").first().waitFor();
    await pass(page, 600);
    await page.getByText("Finished").first().waitFor();
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    await facet.waitFor({ state: "detached" });
    await page.getByRole("group", { name: "Attempt" }).getByRole("button", { name: /^2/ }).waitFor();
  }));

test("a run whose ceiling is above the guard is refused until the amount is typed", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Estimate");
    await page.getByLabel("Spend guard").fill("0.001");
    await page.getByLabel("Spend guard").blur();
    await page.getByText("spend/guard").waitFor();
    const send = page.getByRole("button", { name: /^Send all/ });
    assert.isTrue(await send.isDisabled());
    await page.getByLabel("Type the amount").fill("0.1");
    assert.isTrue(await send.isEnabled());
    await send.click();
    await page.getByText("reports nothing inside a batch").waitFor();
  }));

test("a file's faults are grouped by cause with their rows, and go away with one button each", () =>
  inPage(async ({ page }) => {
    const rows = Array.from(
      { length: 200 },
      (_, n) =>
        `${n === 50 ? "A 50" : n === 60 ? "k-59" : `k-${n}`},${n === 17 || n === 76 || n === 139 ? "" : n > 178 ? "same" : `"text ${n}, süß 🦊\nsecond line"`}`,
    );
    await openFile(page, "reviews.csv", `id,review\n${rows.join("\n")}\n`);
    await page.getByText("200 rows · 2 columns").waitFor();
    await page.getByRole("gridcell", { name: /text 0, süß 🦊/ }).waitFor();
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Classify {{review}}");
    await step(page, "Data");
    await page.getByLabel("Row key").selectOption("id");
    await page.getByText("2 duplicate keys, 1 not allowed").waitFor();
    await page.getByRole("button", { name: "Make valid IDs" }).click();
    await page.getByText("All keys valid").waitFor();
    await step(page, "Check");
    await page.getByRole("button", { name: /template\/empty/ }).click();
    await page.getByText("3 matching rows (200 total)").waitFor();
    const numbers = await page.locator("main bw-grid [role=gridcell][aria-colindex='1']").allTextContents();
    assert.deepEqual(numbers, ["18", "77", "140"]);
    await page.getByRole("button", { name: "Skip rows" }).click();
    await page.getByText("No problems in 200 rows").waitFor();
    await page.getByRole("button", { name: "Send once" }).click();
    await page.getByText("197 rows → 177 requests (20 duplicates)").waitFor();
  }));

test("braces bring a list of columns, and a wrong one is mended with one button", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    const prompt = page.getByLabel("User prompt");
    await prompt.fill("");
    await prompt.pressSequentially("Classify {{rev");
    await page.getByRole("option", { name: "review" }).waitFor();
    await prompt.press("ArrowDown");
    await prompt.press("Enter");
    assert.equal(await prompt.inputValue(), "Classify {{review}}");
    await page.getByTestId("preview").getByText("Classify Good, but late").waitFor();
    await prompt.fill("Classify {{reveiw}}");
    await page.getByRole("button", { name: "Replace" }).click();
    assert.equal(await prompt.inputValue(), "Classify {{review}}");
  }));

test("a second tab shows what the first one does, asks nothing itself, and goes on with the run when the first is closed", () =>
  inPage(async ({ page, context }) => {
    await openSample(page);
    await step(page, "Estimate");
    await page.getByRole("button", { name: "many, small" }).click();
    await page.getByRole("button", { name: /^Send pilot/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByText("another tab drives this run").waitFor();
    await second.getByTestId("part").first().getByText("processing").waitFor();
    const asked = await second.evaluate(() => Object.values(batchwiseDemo.state.calls).reduce((sum, n) => sum + n, 0));
    await pass(page, 20);
    await second.getByRole("heading", { name: "The pilot has ended" }).waitFor();
    await step(second, "Results");
    await second.getByText("20 matching rows (20 total)").waitFor();
    await second.goBack();
    // The tab that only shows may decide; the one that drives does it.
    await second.getByRole("button", { name: /^Send remaining/ }).click();
    await page.getByTestId("part").nth(1).getByText("processing").waitFor();
    await second.getByTestId("part").nth(1).getByText("processing").waitFor();
    assert.equal(
      await second.evaluate(() => Object.values(batchwiseDemo.state.calls).reduce((sum, n) => sum + n, 0)),
      asked,
    );
    await page.close();
    await second.getByText("another tab drives this run").waitFor({ state: "detached" });
    await second.getByTestId("part").nth(1).getByText("processing").waitFor();
    await pass(second, 120);
    await second.getByText("Finished, all succeeded").waitFor();
    assert.equal((await truth(second)).commits, 2);
    await step(second, "Results");
    await second.getByText("200 matching rows (200 total)").waitFor();
  }));

test("a create whose answer was lost is found in the list and not sent again", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await page.getByRole("button", { name: "Emulator" }).click();
    await page.getByLabel("Lost response after accept").check();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await pass(page, 240);
    await page.getByText("Finished, all succeeded").waitFor();
    await page.getByText("What happened").click();
    await page.getByText("found in list").waitFor();
    assert.equal((await truth(page)).commits, 1);
  }));

test("a refusal with a wait is waited out as the server asked for", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await page.getByRole("button", { name: "Emulator" }).click();
    await page.getByLabel("429 on create").check();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("What happened").click();
    await page.getByText(/Retrying in 30 s/).waitFor();
    await pass(page, 240);
    await page.getByText("Finished, all succeeded").waitFor();
    assert.deepEqual(await truth(page), { batches: 1, commits: 1, creates: 2 });
  }));

test("a file of requests goes to its check, and broken lines are named by their number", () =>
  inPage(async ({ page }) => {
    const line = (n: number): string =>
      JSON.stringify({
        custom_id: `q-${n}`,
        params: {
          model: "claude-haiku-4-5",
          max_tokens: 5,
          ...(n === 31 ? {} : { messages: [{ role: "user", content: "Hi" }] }),
        },
      });
    const lines = Array.from({ length: 50 }, (_, n) => (n === 16 ? '{"custom_id": "q-17", "params"' : line(n + 1)));
    await openFile(page, "requests.jsonl", `${lines.join("\n")}\n`);
    await page.getByRole("heading", { level: 1, name: "Check" }).waitFor();
    for (const [code, row] of [
      ["json/syntax", "17"],
      ["params/required", "31"],
    ] as const) {
      await page.getByRole("button", { name: new RegExp(code) }).click();
      await page.getByText("1 matching row (50 total)").waitFor();
      await page.locator("main bw-grid [role=gridcell][aria-colindex='1']").getByText(row, { exact: true }).waitFor();
      await page.getByRole("button", { name: "Skip rows" }).click();
      await page.getByRole("button", { name: new RegExp(code) }).waitFor({ state: "detached" });
    }
    await runAll(page);
    await step(page, "Results");
    await page.getByText("48 matching rows (48 total)").waitFor();
  }));

test("a downloaded CSV guards what a spreadsheet would run, and opens here again", () =>
  inPage(async ({ page }) => {
    await openFile(page, "cells.csv", 'id,text\na,=cmd()\nb,"two\nlines"\nc,+1\n');
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await runAll(page);
    await step(page, "Results");
    const csv = await downloaded(page, "Download CSV");
    assert.include(csv, `"'=cmd()"`);
    assert.include(csv, '"+1"');
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "again.csv", csv);
    await page.getByText("3 rows · 9 columns").waitFor();
  }));
