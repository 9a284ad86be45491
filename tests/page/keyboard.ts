// The whole tour with the keyboard alone: no mouse, no jump of the focus by a script.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { inPage, pass } from "./setting.js";

const MOST_TABS = 80;

/** What has the focus, in the words that are read out. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const one = document.activeElement as HTMLElement;
    const label = one.getAttribute("aria-label") ?? (one as HTMLInputElement).labels?.[0]?.textContent;
    return (label ?? one.innerText ?? "").trim();
  });
}

/** Presses Tab until something of this name has the focus; fails where it shows no outline. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    await page.keyboard.press("Tab");
    if (!name.test(await focused(page))) continue;
    const outline = await page.evaluate(() => {
      const one = document.activeElement as HTMLElement;
      const shown = [one, one.closest("label")].map((each) => (each ? getComputedStyle(each) : null));
      return shown.some(
        (style) => style !== null && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      );
    });
    assert.isTrue(outline, `${name} shows no focus`);
    return;
  }
  assert.fail(`no Tab led to ${name}`);
}

test("the tour is gone with the keyboard alone, from the skip link to the download", () =>
  inPage(async ({ page }) => {
    const { keyboard } = page;
    await page.getByRole("button", { name: "Try with sample data" }).waitFor();
    await keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to content");
    await keyboard.press("Enter");
    await tabTo(page, /^Try with sample data/);
    await keyboard.press("Enter");
    await page.getByText("200 rows · 6 columns").waitFor();
    // Each screen begins at its heading, and its main action is one pair of keys away.
    await page.waitForFunction(() => document.activeElement?.textContent === "Data");
    await keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Prompt");
    await tabTo(page, /^User prompt/);
    await keyboard.press("Control+End");
    await keyboard.type(" {{coun");
    await page.getByRole("option", { name: "country" }).waitFor();
    await keyboard.press("ArrowDown");
    await keyboard.press("Enter");
    assert.match(await page.getByLabel("User prompt").inputValue(), /\{\{country\}\}$/);
    await keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Check");
    await page.getByText("No problems in 200 rows").waitFor();
    await keyboard.press("4");
    await page.waitForFunction(() => document.activeElement?.textContent === "Estimate");
    await page.getByRole("button", { name: /^Send pilot/ }).waitFor();
    await keyboard.press("Control+Enter");
    await page.getByText("reports nothing inside a batch").waitFor();
    await pass(page, 20);
    await page.getByRole("heading", { name: "The pilot has ended" }).waitFor();
    await keyboard.press("Control+Enter");
    await page.getByTestId("part").nth(1).getByText("processing").waitFor();
    await pass(page, 120);
    await page.getByText("Finished, all succeeded").waitFor();
    await keyboard.press("Control+Enter");
    await page.getByText("200 matching rows (200 total)").waitFor();

    await keyboard.press("/");
    await keyboard.type("late");
    await page
      .locator("mark", { hasText: /^late$/i })
      .first()
      .waitFor();
    await keyboard.press("Control+a");
    await keyboard.press("Delete");
    await page.getByText("200 matching rows (200 total)").waitFor();
    await tabTo(page, /^(?:1|r-1)$/);
    await keyboard.press("ArrowDown");
    await keyboard.press("Control+End");
    await page.waitForFunction(() => document.activeElement?.closest("[aria-rowindex='201']") !== null);
    await keyboard.press("Control+Home");
    await page.waitForFunction(() => document.activeElement?.closest("[aria-rowindex='2']") !== null);
    await keyboard.press("Enter");
    const title = page.getByRole("dialog").getByRole("heading", { level: 2 });
    await title.filter({ hasText: /^Row 1 / }).waitFor();
    for (const [key, row] of [
      ["j", 2],
      ["j", 3],
      ["k", 2],
    ] as const) {
      await keyboard.press(key);
      await title.filter({ hasText: new RegExp(`^Row ${row} `) }).waitFor();
      assert.isTrue(await page.evaluate(() => document.activeElement?.closest("dialog") !== null));
    }
    await keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.closest("[aria-rowindex='2']") !== null);

    // Backwards from the rows to what stands above them.
    for (let presses = 0; presses < MOST_TABS && (await focused(page)) !== "Download"; presses += 1) {
      await keyboard.press("Shift+Tab");
    }
    await keyboard.press("Enter");
    await tabTo(page, /^Download merged JSONL/);
    const [download] = await Promise.all([page.waitForEvent("download"), keyboard.press("Enter")]);
    assert.lengthOf(
      readFileSync(await download.path(), "utf8")
        .trimEnd()
        .split("\n"),
      200,
    );
  }));
