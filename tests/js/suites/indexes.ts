// Tables and results in memory: any row at any time, and the same finds as a search in each text alone.
import { CellIndex, ResultIndex } from "batchwise";
import { assert, rejection, test } from "../harness.js";

const CSV = '\uFEFFid,text\r\n1,"a ""b"", c"\r\n\r\n2,"two\nlines"\r\n3,é🙂,more\r\n4\r\n';

test("a table is read once and any of its rows come in any order", async () => {
  const cells = await CellIndex.of(new Blob([CSV]));
  assert.deepEqual([cells.columns, cells.rowCount, [...cells.ragged], cells.notUtf8], [["id", "text"], 4, [2, 3], 0]);
  assert.deepEqual(cells.rows([3, 0, 2]), [
    ["4", ""],
    ["1", 'a "b", c'],
    ["3", "é🙂"],
  ]);
  assert.deepEqual(cells.column(1, [2, 1], 2), ["é🙂", "tw"]);
  assert.deepEqual(cells.column(1).length, 4);
  assert.deepEqual([cells.rowAt(1), cells.rowAt(2), cells.rowAt(5), cells.rowAt(6)], [undefined, 0, 1, 2]);
  assert.deepEqual(cells.facts(1, 1), { empty: 1, longest: 9, distinct: 3, first: ['a "b", c'] });
  assert.equal(await cells.csv([0, 1], ["k", 'a"b']).text(), '"k","a""b"\n"1","a ""b"", c"\n"2","two\nlines"\n');
  assert.deepEqual([...cells.csvLines([0, 1, 3])], [1, 2, 1]);
  cells.dispose();
});

test("a table is the same from a stream, from rows, without a header and as lines of JSON", async () => {
  const stream = new Blob(["a;b\nc;d"]).stream() as ReadableStream<Uint8Array>;
  const streamed = await CellIndex.of(stream, { delimiter: ";", header: false });
  assert.deepEqual(streamed.columns, ["1", "2"]);
  assert.deepEqual(streamed.rows([1, 0]), [
    ["c", "d"],
    ["a", "b"],
  ]);
  const lines = await CellIndex.of(new Blob(['{"a":"x\\"","b":[1]}\n{"a":null}']), { format: "jsonl" });
  assert.deepEqual(
    [lines.columns, lines.rows([0, 1])],
    [
      ["a", "b"],
      [
        ['x"', "[1]"],
        ["", ""],
      ],
    ],
  );
  const none = await CellIndex.of(new Blob([]));
  assert.deepEqual([none.columns, none.rowCount, none.rows([]), [...none.find("a")]], [[], 0, [], []]);
  for (const index of [streamed, lines, none]) index.dispose();
});

test("a row that is not UTF-8 is empty and counted", async () => {
  const cells = await CellIndex.of(new Blob(["a,b\n", Uint8Array.of(0xff), ",x\n1,2\n"]));
  assert.deepEqual(
    [cells.notUtf8, cells.rows([0, 1])],
    [
      1,
      [
        ["", ""],
        ["1", "2"],
      ],
    ],
  );
});

const folded = (text: string): string => text.toLowerCase().replaceAll("ς", "σ");

test("a search finds what a search in each text alone finds, in every script", async () => {
  const texts = [
    "Refund of the FREIGHT",
    "re fund",
    "Straße",
    "STRASSE",
    "ΟΔΟΣ",
    "οδος",
    "Привет",
    "İI",
    "40 K",
    "日本",
  ];
  // Longer than what is searched at once, so that hits lie before, across and behind the edges.
  const long = Array.from({ length: 400 }, (_, at) => `${"x".repeat(at % 130)}${texts[at % texts.length]}`);
  const cells = new CellIndex({ columns: ["text"] });
  for (const text of long) cells.add([text]);
  cells.finish();
  for (const needle of ["refund", "FUND", "ß", "ss", "σ", "Σ", "ПРИ", "i", "i\u0307", "k", "日", "xx", "", "nowhere"]) {
    const want = long.map((text) => Number(folded(text).includes(folded(needle))));
    assert.deepEqual([...cells.find(needle)], want, needle);
  }
});

const LINES = [
  '{"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-haiku-4-5","stop_reason":"end_turn","content":[{"type":"text","text":"J\\u00e4"}],"usage":{"input_tokens":1000000,"output_tokens":3}}}}',
  "no result",
  '{"custom_id":"b","result":{"type":"errored","error":{"type":"error","error":{"type":"api_error","message":"Overloaded"}}}}',
  '{"custom_id":"c","result":{"type":"succeeded","message":{"model":"unheard of","content":[{"type":"text","text":"[1]"}],"usage":{"input_tokens":1,"output_tokens":1}}}}',
].join("\n");

test("results become columns, however they come", async () => {
  const bytes = new TextEncoder().encode(LINES);
  const pushed = new ResultIndex();
  for (let at = 0; at < bytes.length; at += 50) pushed.push(bytes.subarray(at, at + 50));
  pushed.finish();
  for (const results of [await ResultIndex.of(new Blob([LINES])), pushed]) {
    assert.deepEqual([results.count, results.badLines, results.ids()], [3, 1, ["a", "b", "c"]]);
    assert.deepEqual(results.texts([2, 0, 1], 5), ["[1]", "Jä", "Overl"]);
    const { starts, lengths, cost, forms, type, errorType, label, inputTokens } = results.columns();
    assert.deepEqual([...inputTokens], [1_000_000, 0, 1]);
    assert.deepEqual([...forms], [1, 1, 2]);
    assert.deepEqual(
      [...type.of].map((name) => type.names[name]),
      ["succeeded", "errored", "succeeded"],
    );
    assert.deepEqual(
      [...errorType.of].map((name) => errorType.names[name]),
      ["", "api_error", ""],
    );
    assert.deepEqual(label?.names, ["", "Jä", "[1]"]);
    assert.closeTo(cost[0] ?? 0, 0.5, 0.001);
    assert.deepEqual([cost[1], cost[2]], [0, Number.NaN]);
    const second = bytes.subarray(starts[1], (starts[1] ?? 0) + (lengths[1] ?? 0));
    assert.equal(JSON.parse(new TextDecoder().decode(second)).custom_id, "b");
    assert.deepEqual([results.columns(2).type.of.length, results.ids(1, 1)], [1, ["b"]]);
    assert.deepEqual(
      [[...results.find("JÄ")], [...results.find("over")]],
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    );
    results.dispose();
  }
});

test("a stream that breaks off breaks the reading off", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("gone")) });
  assert.equal((await rejection(CellIndex.of(broken))).message, "gone");
});
