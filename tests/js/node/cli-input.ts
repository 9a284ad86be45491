// What a table may be written as, what a prompt may be, and how answers are written.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BatchRequest } from "batchwise";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { batchwise, inFolder, textOf } from "../command.js";
import { assert, test } from "../harness.js";
import { workbook } from "../workbook.js";

const ASK = ["-p", "Say {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8", "--key", "id"];
const ROWS = [
  { id: "a", text: "hello" },
  { id: "b", text: "two\nlines" },
  { id: "c", text: "ü 🙂" },
];
const CSV = `id,text\n${ROWS.map(({ id, text }) => `${id},"${text}"`).join("\n")}\n`;
const LINES = ROWS.map((row) => JSON.stringify(row)).join("\n");

/** The requests that a file becomes. */
async function built(cwd: string, file: string, args: readonly string[] = ASK): Promise<BatchRequest[]> {
  const ended = await batchwise(["build", file, ...args], { cwd });
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test("a table means the same however it is written, plain or gzipped", async () => {
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: "id", data: ROWS.map((row) => row.id), type: "STRING" },
      { name: "text", data: ROWS.map((row) => row.text), type: "STRING" },
    ],
  });
  const files: Record<string, string | Uint8Array> = {
    "rows.csv": CSV,
    "rows.csv.gz": gzipSync(CSV),
    "rows.jsonl": LINES,
    "rows.jsonl.gz": gzipSync(LINES),
    "rows.json": JSON.stringify(ROWS, null, 2),
    "rows.json.gz": gzipSync(JSON.stringify(ROWS)),
    "rows.parquet": new Uint8Array(parquet),
    "rows.xlsx": workbook([["id", "text"], ...ROWS.map(({ id, text }) => [id, text])]),
  };
  await inFolder(files, async (cwd) => {
    const wanted = ROWS.map(({ id, text }) => [id, `Say ${text}`]);
    for (const file of Object.keys(files)) {
      const requests = await built(cwd, file);
      assert.deepEqual(
        requests.map(({ custom_id, params }) => [custom_id, params.messages[0]?.content]),
        wanted,
        file,
      );
    }
    // TSV has no quotes, so no cell has two lines.
    writeFileSync(join(cwd, "rows.tsv"), "id\ttext\na\thello\n");
    assert.lengthOf(await built(cwd, "rows.tsv"), 1);
  });
});

test("finished requests are sent as they are, one a line, as a list, or as the body of a create", () =>
  inFolder({ "rows.csv": CSV }, async (cwd) => {
    const requests = await built(cwd, "rows.csv");
    writeFileSync(join(cwd, "requests.jsonl"), requests.map((request) => JSON.stringify(request)).join("\n"));
    writeFileSync(join(cwd, "list.json"), JSON.stringify(requests));
    writeFileSync(join(cwd, "body.json"), JSON.stringify({ requests }));
    for (const file of ["requests.jsonl", "list.json", "body.json"]) {
      assert.deepEqual(await built(cwd, file, []), requests, file);
    }
    const refused = await batchwise(["build", "requests.jsonl", ...ASK], { cwd });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /requests\.jsonl holds finished requests: leave out --prompt/);
  }));

test("a prompt file brings the prompt and what else a request needs, and options outrank it", () => {
  const prompt = `---
model: claude-sonnet-4-5
max_tokens: 32
key: id
system: You are brief.
schema: label.json
params:
  stop_sequences: [END]
---
Classify:

{{text}}
`;
  const schema = {
    type: "object",
    properties: { label: { type: "string" } },
    required: ["label"],
    additionalProperties: false,
  };
  const files = { "rows.csv": CSV, "classify.prompt.md": prompt, "label.json": JSON.stringify(schema) };
  return inFolder(files, async (cwd) => {
    const [first] = await built(cwd, "rows.csv", ["-p", "classify.prompt.md", "--max-tokens", "16"]);
    assert.deepEqual(first, {
      custom_id: "a",
      params: {
        model: "claude-sonnet-4-5",
        max_tokens: 16,
        messages: [{ role: "user", content: "Classify:\n\nhello" }],
        system: "You are brief.",
        stop_sequences: ["END"],
        output_config: { format: { type: "json_schema", schema } },
      },
    } as unknown as BatchRequest);
    writeFileSync(join(cwd, "odd.prompt.md"), "---\nmodle: x\n---\nHi {{text}}");
    const odd = await batchwise(["check", "rows.csv", "-p", "odd.prompt.md"], { cwd });
    assert.equal(odd.code, 1);
    assert.match(odd.stderr, /odd\.prompt\.md: front matter has no modle; it has model, max_tokens/);
  });
});

test("files that rows name go along as base64, each as what its bytes are", () => {
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  // A name that lies, and one that does not.
  const files = { "photos.csv": "id,photo\nx,dot.jpg\ny,dot.png\n", "dot.jpg": png, "dot.png": png };
  return inFolder(files, async (cwd) => {
    const ask = [
      "-p",
      "What is in {{file:photo}} of {{id}}?",
      "-m",
      "claude-haiku-4-5",
      "--max-tokens",
      "8",
      "--key",
      "id",
    ];
    const requests = await built(cwd, "photos.csv", ask);
    const source = { type: "base64", media_type: "image/png", data: png.toString("base64") };
    const expected = (id: string): unknown => [
      { type: "text", text: "What is in " },
      { type: "image", source },
      { type: "text", text: ` of ${id}?` },
    ];
    assert.deepEqual(
      requests.map(({ params }) => params.messages[0]?.content),
      [expected("x"), expected("y")] as never,
    );
    const ended = await batchwise(["run", "photos.csv", ...ask, "--yes", "--speed", "600", "-o", "out.csv"], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(textOf(cwd, "out.csv"), /"x","dot\.jpg","succeeded"/);
    writeFileSync(join(cwd, "photos.csv"), "id,photo\nx,gone.png\n");
    const gone = await batchwise(["check", "photos.csv", ...ask], { cwd });
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /x: .*gone\.png cannot be read: no such file/);
  });
});

test("answers are written as CSV, JSONL and Parquet, in the order of the input", () =>
  inFolder({ "rows.csv": CSV }, async (cwd) => {
    const ended = await batchwise(["run", "rows.csv", ...ASK, "--yes", "--speed", "600", "-o", "out.jsonl"], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    const lines = textOf(cwd, "out.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ custom_id, id, text, outcome }) => [custom_id, id, text, outcome]),
      ROWS.map(({ id, text }) => [id, id, text, "succeeded"]),
    );
    assert.isAbove(lines[0].cost_usd, 0);
    assert.equal((await batchwise(["results", "-o", "out.parquet"], { cwd })).code, 0);
    const bytes = await import("node:fs").then(({ readFileSync }) => readFileSync(join(cwd, "out.parquet")));
    const file = new Uint8Array(bytes).buffer;
    const rows = await parquetReadObjects({ file });
    assert.deepEqual(
      rows.map((row) => ({ ...row, custom_id: row["id"] })),
      lines.map((line) => ({ ...line })),
    );
  }));
