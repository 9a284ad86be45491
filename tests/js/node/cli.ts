// The command from end to end, as a process, against the emulator over HTTP.
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readCells } from "batchwise";
import { batchwise, type Ended, inFolder, startServer, textOf } from "../command.js";
import { assert, collect, test } from "../harness.js";

const ASK = ["-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8"];
const SEND = [...ASK, "--yes", "--speed", "600"];
const TABLE = 'label,text\nham,"hello, ""you"""\nspam,=cmd()\nham,"two\nlines"\n';

async function csv(folder: string, name: string): Promise<{ columns: readonly string[]; rows: (readonly string[])[] }> {
  const { columns, rows } = await readCells(new Blob([textOf(folder, name)]));
  return { columns, rows: await collect(rows) };
}

/** The raw results of the only run in a folder. */
function rawResults(folder: string): string {
  const [id = ""] = readdirSync(join(folder, ".batchwise/runs"));
  return textOf(folder, `.batchwise/runs/${id}/results.jsonl`);
}

test("run writes the raw results and the table joined with them, in the order of the input", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const ended = await batchwise(["run", "sms.csv", ...SEND, "-o", "out/sms.csv", "--json"], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout);
    assert.equal(report.outcomes.succeeded, 3);
    assert.isAbove(report.cost, 0);

    const lines = rawResults(cwd).trimEnd().split("\n");
    assert.sameMembers(
      lines.map((line) => JSON.parse(line).custom_id),
      ["row-1", "row-2", "row-3"],
    );
    const { columns, rows } = await csv(cwd, "out/sms.csv");
    // The table has a column of that name already.
    const added = ["outcome", "result_text", "error", "input_tokens", "output_tokens", "cost_usd"];
    assert.deepEqual(columns, ["label", "text", ...added, "stop_reason", "custom_id"]);
    assert.deepEqual(
      rows.map((row) => row[1]),
      ['hello, "you"', "'=cmd()", "two\nlines"],
    );
    for (const row of rows) {
      assert.equal(row[2], "succeeded");
      assert.isAbove(Number(row[7]), 0);
    }
    assert.match(ended.stderr, /requests {2}3 requests in 1 part, 1 round/);
    assert.match(ended.stderr, /cost {6}\$0\.0/);
  }));

test("rows that fail for good are in the results, and the exit code says so", async () => {
  const server = await startServer({ clock: 600, rates: { invalid: 1 } });
  try {
    await inFolder({ "sms.csv": TABLE }, async (cwd) => {
      const env = { ANTHROPIC_BASE_URL: server.url };
      const ended = await batchwise(["run", "sms.csv", ...SEND, "-o", "out.csv"], { cwd, env });
      assert.equal(ended.code, 3, ended.stderr);
      const { rows } = await csv(cwd, "out.csv");
      assert.deepEqual(
        rows.map((row) => row[2]),
        ["errored", "errored", "errored"],
      );
      assert.match(rows[0]?.[4] ?? "", /^invalid_request_error: /);
    });
  } finally {
    await server.close();
  }
});

test("without an output the results are data on stdout, and on disk all the same", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const ended = await batchwise(["run", "sms.csv", ...SEND, "--quiet"], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stderr, "");
    const ids = ended.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).custom_id);
    assert.deepEqual(ids, ["row-1", "row-2", "row-3"]);
    assert.equal(rawResults(cwd).trimEnd().split("\n").length, 3);
  }));

