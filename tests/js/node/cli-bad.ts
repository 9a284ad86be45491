// What can go wrong before and while a command works: one clear message, the exit code of the table, nothing lost.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { batchwise, type CallOptions, type Ended, inFolder, startServer, textOf } from "../command.js";
import { assert, test } from "../harness.js";

const TABLE = "id,text\na,hello\nb,bye\n";
const ASK = ["-p", "Say {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8"];
const SEND = [...ASK, "--yes", "--speed", "600", "-o", "out.csv"];

/** Runs a command in a folder of its own and compares how it ends. */
function ends(
  args: readonly string[],
  code: number,
  message: RegExp,
  { files = { "sms.csv": TABLE }, ...options }: CallOptions & { files?: Record<string, string | Uint8Array> } = {},
): Promise<void> {
  return inFolder(files, async (cwd) => {
    const ended = await batchwise(args, { cwd, ...options });
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, message);
    assert.equal(ended.stderr.split("\n").filter((line) => line.startsWith("error: ")).length, 1, ended.stderr);
    assert.notMatch(ended.stderr, /^\s+at /m);
    assert.equal(ended.stdout, "");
  });
}

test("a file that is missing, a folder, empty, binary or of another encoding is told as that", async () => {
  await ends(["run", "none.csv", ...SEND], 1, /^error: none\.csv cannot be read: no such file/m);
  await ends(["run", ".", ...SEND], 1, /^error: \. is a folder: name the file in it/m);
  const files = { "empty.csv": "", "a.csv": new Uint8Array([65, 0, 66]), "u.csv": new Uint8Array([255, 254, 65, 0]) };
  await ends(["run", "empty.csv", ...SEND], 1, /empty\.csv is empty: there is nothing to send/, { files });
  await ends(["run", "a.csv", ...SEND], 1, /a\.csv is a binary file \(a zero byte at 1\)/, { files });
  await ends(["run", "u.csv", ...SEND], 1, /u\.csv is UTF-16 text: save it as UTF-8/, { files });
  const broken = { "x.csv.gz": new Uint8Array([31, 139, 8, 0, 1]), "x.parquet": "PAR1 no", "x.json": "[{]" };
  await ends(["run", "x.csv.gz", ...SEND], 1, /x\.csv\.gz is a broken gzip file/, { files: broken });
  await ends(["run", "x.parquet", ...SEND], 1, /x\.parquet cannot be read as Parquet/, { files: broken });
  await ends(["run", "x.json", ...SEND], 1, /x\.json cannot be read as JSON/, { files: broken });
});

test("a broken line is named by its number, and nothing is sent", async () => {
  const lines = Array.from({ length: 20 }, (_, n) => (n === 16 ? '{"text": "x' : `{"text": "row ${n}"}`));
  const files = { "rows.jsonl": lines.join("\n") };
  await ends(
    ["run", "rows.jsonl", ...SEND],
    2,
    /json\/syntax .* line 17[\s\S]*1 problem in rows\.jsonl; nothing was sent/,
    { files },
  );
});

test("a column that does not exist is told with the one that was meant", () =>
  ends(
    ["run", "sms.csv", ...SEND.with(1, "Say {{txet}}")],
    2,
    /template\/unknown-column .*there is no column "txet"; did you mean "text"\?/,
  ));

test("a cell that fits into no batch is refused with its line", () => {
  const files = { "huge.csv": `text\nsmall\n"${"x".repeat(70_000_000)}"\n` };
  return ends(["run", "huge.csv", ...SEND], 2, /line 3[\s\S]*nothing was sent/, { files });
});

test("without a key, with a wrong one, and with one that is no key at all, nothing is sent", async () => {
  await ends(["run", "sms.csv", ...SEND], 5, /no API key: set ANTHROPIC_API_KEY/, {
    env: { ANTHROPIC_API_KEY: undefined },
  });
  await ends(["run", "sms.csv", ...SEND], 5, /\[auth\/invalid\].*check the key.*Nothing was sent/s, {
    env: { ANTHROPIC_API_KEY: "sk-ant-invalid-1" },
  });
  await ends(["run", "sms.csv", ...SEND, "--key-file", "sms.csv"], 1, /the file sms\.csv holds no key/);
  await ends(["run", "sms.csv", ...SEND, "--key", "nothing"], 2, /nothing/);
});

test("a key can come from a file or from stdin, and is told to nobody", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const env = { ANTHROPIC_API_KEY: undefined };
    writeFileSync(join(cwd, "key"), "any-key\n");
    const filed = await batchwise(["run", "sms.csv", ...SEND, "--key-file", "key"], { cwd, env });
    assert.equal(filed.code, 0, filed.stderr);
    const piped = await batchwise(["run", "sms.csv", ...SEND, "--new", "--key-stdin"], {
      cwd,
      env,
      stdin: "any-key\n",
    });
    assert.equal(piped.code, 0, piped.stderr);
    for (const { stderr, stdout } of [filed, piped]) assert.notInclude(stderr + stdout, "any-key");
  }));

test("without a network a run stops, says so, and is taken up when there is one", async () => {
  const server = await startServer({ clock: 600 });
  try {
    await inFolder({ "sms.csv": TABLE }, async (cwd) => {
      const env = { ANTHROPIC_BASE_URL: server.url };
      await server.cut();
      const cut = await batchwise(["run", "sms.csv", ...SEND], { cwd, env });
      assert.equal(cut.code, 6, cut.stderr);
      assert.match(cut.stderr, /check the network.*\n {2}Continue with: {2}batchwise resume \w+/s);
      await server.restore();
      const resumed = await batchwise(["resume"], { cwd, env });
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(textOf(cwd, "out.csv").split("\r\n").length, 4);
    });
  } finally {
    await server.close();
  }
});

