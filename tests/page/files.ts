// What people bring: packed, in old encodings, with other delimiters, or nothing at all.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { workbookOf } from "../js/workbook.js";
import { inPage, openFile, runAll, step } from "./setting.js";

const CASES: readonly [string, Buffer, string][] = [
  ["packed.csv.gz", gzipSync("id,text\na,süß\n"), "unpacked from gzip"],
  ["old.csv", Buffer.from("id,text\na,süß\n", "latin1"), "not UTF-8: read as Windows-1252"],
  ["wide.csv", Buffer.from("\uFEFFid,text\na,süß\n", "utf16le"), "read as UTF-16LE"],
  ["semicolons.csv", Buffer.from("id;text\na;süß\n"), "CSV, UTF-8, semicolon"],
  ["list.json", Buffer.from('[{"id":"a","text":"süß"}]'), "a JSON list"],
];

test("a file is read as it was meant, and what was done to it is told", () =>
  inPage(async ({ page }) => {
    for (const [name, content, words] of CASES) {
      await openFile(page, name, content);
      await page.getByText("1 row · 2 columns").waitFor();
      await page.getByText(words).waitFor();
      await page.getByRole("gridcell", { name: "süß" }).waitFor();
      await page.getByRole("link", { name: "batchwise" }).click();
    }
  }));

test("a file that cannot be read is refused in words, and the page goes on", () =>
  inPage(async ({ page }) => {
    const refused: [string, string, string][] = [
      ["nothing.csv", " \n", "nothing.csv is empty"],
      ["sheet.xlsx", "PK\u0003\u0004rest", "sheet.xlsx cannot be read as XLSX"],
      ["table.parquet", "PAR1rest", "table.parquet cannot be read as Parquet"],
    ];
    for (const [name, content, words] of refused) {
      await openFile(page, name, content);
      await page.getByRole("alert").getByText(words).waitFor();
      await page.getByRole("button", { name: "Close" }).click();
    }
    await openFile(page, "good.csv", "id,text\na,one\n");
    await page.getByText("1 row · 2 columns").waitFor();
  }));

test("of a workbook any sheet is read, and its reader is loaded only then", () =>
  inPage(async ({ page }) => {
    const scripts = watched(page);
    await openFile(page, "plain.csv", "id,text\na,one\n");
    await page.getByText("1 row · 2 columns").waitFor();
    const before = scripts.size;
    await page.getByRole("link", { name: "batchwise" }).click();
    const book = workbookOf({
      Cover: [["A list of people"]],
      People: [
        ["id", "name"],
        ["p-1", "Jürgen"],
        ["p-2", "O'Neil"],
      ],
      Towns: [["town"], ["Köln"]],
    });
    await openFile(page, "people.xlsx", Buffer.from(book));
    await page.getByText("2 rows · 2 columns").waitFor();
    await page.getByRole("gridcell", { name: "Jürgen" }).waitFor();
    assert.isAbove(scripts.size, before);
    await page.getByLabel("Sheet").selectOption("Towns");
    await page.getByText("1 row · 1 column").waitFor();
    await page.getByRole("gridcell", { name: "Köln" }).waitFor();
    await page.reload();
    await page.getByText("1 row · 1 column").waitFor();
  }));

test("a Parquet file is read, its results are written as one, and both are those of the run", () =>
  inPage(async ({ page }) => {
    const scripts = watched(page);
    const data = Array.from({ length: 30 }, (_, n) => `ticket ${n}`);
    const columnData = [
      { name: "id", data: data.map((_, n) => `t-${n}`), type: "STRING" as const },
      { name: "text", data, type: "STRING" as const },
    ];
    await openFile(page, "tickets.parquet", Buffer.from(parquetWriteBuffer({ columnData })));
    await page.getByText("30 rows · 2 columns").waitFor();
    await page.getByRole("gridcell", { name: "ticket 7", exact: true }).waitFor();
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Sort {{text}}");
    await runAll(page);
    await step(page, "Results");
    await page.getByText("30 matching rows").waitFor();
    const before = scripts.size;
    const bytes = await bytesOf(page, "Download Parquet");
    assert.isAbove(scripts.size, before);
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    assert.lengthOf(rows, 30);
    // The file has a column of this name already.
    assert.deepInclude(rows[7], { id: "t-7", text: "ticket 7", outcome: "succeeded", attempt: "1" });
    assert.match(String(rows[7]?.["result_text"]), /^(?:positive|negative|neutral)$/);
    assert.isNumber(rows[7]?.["output_tokens"]);
  }));

test("requests are downloaded as they would be sent, and open here again as they are", () =>
  inPage(async ({ page }) => {
    await openFile(page, "rows.csv", "id,text\na,one\nb,two\n");
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await step(page, "Estimate");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download requests" }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    const [first] = text.trimEnd().split("\n");
    assert.deepEqual(JSON.parse(first ?? ""), {
      custom_id: "a",
      params: { model: "claude-haiku-4-5", max_tokens: 256, messages: [{ role: "user", content: "Say one" }] },
    });
    await page.getByRole("link", { name: "batchwise" }).click();
    await openFile(page, "rows.requests.jsonl", text);
    await page.getByRole("heading", { level: 1, name: "Check" }).waitFor();
    await page.getByText("No problems in 2 rows").waitFor();
  }));

/** Addresses of the scripts that were asked for. */
function watched(page: Page): Set<string> {
  const seen = new Set<string>();
  page.context().on("request", (request) => request.url().endsWith(".js") && seen.add(request.url()));
  return seen;
}

/** What a click has downloaded. */
async function bytesOf(page: Page, name: string): Promise<Buffer> {
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return readFileSync(await download.path());
}
