// What people bring: packed, in old encodings, with other delimiters, or nothing at all.
import { gzipSync } from "node:zlib";
import { test } from "../js/harness.js";
import { inPage, openFile } from "./setting.js";

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
      ["sheet.xlsx", "PK\u0003\u0004rest", "save the sheet as CSV"],
      ["table.parquet", "PAR1rest", "save it as CSV or JSONL"],
    ];
    for (const [name, content, words] of refused) {
      await openFile(page, name, content);
      await page.getByRole("alert").getByText(words).waitFor();
      await page.getByRole("button", { name: "Close" }).click();
    }
    await openFile(page, "good.csv", "id,text\na,one\n");
    await page.getByText("1 row · 2 columns").waitFor();
  }));