test("a table without a header gets its columns named, quotes and all", () =>
  inFolder({ "sms.tsv": 'ham\tsay "hi"\nspam\t"win" now\n' }, async (cwd) => {
    const args = ["run", "sms.tsv", ...SEND, "--columns", "label,text", "-o", "out.csv"];
    const ended = await batchwise(args, { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    const { columns, rows } = await csv(cwd, "out.csv");
    assert.deepEqual(columns.slice(0, 3), ["label", "text", "outcome"]);
    assert.deepEqual(
      rows.map((row) => row[1]),
      ['say "hi"', '"win" now'],
    );
  }));

test("a column can name the rows, and finished requests can be sent as they are", () =>
  inFolder({ "sms.csv": "id,text\na-1,hello\nb-2,bye\n" }, async (cwd) => {
    const named = await batchwise(["run", "sms.csv", ...SEND, "--key", "id", "-o", "named.jsonl"], { cwd });
    assert.equal(named.code, 0, named.stderr);
    const ids = (text: string): string[] =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).custom_id);
    assert.sameMembers(ids(textOf(cwd, "named.jsonl")), ["a-1", "b-2"]);

    const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user", content: "Hi" }] };
    const stdin = `${JSON.stringify({ custom_id: "x", params })}\n\n${JSON.stringify({ custom_id: "y", params })}\n`;
    const sent = await batchwise(["run", "-", "--yes", "--speed", "600", "-o", "sent.csv"], { cwd, stdin });
    assert.equal(sent.code, 0, sent.stderr);
    const { rows } = await csv(cwd, "sent.csv");
    assert.deepEqual(
      rows.map((row) => row.slice(0, 2)),
      [
        ["x", "succeeded"],
        ["y", "succeeded"],
      ],
    );
  }));

test("check names every cause with its place, and asks for no key", () =>
  inFolder({ "sms.csv": "id,text\na b,hello\nc,x\nc,y\n" }, async (cwd) => {
    const env = { ANTHROPIC_API_KEY: undefined };
    const shown = await batchwise(["check", "sms.csv", ...ASK, "--key", "id"], { cwd, env });
    assert.equal(shown.code, 2, shown.stderr);
    assert.match(shown.stdout, /error {2}id\/invalid .* line 2/);
    assert.match(shown.stdout, /error {2}id\/duplicate .* line 4/);
    const pages = [...shown.stdout.matchAll(/^ {9}(file:\S+)#(\S+)$/gm)];
    assert.sameMembers(
      pages.map(([, , code]) => code),
      ["id/invalid", "id/duplicate"],
    );
    for (const [, page, code] of pages) {
      assert.include(readFileSync(new URL(page ?? ""), "utf8"), `<a id="${code}"></a>`);
    }

    const data = await batchwise(["check", "sms.csv", ...ASK, "--key", "id", "--json"], { cwd, env });
    assert.equal(data.code, 2);
    const { violationCounts, docs } = JSON.parse(data.stdout);
    assert.equal(violationCounts["id/duplicate"], 2);
    assert.match(docs["id/duplicate"], /^file:.*\/docs\/errors\.md#id\/duplicate$/);

    const fine = await batchwise(["check", "sms.csv", ...ASK], { cwd, env });
    assert.equal(fine.code, 0, fine.stderr);
    assert.match(fine.stdout, /no problems found/);
  }));

test("estimate says a range and a ceiling, for people and for scripts", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const shown = await batchwise(["estimate", "sms.csv", ...ASK], { cwd, env: { ANTHROPIC_API_KEY: undefined } });
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /cost .*\$.* to \$.*ceiling \$/);
    const { total } = JSON.parse((await batchwise(["estimate", "sms.csv", ...ASK, "--json"], { cwd })).stdout);
    assert.isAtMost(total.low, total.high);
    assert.isAtMost(total.high, total.ceiling);
  }));

test("stopped in the middle, run says what goes on and keeps what has arrived", async () => {
  const server = await startServer({ clock: "real" });
  try {
    await inFolder({ "sms.csv": TABLE }, async (cwd) => {
      const ended = await batchwise(["run", "sms.csv", ...ASK, "--yes", "-o", "out.csv"], {
        cwd,
        env: { ANTHROPIC_BASE_URL: server.url },
        during: (child) => child.stderr?.on("data", (text) => /sent {6}/.test(String(text)) && child.kill("SIGINT")),
      });
      assert.equal(ended.code, 130, ended.stderr);
      assert.match(ended.stderr, /Stopped watching\. The batches keep running at Anthropic: msgbatch_/);
      assert.match(ended.stderr, /Continue with: {2}batchwise resume \w+/);
      assert.equal(server.emulator.state.batches[0]?.status, "in_progress");
    });
  } finally {
    await server.close();
  }
});

