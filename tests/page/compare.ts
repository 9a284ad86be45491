// Two runs side by side: what the page says of them is what the downloads of both say.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { downloaded, inPage, openSample, runAll, step } from "./setting.js";

type Line = {
  custom_id: string;
  result: { message: { content: { text: string }[]; usage: { output_tokens: number } } };
};

/** Answers by key, as the merged download has them. */
async function answers(page: Page): Promise<Map<string, string>> {
  const lines = (await downloaded(page, "Download merged JSONL")).trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const { custom_id, result } = JSON.parse(line) as Line;
      return [custom_id, result.message.content[0]?.text ?? ""];
    }),
  );
}

/** The sample, run; then a duplicate of it with another prompt, run too, and open at its results. */
async function twoRuns(page: Page): Promise<[Map<string, string>, Map<string, string>]> {
  await openSample(page);
  await runAll(page);
  await step(page, "Results");
  await page.getByText("200 matching rows (200 total)").waitFor();
  const first = await answers(page);
  await step(page, "Compare");
  await page.getByText("There is no other run yet").waitFor();
  await page.getByRole("button", { name: "Duplicate run" }).click();
  await page.getByRole("heading", { level: 1, name: "Prompt" }).waitFor();
  assert.include(await page.getByLabel("User prompt").inputValue(), "Classify the sentiment");
  await page.getByLabel("User prompt").fill("How does the writer of this feel? {{review}}");
  await runAll(page);
  await step(page, "Results");
  await page.getByText("200 matching rows (200 total)").waitFor();
  return [await answers(page), first];
}

test("two runs are joined by their keys, and every count is that of a recount of both downloads", () =>
  inPage(async ({ page }) => {
    const [a, b] = await twoRuns(page);
    await step(page, "Compare");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const same = [...a].filter(([key, text]) => b.get(key) === text).length;
    assert.isAbove(same, 5);
    assert.isBelow(same, 195);
    assert.equal(await page.getByTestId("agreement").textContent(), `${(same / 2).toFixed(1)} % agree`);

    await page.getByRole("button", { name: /^different answer/ }).click();
    await page.getByText(`${200 - same} matching rows (200 total)`).waitFor();
    assert.include(decodeURIComponent(page.url()), "kind=different");
    await page.reload();
    await page.getByText(`${200 - same} matching rows (200 total)`).waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();

    const met = [...a].filter(([key, text]) => text === "positive" && b.get(key) === "negative").length;
    assert.isAbove(met, 0);
    await page.getByRole("button", { name: `A positive, B negative: ${met} rows` }).click();
    await page.getByText(`${met} matching rows (200 total)`).waitFor();
  }));

test("a pair is opened, stepped through and left with the keyboard alone, with the words that differ marked", () =>
  inPage(async ({ page }) => {
    await twoRuns(page);
    await step(page, "Compare");
    await page.getByRole("button", { name: /^different answer/ }).click();
    await page.getByRole("gridcell", { name: "different answer" }).first().waitFor();
    await page.locator("bw-grid [role=gridcell][tabindex='0']").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByTestId("answer-a").locator("del").waitFor();
    await dialog.getByTestId("answer-b").locator("ins").waitFor();
    const second = await dialog.getByRole("heading", { level: 2 }).textContent();
    await page.keyboard.press("j");
    await page.waitForFunction((old) => document.querySelector("#pair-title")?.textContent !== old, second);
    await page.keyboard.press("k");
    await dialog.getByRole("heading", { level: 2, name: second ?? "" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "gridcell");
  }));

test("both answers and what they cost are downloaded beside the input, for the rows that match", () =>
  inPage(async ({ page }) => {
    const [a, b] = await twoRuns(page);
    await step(page, "Compare");
    await page.getByTestId("figures").getByText("Output tokens").waitFor();
    await page.getByRole("button", { name: /^same answer/ }).click();
    const same = [...a].filter(([key, text]) => b.get(key) === text).length;
    await page.getByText(`${same} matching rows`).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download comparison" }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    const lines = text.replaceAll('"', "").trimEnd().split(/\r?\n/);
    assert.match(lines[0] ?? "", /key,id,date,product,country,stars,review,compared,a_outcome,a_text,.*b_cost_usd$/);
    assert.lengthOf(lines, same + 1);
  }));