test("a model that does not exist is warned of before, and its rows say why they failed", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const send = SEND.with(3, "claude-haiku-99");
    const checked = await batchwise(["check", "sms.csv", ...send.slice(0, 6)], { cwd });
    assert.equal(checked.code, 0);
    assert.match(checked.stdout, /warn .*params\/unknown-model/);
    const ended = await batchwise(["run", "sms.csv", ...send], { cwd });
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(textOf(cwd, "out.csv"), /"errored","","not_found_error: /);
    const capped = await batchwise(["run", "sms.csv", ...send, "--new", "--max-cost", "1"], { cwd });
    assert.equal(capped.code, 4, capped.stderr);
    assert.match(capped.stderr, /a model has no known price, so --max-cost 1 cannot be kept/);
  }));

test("what could cost more than is allowed is not sent", () =>
  ends(
    ["run", "sms.csv", ...SEND, "--max-cost", "0.00001"],
    4,
    /it could cost \$0\.0\d+, more than --max-cost \$0\.00001: .*; nothing was sent/,
  ));

test("a ceiling as it is shown is a limit under which everything is sent", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    for (const tokens of ["1", "7", "8"]) {
      const ask = [...ASK, "--max-tokens", tokens];
      const shown = await batchwise(["estimate", "sms.csv", ...ask], { cwd });
      const ceiling = /ceiling \$(0\.0\d+)/.exec(shown.stdout)?.[1] ?? "none";
      const ended = await batchwise(["run", "sms.csv", ...SEND, ...ask, "--new", "--max-cost", ceiling], { cwd });
      assert.equal(ended.code, 0, ended.stderr);
      const spent = /cost {6}\$(0\.0\d+) computed/.exec(ended.stderr)?.[1];
      assert.isAtMost(Number(spent), Number(ceiling));
    }
  }));

test("where nobody can be asked nothing is sent without --yes", () =>
  ends(["run", "sms.csv", ...ASK], 1, /nobody can be asked here \("Send 2 requests\?"\): add --yes to agree/));

test("a folder in which nothing may be written is told before anything is sent", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    mkdirSync(join(cwd, "locked"));
    writeFileSync(join(cwd, "locked", "sms.csv"), TABLE);
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, "locked"), 0o555);
    const inside = { cwd: join(cwd, "locked"), asNobody: true };
    const state = await batchwise(["run", "sms.csv", ...ASK, "--yes"], inside);
    assert.equal(state.code, 1, state.stderr);
    assert.match(state.stderr, /the folder \.batchwise\/runs\/\w+ cannot be made: not allowed.*name one with --state/);
    const output = await batchwise(["run", "sms.csv", ...SEND], inside);
    assert.equal(output.code, 1, output.stderr);
    assert.match(output.stderr, /out\.csv cannot be written: not allowed; check its permissions/);
    chmodSync(join(cwd, "locked"), 0o755);
  }));

test("a full disk under the run stops it, and what was paid for comes when there is room", () =>
  inFolder(
    { "sms.csv": `id,text\n${Array.from({ length: 400 }, (_, n) => `r${n},text ${n}`).join("\n")}\n` },
    async (cwd) => {
      const send = SEND.with(5, "64");
      // No file may grow beyond this: the results do, the rest does not.
      const full = await batchwise(["run", "sms.csv", ...send], { cwd, fileBytes: 65_536 });
      assert.equal(full.code, 1, full.stderr);
      assert.match(
        full.stderr,
        /results\.jsonl cannot be written: .*make room.*\n {2}Continue with: {2}batchwise resume/s,
      );
      const resumed = await batchwise(["resume", "--json"], { cwd });
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(JSON.parse(resumed.stdout).outcomes.succeeded, 400);
      const [run = ""] = readdirSync(join(cwd, ".batchwise/runs"));
      const ids = textOf(cwd, `.batchwise/runs/${run}/results.jsonl`)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).custom_id);
      assert.equal(new Set(ids).size, 400);
      assert.equal(ids.length, 400);
    },
  ));

test("an input that was changed or is gone is not gone on with", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const sent = await batchwise(["submit", "sms.csv", ...SEND], { cwd });
    assert.equal(sent.code, 0, sent.stderr);
    writeFileSync(join(cwd, "sms.csv"), `${TABLE}c,more\n`);
    const changed: Ended = await batchwise(["resume"], { cwd });
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /sms\.csv was changed since run \w+ began: put it back/);
    writeFileSync(join(cwd, "sms.csv"), TABLE);
    assert.equal((await batchwise(["resume"], { cwd })).code, 0);
  }));

test("a wrong call says which, and what was meant", async () => {
  await ends(["rum", "sms.csv"], 1, /error: unknown command 'rum'\n\(Did you mean one of rm, run\?\)/);
  await ends(["run", "sms.csv", "--modle", "x"], 1, /error: unknown option '--modle'/);
  await ends(["run", "sms.csv", "-p", "x {{text}}"], 1, /no model: name one with -m/);
  await ends(
    ["run", "sms.csv", ...ASK, "-o", "out.xls"],
    1,
    /-o out\.xls: results are written as \.csv, \.jsonl or \.parquet/,
  );
  await ends(["resume", "abc"], 1, /no run in .* is called abc: batchwise ls shows them/);
  await ends(["resume"], 1, /there are no runs in /);
});

test("nothing is written over the input", () =>
  ends(
    ["run", "sms.csv", ...ASK, "-o", "./sms.csv"],
    1,
    /results would be written over sms\.csv: give -o another name/,
  ));