test("a full disk under the output loses nothing: the raw results lie with the run", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    symlinkSync("/dev/full", join(cwd, "out.jsonl"));
    const ended = await batchwise(["run", "sms.csv", ...SEND, "-o", "out.jsonl"], { cwd });
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stderr, /error: out\.jsonl cannot be written: the disk is full; make room/);
    assert.equal(rawResults(cwd).trimEnd().split("\n").length, 3);
  }));

test("emulate prints its address, answers there, and ends when told", async () => {
  let url = "";
  const ended = await batchwise(["emulate", "--port", "0", "--speed", "600"], {
    during: (child) =>
      child.stdout?.once("data", async (text) => {
        url = /http:\S+/.exec(String(text))?.[0] ?? "";
        const reply = await fetch(`${url}/v1/messages/batches`, {
          headers: { "x-api-key": "any", "anthropic-version": "2026-10-21" },
        });
        url = reply.ok ? url : "";
        child.kill("SIGTERM");
      }),
  });
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
});

/** The words of a call in the README, as a shell reads them. */
function callInReadme(command: string): string[] {
  const line = new RegExp(`^ {4}npx batchwise (${command} .*?)(?: {2,}#.*)?$`, "m").exec(
    readFileSync("README.md", "utf8"),
  );
  return [...(line?.[1] ?? "").matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

test("the README's first screen leads from a CSV to a CSV of answers", () =>
  inFolder({ "reviews.csv": 'id,review\na1,"Loved it, again."\na2,Broke.\n' }, async (cwd) => {
    const run = [...callInReadme("run"), "--yes"];
    let ended: Ended | undefined;
    await batchwise([...callInReadme("emulate"), "--port", "0"], {
      during: (child) =>
        child.stdout?.once("data", async (text) => {
          const url = /http:\S+/.exec(String(text))?.[0] ?? "";
          ended = await batchwise(run, { cwd, env: { ANTHROPIC_BASE_URL: url } });
          child.kill("SIGTERM");
        }),
    });
    assert.equal(ended?.code, 0, ended?.stderr);
    const { columns, rows } = await csv(cwd, "answers.csv");
    assert.deepEqual(columns.slice(0, 4), ["id", "review", "outcome", "text"]);
    for (const [, , outcome, text] of rows) {
      assert.equal(outcome, "succeeded");
      assert.include(["positive", "negative"], text);
    }
  }));

test("help and version are data", async () => {
  const help = await batchwise(["--help"]);
  assert.equal(help.code, 0);
  for (const command of ["run", "check", "estimate", "emulate"]) assert.include(help.stdout, command);
  const version = await batchwise(["--version"]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test("rows of any name are sent under made ids, and rows that ask the same are sent once", () =>
  inFolder({ "sms.csv": "name,text\nNo. 1,hello\nNo. 2,hello\nNo. 3,bye\n" }, async (cwd) => {
    const args = ["sms.csv", ...ASK, "--key", "name"];
    const refused = await batchwise(["check", ...args], { cwd });
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stdout, /id\/invalid.*set ids to "nonce"/);
    const more = ["--ids", "nonce", "--dedupe"];
    const checked = await batchwise(["check", ...args, ...more], { cwd });
    assert.match(checked.stdout, /^1 of 3 requests get the answer of another that is the same$/m);
    const priced = await batchwise(["estimate", ...args, ...more], { cwd });
    assert.match(priced.stdout, /^merged {4}1 of 3 requests .*, which saves \$0.* to \$0/m);
    const ended = await batchwise(["run", ...args, ...more, "--yes", "--speed", "600", "-o", "out.csv"], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /^merged {4}1 of 3 requests had the answer of another that is the same$/m);
    const { rows } = await csv(cwd, "out.csv");
    assert.deepEqual(
      rows.map(([name, , outcome]) => [name, outcome]),
      ["No. 1", "No. 2", "No. 3"].map((name) => [name, "succeeded"]),
    );
    assert.equal(rows[0]?.[3], rows[1]?.[3]);
  }));
