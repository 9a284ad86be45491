// What results are counted by: fields of JSON answers, columns of the table, rows that were sent and rows that were not.
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { downloaded, inPage, openFile, openSample, pass, runAll, step, truth } from "./setting.js";

const SCHEMA = JSON.stringify({
  type: "object",
  properties: {
    label: { type: "string", enum: ["pos", "neg", "neutral"] },
    urgent: { type: "boolean" },
    score: { type: "number" },
  },
  required: ["label", "urgent", "score"],
  additionalProperties: false,
});

interface Line {
  readonly row: number;
  readonly result: { readonly message: { readonly id: string; readonly content: { readonly text: string }[] } };
}

test("fields of JSON answers and columns of the table are facets, each counted as a recount of the download has it", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    await page.getByLabel("Output", { exact: true }).selectOption("json");
    await page.getByLabel("Schema").fill(SCHEMA);
    await runAll(page);
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const lines = (await downloaded(page, "Download merged JSONL")).trimEnd().split("\n");
    const answers = lines.map((line) => {
      const { result } = JSON.parse(line) as Line;
      return JSON.parse(result.message.content[0]?.text ?? "") as { label: string; urgent: boolean; score: number };
    });
    assert.deepEqual(await counts(page, "label"), recount(answers.map(({ label }) => label)));
    assert.deepEqual(await counts(page, "urgent"), recount(answers.map(({ urgent }) => String(urgent))));

    const negative = answers.filter(({ label }) => label === "neg").length;
    await page.getByRole("group", { name: "label", exact: true }).getByRole("button", { name: /^neg/ }).click();
    await page.getByText(`${negative} matching rows (200 total)`).waitFor();
    assert.include(decodeURIComponent(page.url()), "field.label=neg");
    await page.reload();
    await page.getByText(`${negative} matching rows (200 total)`).waitFor();
    // Other facets count what is left, their own go on counting all.
    const left = answers.filter(({ label }) => label === "neg").map(({ urgent }) => String(urgent));
    assert.deepEqual(await counts(page, "urgent"), recount(left));
    assert.deepEqual(await counts(page, "label"), recount(answers.map(({ label }) => label)));

    await page.getByRole("button", { name: "Clear filter" }).click();
    await page.getByText("200 matching rows (200 total)").waitFor();
    await page.getByText("Columns", { exact: true }).click();
    assert.deepEqual(Object.values(await counts(page, "country")), [40, 40, 40, 40, 40]);
    await page.getByRole("group", { name: "country" }).getByRole("button", { name: /^FR/ }).click();
    await page.getByText("40 matching rows (200 total)").waitFor();
    await page.reload();
    await page.getByText("40 matching rows (200 total)").waitFor();
    assert.isTrue(await page.getByRole("group", { name: "country" }).isVisible());
  }));

test("values with bars and signs in them are chosen from the address as they are, and many numbers come in ranges", () =>
  inPage(async ({ page }) => {
    const rows = Array.from({ length: 120 }, (_, n) => `k${n},${n % 3 === 0 ? "a|b 7%7C" : "c"},${n * 3}`);
    await openFile(page, "odd.csv", `id,kind,weight\n${rows.join("\n")}\n`);
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{id}}");
    await runAll(page);
    await step(page, "Results");
    await page.getByText("120 matching rows (120 total)").waitFor();
    await page.getByText("Columns", { exact: true }).click();
    await page.getByRole("group", { name: "kind" }).getByRole("button", { name: /^a\|b/ }).click();
    await page.getByText("40 matching rows (120 total)").waitFor();
    await page.getByRole("group", { name: "kind" }).getByRole("button", { name: /^c/ }).click();
    await page.getByText("120 matching rows (120 total)").waitFor();
    await page.reload();
    await page.getByText("120 matching rows (120 total)").waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    const weights = await counts(page, "weight");
    assert.deepEqual(weights, {
      "0 to 50": 17,
      "50 to 100": 17,
      "100 to 150": 16,
      "150 to 200": 17,
      "200 to 250": 17,
      "250 to 300": 16,
      "300 to 350": 17,
      "350 to 400": 3,
    });
    await page
      .getByRole("group", { name: "weight" })
      .getByRole("button", { name: /^350 to 400/ })
      .click();
    await page.getByText("3 matching rows (120 total)").waitFor();
  }));

test("a row that was not sent says whose answer it has, and has cost nothing, also after a reload", () =>
  inPage(async ({ page }) => {
    const rows = Array.from({ length: 60 }, (_, n) => `k-${n},${n >= 50 ? "the same text" : `text ${n}`}`);
    await openFile(page, "twins.csv", `id,text\n${rows.join("\n")}\n`);
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Check");
    await page.getByRole("button", { name: "Send once" }).click();
    await page.getByText("60 rows → 51 requests (9 duplicates)").waitFor();
    await runAll(page);
    const paid = await page.getByTestId("summary").textContent();
    await step(page, "Results");
    for (const when of ["at once", "after a reload"]) {
      await page.getByText("60 matching rows (60 total)").waitFor();
      const cost = /\$[\d.]+/.exec((await page.getByText("computed from reported usage").textContent()) ?? "")?.[0];
      assert.include(paid ?? "", cost ?? "no cost", `what the results sum up to is what the run has cost, ${when}`);
      await page.getByRole("button", { name: /^same as another row/ }).click();
      await page.getByText("9 matching rows (60 total)").waitFor();
      assert.equal(await page.getByText("same as row 51").count(), 9);
      await page.getByRole("gridcell", { name: "60", exact: true }).click();
      await page.getByText("Same as row 51: that one was sent").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Clear filter" }).click();
      await page.reload();
    }
    await page.getByText("60 matching rows (60 total)").waitFor();
    const lines = (await downloaded(page, "Download merged JSONL")).trimEnd().split("\n");
    const ids = lines.map((line) => (JSON.parse(line) as Line).result.message.id);
    assert.lengthOf(ids, 60);
    assert.equal(new Set(ids).size, 51);
    assert.equal(new Set(ids.slice(50)).size, 1);
    assert.equal((await truth(page)).commits, 1);
    await pass(page, 1);
  }));

/** The values of a facet and their counts, as the page shows them. */
async function counts(page: Page, name: string): Promise<Record<string, number>> {
  const buttons = page.getByRole("group", { name, exact: true }).locator(".facet-value");
  await buttons.first().waitFor();
  const pairs = await buttons.evaluateAll((all) =>
    all.map((one): [string, number] => [
      one.querySelector(".facet-name")?.textContent ?? "",
      Number((one.querySelector(".facet-count")?.textContent ?? "").replace(",", "")),
    ]),
  );
  return Object.fromEntries(pairs);
}

function recount(values: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}
