// What people get wrong: each ends the command with one clear line and a number of its own, and nothing is sent.

import { batchwise, type CallOptions, inFolder } from "../command.js";
import { assert, test } from "../harness.js";

const ASK = ["-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8"];
const GOOD = "label,text\nham,hello\nspam,win a prize\n";

interface Wrong {
  /** What is wrong, as a sentence. */
  readonly name: string;
  readonly files: Record<string, string | Uint8Array>;
  readonly args: readonly string[];
  readonly exit: number;
  /** What the line must say. */
  readonly says: readonly RegExp[];
  readonly env?: NonNullable<CallOptions["env"]>;
}

const run = (file: string, ...more: string[]): string[] => ["run", file, ...ASK, "--yes", "-o", "out.csv", ...more];

const table: readonly Wrong[] = [
  {
    name: "a file that is not there is named",
    files: {},
    args: run("reviews.csv"),
    exit: 1,
    says: [/reviews\.csv/, /no such file/, /check the path/],
  },
  {
    name: "a folder is no file",
    files: {},
    args: run("."),
    exit: 1,
    says: [/is a folder/],
  },
  {
    name: "an empty file has nothing to send",
    files: { "empty.csv": "" },
    args: run("empty.csv"),
    exit: 1,
    says: [/empty\.csv is empty/],
  },
  {
    name: "a header without rows has nothing to send",
    files: { "head.csv": "label,text\n" },
    args: run("head.csv"),
    exit: 2,
    says: [/source\/empty|data\/empty/],
  },
  {
    name: "a row with too few cells is named by its line",
    files: { "few.csv": `${GOOD}ham\n` },
    args: run("few.csv"),
    exit: 2,
    says: [/data\/ragged/, /1 cell where the header has 2/, /line 4/],
  },
  {
    name: "a row with too many cells is named by its line",
    files: { "many.csv": `${GOOD}ham,one,two\n` },
    args: run("many.csv"),
    exit: 2,
    says: [/data\/ragged/, /3 cells where the header has 2/, /line 4/],
  },
  {
    name: "bytes that are not UTF-8 are named by their line",
    files: { "latin.csv": Buffer.concat([Buffer.from(GOOD), Buffer.from("ham,caf\xe9\n", "latin1")]) },
    args: run("latin.csv"),
    exit: 2,
    says: [/data\/encoding/, /not UTF-8/, /line 4/],
  },
  {
    name: "a column that the table lacks is named with the nearest one",
    files: { "good.csv": GOOD },
    args: ["run", "good.csv", "-p", "{{txet}}", "-m", "claude-haiku-4-5", "--max-tokens", "8", "--yes"],
    exit: 2,
    says: [/template\/unknown-column/, /txet/, /text/],
  },
  {
    name: "a missing key is asked for",
    files: { "good.csv": GOOD },
    args: run("good.csv"),
    env: { ANTHROPIC_API_KEY: undefined },
    exit: 5,
    says: [/auth\/missing/, /ANTHROPIC_API_KEY/],
  },
  {
    name: "a wrong key is refused by the API and not shown",
    files: { "good.csv": GOOD },
    args: run("good.csv"),
    env: { ANTHROPIC_API_KEY: "sk-ant-invalid-key" },
    exit: 5,
    says: [/auth\/invalid/, /^(?!.*sk-ant-invalid)/],
  },
  {
    name: "a host that cannot be reached is a matter of the network",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--speed", "1000"),
    env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
    exit: 6,
    says: [/net\/connection/, /ANTHROPIC_BASE_URL/],
  },
  {
    name: "a base URL that is none is refused",
    files: { "good.csv": GOOD },
    args: run("good.csv"),
    env: { ANTHROPIC_BASE_URL: "not a url" },
    exit: 1,
    says: [/base ?URL/i],
  },
  {
    name: "a base URL without TLS is refused before the key leaves",
    files: { "good.csv": GOOD },
    args: run("good.csv"),
    env: { ANTHROPIC_BASE_URL: "http://api.example.com" },
    exit: 1,
    says: [/https/],
  },
  {
    name: "a limit on a part that the API does not have is refused",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--max-requests", "100001"),
    exit: 1,
    says: [/misuse\/option/, /100,?000/],
  },
  {
    name: "a figure that is none is refused",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--rounds", "many"),
    exit: 1,
    says: [/--rounds/, /whole number/],
  },
  {
    name: "a delimiter of two characters is refused",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--delimiter", "ab"),
    exit: 1,
    says: [/--delimiter "ab"/, /one character/],
  },
  {
    name: "a table without a prompt is told what to add",
    files: { "good.csv": GOOD },
    args: ["run", "good.csv", "-m", "claude-haiku-4-5", "--max-tokens", "8", "--yes"],
    exit: 1,
    says: [/is a table/, /-p/],
  },
  {
    name: "an output that is neither CSV nor JSONL is refused",
    files: { "good.csv": GOOD },
    args: ["run", "good.csv", ...ASK, "--yes", "-o", "out.xlsx"],
    exit: 1,
    says: [/out\.xlsx/, /\.csv, \.jsonl or \.parquet/],
  },
  {
    name: "an output that cannot be written is found before anything is sent",
    files: { "good.csv": GOOD, file: "" },
    args: ["run", "good.csv", ...ASK, "--yes", "-o", "file/out.csv"],
    exit: 1,
    says: [/cannot be written/],
  },
  {
    name: "results are never written over the input",
    files: { "rows.jsonl": '{"text":"hello"}\n' },
    args: ["run", "rows.jsonl", ...ASK, "--yes", "-o", "./rows.jsonl"],
    exit: 1,
    says: [/over rows\.jsonl/, /another name/],
  },
  {
    name: "the real API is not asked faster than it should be",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--speed", "100"),
    env: { ANTHROPIC_BASE_URL: undefined },
    exit: 1,
    says: [/--speed/, /ANTHROPIC_BASE_URL/],
  },
  {
    name: "a cost above the guard is refused before anything is sent",
    files: { "good.csv": GOOD },
    args: run("good.csv", "--max-cost", "0.000001"),
    exit: 4,
    says: [/--max-cost/, /nothing was sent/],
  },
  {
    name: "without a terminal nobody is asked, and nothing sent",
    files: { "good.csv": GOOD },
    args: ["run", "good.csv", ...ASK, "-o", "out.csv"],
    exit: 1,
    says: [/--yes/],
  },
  {
    name: "a command that does not exist gets the nearest one",
    files: {},
    args: ["rnu"],
    exit: 1,
    says: [/Did you mean run/],
  },
];

for (const { name, files, args, exit, says, env } of table) {
  test(name, () =>
    inFolder(files, async (cwd) => {
      const ended = await batchwise(args, { cwd, ...(env ? { env } : {}) });
      assert.equal(ended.code, exit, ended.stderr);
      assert.equal(ended.stdout, "", "stdout is for data");
      const errors = ended.stderr.split("\n").filter((line) => line.startsWith("error: "));
      assert.lengthOf(errors, 1, ended.stderr);
      assert.notMatch(ended.stderr, /\n\s+at /, "a stack is no message");
      for (const what of says) assert.match(ended.stderr, what);
    }),
  );
}
