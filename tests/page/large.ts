// Many rows: few of them are in the page, and what is found among them is what a plain search finds.
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { inPage, openFile } from "./setting.js";

const ROWS = 20_000;
const MOST_NODES = 600;
const SCRIPTS = ["Straße nach Süden", "ΟΔΟΣ ΣΟΦΟΣ", "Привет, МИР", "日本語", "İstanbul", "a refund of 3 K"];

const text = (row: number): string =>
  `Answer ${row}: ${SCRIPTS[row % SCRIPTS.length]} ${"é".repeat(row % 70)}${row * 7}`;

const RESULTS = Array.from({ length: ROWS }, (_, row) => {
  const usage = { input_tokens: 10, output_tokens: row % 90 };
  const message = {
    model: "claude-haiku-4-5",
    stop_reason: "end_turn",
    content: [{ type: "text", text: text(row) }],
    usage,
  };
  return JSON.stringify({ custom_id: `k-${row}`, result: { type: "succeeded", message } });
}).join("\n");

const nodes = (page: Page): Promise<number> => page.locator("[data-testid=grid] *").count();

/** What the grid shows once its rows have come. */
async function shown(page: Page): Promise<string[][]> {
  await page.waitForFunction(() => !document.querySelector(".grid-body")?.textContent?.includes("…"));
  const rows = page.locator(".grid-body [role=row]");
  const told = await rows.evaluateAll((all) =>
    all.map((row) => [
      row.getAttribute("aria-rowindex") ?? "",
      ...Array.from(row.querySelectorAll("[role=gridcell]"), (cell) => cell.textContent?.trim() ?? ""),
    ]),
  );
  return told.sort(([a], [b]) => Number(a) - Number(b));
}

test("a table of many rows keeps few nodes in the page, and each row in view is the one that belongs there", () =>
  inPage(async ({ page }) => {
    const csv = Array.from({ length: ROWS }, (_, row) => `k-${row},"row ${row}, of many"`).join("\n");
    await openFile(page, "many.csv", `id,text\n${csv}\n`);
    await page.getByText("20,000 rows · 2 columns").waitFor();
    for (const at of [0, 1, 0.5, 0.251, 0]) {
      await page.locator(".grid-scroll").evaluate((scroll, place) => {
        scroll.scrollTop = place * scroll.scrollHeight;
      }, at);
      const first = Math.floor(at * (ROWS - 1)) + 2;
      // Nearly there: the last rows end at the end, and some are drawn before and behind what is seen.
      await page.waitForFunction((wanted) => {
        const indexes = Array.from(document.querySelectorAll(".grid-body [role=row]"), (row) =>
          Number(row.getAttribute("aria-rowindex")),
        );
        return Math.min(...indexes) <= wanted && Math.max(...indexes) >= wanted;
      }, first);
      for (const [index, number, id, words] of await shown(page)) {
        const row = Number(index) - 2;
        assert.deepEqual([number, id, words], [(row + 1).toLocaleString("en"), `k-${row}`, `row ${row}, of many`]);
      }
      assert.isBelow(await nodes(page), MOST_NODES);
    }
  }));

test("a long table shows its first rows while all of it is read, in whatever encoding that ends", () =>
  inPage(async ({ page }) => {
    await page.evaluate(() => {
      const told: string[] = [];
      Object.assign(globalThis, { told });
      new MutationObserver(() => {
        const count = document.querySelector("[data-testid=grid]")?.getAttribute("aria-rowcount");
        const words = `${document.querySelector(".big")?.textContent}, ${count}`;
        if (count && told.at(-1) !== words) told.push(words);
      }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const csv = `id,text\n${Array.from({ length: ROWS }, (_, row) => `k-${row},"row ${row}, of many"`).join("\n")}`;
    for (const [last, note] of [
      ["", null],
      ["\nlast,s\xfc\xdf", "not UTF-8: read as Windows-1252"],
    ] as const) {
      await openFile(page, "many.csv", Buffer.from(csv + last, "latin1"));
      const count = (ROWS + Number(note !== null)).toLocaleString("en");
      await page.getByText(`${count} rows · 2 columns`).waitFor();
      await page.getByRole("gridcell", { name: "row 0, of many", exact: true }).waitFor();
      if (note) await page.getByText(note).waitFor();
      const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told.splice(0));
      assert.equal(told[0], "Reading all rows … · 2 columns, 51");
      assert.equal(told.at(-1), `${count} rows · 2 columns, ${ROWS + 1 + Number(note !== null)}`);
      await page.getByRole("link", { name: "batchwise" }).click();
    }
  }));

test("a focus stays with its row: it waits on the grid while the row is away, and keys go on from there", () =>
  inPage(async ({ page }) => {
    const csv = Array.from({ length: ROWS }, (_, row) => `k-${row},row ${row}`).join("\n");
    await openFile(page, "many.csv", `id,text\n${csv}\n`);
    await page.getByRole("gridcell", { name: "row 3", exact: true }).click();
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute("role") ?? null);
    assert.equal(await focused(), "gridcell");
    await page.locator(".grid-scroll").evaluate((scroll) => {
      scroll.scrollTop = 90_000;
    });
    await page.getByRole("gridcell", { name: "row 2502", exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "grid");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "row 4");
  }));

test("what is searched for is found as a plain search finds it, in every script and in either case", () =>
  inPage(async ({ page }) => {
    await openFile(page, "results.jsonl", RESULTS);
    await page.getByText("20,000 matching rows (20,000 total)").waitFor();
    const folded = (words: string): string => words.toLowerCase().replaceAll("ς", "σ");
    const all = Array.from({ length: ROWS }, (_, row) => folded(text(row)));
    for (const wanted of [
      "answer 19999:",
      "STRASSE",
      "straße",
      "οδοσ",
      "привет, мир",
      "本",
      "i\u0307st",
      "3 k",
      "ÉÉ7",
      "k-",
    ]) {
      await page.getByRole("searchbox", { name: "Search" }).fill(`out:${wanted}`);
      const count = all.filter((each) => each.includes(folded(wanted))).length;
      const lead = page.locator(`[data-testid=matching][data-query=${JSON.stringify(`out:${wanted}`)}]`);
      assert.include(await lead.textContent(), `${count.toLocaleString("en")} matching`, wanted);
    }
    await page.getByRole("searchbox", { name: "Search" }).fill("answer 777:");
    await page.getByText("1 matching row ").waitFor();
    await page.getByRole("gridcell", { name: /^Answer 777:/ }).waitFor();
    assert.isBelow(await nodes(page), MOST_NODES);
  }));

test("results that were brought are there again after a reload, the last line too", () =>
  inPage(async ({ page }) => {
    await openFile(page, "results.jsonl", RESULTS);
    await page.getByText("20,000 matching rows (20,000 total)").waitFor();
    await page.waitForFunction(async () => {
      const root = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> };
      const databases = await indexedDB.databases();
      for await (const _ of root.keys()) return databases.some(({ name }) => name === "batchwise-page");
      return false;
    });
    await page.waitForFunction(
      () =>
        new Promise<boolean>((found) => {
          const open = indexedDB.open("batchwise-page");
          open.onsuccess = () => {
            const count = open.result.transaction("runs").objectStore("runs").count();
            count.onsuccess = () => {
              open.result.close();
              found(count.result > 0);
            };
          };
        }),
    );
    await page.reload();
    await page.getByText("20,000 matching rows (20,000 total)").waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("answer 19999:");
    await page.getByText("1 matching row ").waitFor();
  }));
