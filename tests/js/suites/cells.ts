// A table's cells as whoever joins or shows them gets them, and the price of one message.
import { type CellOptions, costOf, readCells, type Usage } from "batchwise";
import { assert, collect, test } from "../harness.js";

async function read(text: string, options?: CellOptions): Promise<unknown> {
  const { columns, rows } = await readCells(new Blob([text]), options);
  return [columns, ...(await collect(rows))];
}

test("cells come as they are meant: quotes, line feeds inside them, and no byte order mark", async () => {
  const text = '\uFEFFid, text \r\n1,"a ""b"", c"\r\n\r\n2,"two\nlines"\r\n3,é🙂';
  assert.deepEqual(await read(text), [
    ["id", "text"],
    ["1", 'a "b", c'],
    ["2", "two\nlines"],
    ["3", "é🙂"],
  ]);
});

test("a table without a header has columns by number, or by the names given", async () => {
  assert.deepEqual(await read("a;b\nc;d", { delimiter: ";", header: false }), [
    ["1", "2"],
    ["a", "b"],
    ["c", "d"],
  ]);
  assert.deepEqual(await read('ham\t"hi', { format: "tsv", columns: ["label", "text"] }), [
    ["label", "text"],
    ["ham", '"hi'],
  ]);
});

test("rows of JSON have the columns of the first, and what is no text as JSON", async () => {
  const text = '{"a":"x","b":[1]}\n\n{"b":null,"a":true,"c":0}\n';
  assert.deepEqual(await read(text, { format: "jsonl" }), [
    ["a", "b"],
    ["x", "[1]"],
    ["true", ""],
  ]);
});

test("an empty table has no columns and no rows", async () => {
  assert.deepEqual(await read(""), [[]]);
});

test("a message costs what the table of batch prices says, and nothing is guessed for an unknown model", () => {
  const usage = { input_tokens: 1_000_000, output_tokens: 100_000 } as Usage;
  assert.closeTo(costOf({ model: "claude-haiku-4-5-20251001", usage }) ?? 0, 0.5 + 0.25, 1e-9);
  assert.isNull(costOf({ model: "claude-unheard-of", usage }));
});
