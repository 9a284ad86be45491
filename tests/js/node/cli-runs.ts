// What outlives a command: runs on disk, taken up, retried, compared, cancelled and removed by other processes.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmulatorOptions } from "batchwise/emulator";
import type { ServedEmulator } from "../../../js/emulator/serve.js";
import { batchwise, type CallOptions, type Ended, inFolder, startServer, textOf } from "../command.js";
import { assert, test } from "../harness.js";

const TABLE = "id,text\na,hello\nb,win now\nc,see you\nd,bye\n";
const ASK = ["sms.csv", "-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8", "--key", "id"];
const SPEED = 600;
const SEND = [...ASK, "--yes", "--speed", String(SPEED)];

interface Place {
  readonly cwd: string;
  readonly server: ServedEmulator;
  readonly call: (args: readonly string[], options?: CallOptions) => Promise<Ended>;
}

/** A folder with the table, and an emulator of its own. */
async function inPlace(options: EmulatorOptions, work: (place: Place) => Promise<void>): Promise<void> {
  const server = await startServer({ clock: SPEED, ...options });
  try {
    await inFolder({ "sms.csv": TABLE }, (cwd) => {
      const env = { ANTHROPIC_BASE_URL: server.url };
      const call: Place["call"] = (args, more) => batchwise(args, { cwd, ...more, env: { ...env, ...more?.env } });
      return work({ cwd, server, call });
    });
  } finally {
    await server.close();
  }
}

function runsIn(cwd: string): string[] {
  const folder = join(cwd, ".batchwise/runs");
  return existsSync(folder) ? readdirSync(folder) : [];
}

function outcomes(csv: string): string[] {
  return csv
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",")[2]?.replaceAll('"', "") ?? "");
}

/** Ends the process as soon as it says that a part was sent. */
function whenSent(signal: NodeJS.Signals): CallOptions {
  return { during: (child) => child.stderr?.on("data", (text) => /sent {6}/.test(String(text)) && child.kill(signal)) };
}

test("submit sends and leaves, status asks, and resume fetches in another process", () =>
  inPlace({}, async ({ cwd, server, call }) => {
    const sent = await call(["submit", ...SEND, "-o", "out.csv"]);
    assert.equal(sent.code, 0, sent.stderr);
    const id = sent.stdout.trim();
    assert.deepEqual(runsIn(cwd), [id]);
    assert.equal(server.emulator.state.batches.length, 1);

    const status = JSON.parse((await call(["status", "--json"])).stdout);
    assert.equal(status.requestCount, 4);
    assert.equal(status.parts.length, 1);
    assert.match(status.parts[0].batchId, /^msgbatch_/);
    const [listed] = JSON.parse((await call(["ls", "--json"])).stdout);
    assert.deepEqual([listed.id, listed.state, listed.requestCount], [id, "unfinished", 4]);

    const resumed = await call(["resume", id.slice(0, 3), "--json"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(JSON.parse(resumed.stdout).outcomes.succeeded, 4);
    assert.deepEqual(outcomes(textOf(cwd, "out.csv")), Array(4).fill("succeeded"));
    assert.match((await call(["ls"])).stdout, new RegExp(`^${id} .* done +4 of 4`));

    const again = await call(["resume", "--json"]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(JSON.parse(again.stdout).outcomes.succeeded, 4);
    assert.equal(server.emulator.state.batches.length, 1);
  }));

test("after Ctrl-C the same run goes on where it was, and a new one only when it is asked for", () =>
  inPlace({}, async ({ cwd, server, call }) => {
    const stopped = await call(["run", ...SEND, "-o", "out.csv"], whenSent("SIGINT"));
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /The batches keep running at Anthropic.*\n {2}Continue with: {2}batchwise resume \w+/);
    assert.isFalse(existsSync(join(cwd, "out.csv")));

    const other = [...SEND.with(2, "Other? {{text}}"), "--max-cost", "0.000001"];
    const note = await call(["run", ...other]);
    assert.equal(note.code, 4, note.stderr);
    assert.match(note.stderr, /run \w+ of this file is unfinished and asks something else/);

    const attached = await call(["run", ...SEND, "-o", "out.csv"]);
    assert.equal(attached.code, 0, attached.stderr);
    assert.match(attached.stderr, /attached {2}run \w+ asks the same and is unfinished: .* nothing is paid twice/);
    assert.deepEqual(outcomes(textOf(cwd, "out.csv")), Array(4).fill("succeeded"));
    assert.equal(server.emulator.state.batches.length, 1);
    assert.equal(runsIn(cwd).length, 1);

    const fresh = await call(["run", ...SEND, "--new", "-o", "out.csv"]);
    assert.equal(fresh.code, 0, fresh.stderr);
    assert.equal(server.emulator.state.batches.length, 2);
  }));

test("stopped while one batch runs and another has ended, run says of the one alone that it keeps running", () =>
  inPlace({ processingMs: 20 * 60_000 }, async ({ server, call }) => {
    let sent = 0;
    const stopped = await call(["run", ...SEND, "--pilot", "1", "-o", "out.csv"], {
      during: (child) =>
        child.stderr?.on("data", (text) => {
          const isNews = /sent {6}/.test(String(text));
          if (isNews && ++sent === 2) child.kill("SIGINT");
        }),
    });
    assert.equal(stopped.code, 130, stopped.stderr);
    const running = server.emulator.state.batches.filter((batch) => batch.status === "in_progress");
    assert.deepEqual(
      running.map((batch) => batch.requestCount),
      [3],
    );
    assert.match(stopped.stderr, new RegExp(`keep running at Anthropic: ${running[0]?.id}\\.`));
    assert.notMatch(stopped.stderr, /Nothing was sent/);
  }));

test("a run whose process was killed is taken up at once, and nothing is sent twice", () =>
  inPlace({ processingMs: 20 * 60_000 }, async ({ cwd, server, call }) => {
    const killed = await call(["run", ...SEND, "-o", "out.csv"], whenSent("SIGKILL"));
    assert.isNull(killed.code);
    const start = Date.now();
    const resumed = await call(["resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.notMatch(resumed.stderr, /left no word/);
    assert.isBelow(Date.now() - start, 30_000);
    assert.deepEqual(outcomes(textOf(cwd, "out.csv")), Array(4).fill("succeeded"));
    assert.equal(server.emulator.state.batches.length, 1);
  }));

test("a run that another process drives is left to it, and watch follows", () =>
  inPlace({ processingMs: 60 * 60_000 }, async ({ call }) => {
    const calls: Promise<Ended>[] = [];
    let seen = "";
    const first = await call(["run", ...SEND, "-o", "out.csv"], {
      during: (child) =>
        child.stderr?.on("data", (text) => {
          seen += text;
          if (!/sent {6}/.test(seen) || calls.length > 0) return;
          const id = /^run {7}(\w+)/m.exec(seen)?.[1] ?? "";
          calls.push(call(["resume"]), call(["run", ...SEND, "-o", "out.csv"]), call(["watch", "--json"]));
          calls.push(call(["rm", id, "--yes"]));
        }),
    });
    assert.equal(first.code, 0, first.stderr);
    const [resumed, run, watched, removed] = await Promise.all(calls);
    for (const refused of [resumed, run]) {
      assert.equal(refused?.code, 1, refused?.stderr);
      assert.match(refused?.stderr ?? "", /error: run \w+ is driven by process \d+: batchwise watch \w+ follows it/);
    }
    assert.equal(watched?.code, 0, watched?.stderr);
    assert.equal(JSON.parse(watched?.stdout ?? "").outcomes.succeeded, 4);
    assert.equal(removed?.code, 1, removed?.stderr);
  }));

test("retry sends rows again by their cause, changed, and the rows of the run show the new answers", () =>
  inPlace({ rates: { truncated: 1 } }, async ({ cwd, server, call }) => {
    const ended = await call(["run", ...SEND, "-o", "out.csv"]);
    assert.equal(ended.code, 0, ended.stderr);
    const before = textOf(cwd, "out.csv");
    const none = await call(["retry", "--yes"]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /run \w+ has no rows to send again/);

    const retried = await call(["retry", "--cause", "truncated", "--max-tokens", "64", "--yes", "--json"]);
    assert.equal(retried.code, 0, retried.stderr);
    assert.equal(JSON.parse(retried.stdout).requestCount, 4);
    assert.equal(server.emulator.state.batches.length, 2);
    const after = textOf(cwd, "out.csv");
    assert.notEqual(after, before);
    assert.include(after, '"hello","succeeded"');
    const tokens = after
      .split("\r\n")
      .slice(1, -1)
      .map((line) => /,(\d+),[\d.]+,"[^"]*"$/.exec(line)?.[1]);
    assert.deepEqual(tokens, ["64", "64", "64", "64"]);
    const [retry, run] = JSON.parse((await call(["ls", "--json"])).stdout);
    assert.equal(retry.retries, run.id);
  }));

test("rows that would fail again as they are stay out of a retry until something is changed", () =>
  inPlace({ rates: { invalid: 1 } }, async ({ call }) => {
    const ended = await call(["run", ...SEND, "-o", "out.csv"]);
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /batchwise retry \w+ {3}sends them again/);
    const left = await call(["retry", "--yes"]);
    assert.equal(left.code, 1);
    assert.match(left.stderr, /4 rows would fail again as they are: change them with -m or --max-tokens/);
    const changed = await call(["retry", "-m", "claude-sonnet-4-5", "--yes", "--json"]);
    assert.equal(changed.code, 3, changed.stderr);
    assert.equal(JSON.parse(changed.stdout).outcomes.errored, 4);
  }));

test("results can be filtered, cut to columns and written in each format without asking anybody", () =>
  inPlace({ rates: { invalid: 0.4 }, seed: 3 }, async ({ cwd, call }) => {
    await call(["run", ...SEND, "-o", "out.csv"]);
    const env = { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
    const lines = async (...args: string[]): Promise<Record<string, unknown>[]> => {
      const ended = await call(["results", ...args], { env });
      assert.equal(ended.code, 0, ended.stderr);
      return ended.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    const all = await lines("--json");
    assert.deepEqual(
      all.map((row) => row["custom_id"]),
      ["a", "b", "c", "d"],
    );
    const errored = await lines("--where", "outcome=errored", "--select", "custom_id,error");
    const expected = all.filter((row) => row["outcome"] === "errored");
    assert.isAbove(expected.length, 0);
    assert.isBelow(expected.length, 4);
    assert.deepEqual(
      errored,
      expected.map(({ custom_id, error }) => ({ custom_id, error })),
    );
    assert.lengthOf(await lines("--where", "outcome!=errored", "--where", "text~zzz"), 0);
    const unknown = await call(["results", "--where", "nothing=1"], { env });
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no column nothing: there are id, text, outcome, result_text/);
    await call(["results", "-o", "again.csv"], { env });
    assert.equal(textOf(cwd, "again.csv"), textOf(cwd, "out.csv"));
    const written = await call(["results", "-o", "rows.parquet"], { env });
    assert.equal(written.code, 0, written.stderr);
    assert.equal(readFileSync(join(cwd, "rows.parquet")).toString("latin1", 0, 4), "PAR1");
  }));

test("diff counts what two runs answered, and prints the rows that differ", () =>
  inPlace({ answers: ["ham", "spam"] }, async ({ cwd, call }) => {
    await call(["run", ...SEND, "-o", "a.csv"]);
    const [a = ""] = runsIn(cwd);
    await call(["run", ...SEND, "--new", "-o", "b.csv"]);
    const b = runsIn(cwd).find((id) => id !== a) ?? "";
    const { same, different, labels } = JSON.parse((await call(["diff", a, b, "--json"])).stdout);
    assert.equal(same + different, 4);
    const met = Object.values(labels as Record<string, Record<string, number>>).flatMap((row) => Object.values(row));
    assert.equal(
      met.reduce((sum, n) => sum + n, 0),
      4,
    );
    const shown = await call(["diff", a, b]);
    assert.match(shown.stdout, /^same \d \([\d.]+ %\) {3}different \d {3}only A failed 0/);
    const rows = (await call(["diff", a, b, "--rows"])).stdout.split("\n").filter(Boolean);
    assert.lengthOf(rows, different);
  }));

test("cancel ends the batches at the API, and resume fetches what there is", () =>
  inPlace({ processingMs: 10 * 3_600_000 }, async ({ cwd, server, call }) => {
    await call(["submit", ...SEND, "-o", "out.csv"]);
    const refused = await call(["rm", runsIn(cwd)[0] ?? "", "--remote", "--yes"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /unfinished: resume or cancel it first/);
    const cancelled = await call(["cancel", "--yes"]);
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.notEqual(server.emulator.state.batches[0]?.status, "in_progress");
    const resumed = await call(["resume", "--json"]);
    assert.equal(resumed.code, 3, resumed.stderr);
    assert.equal(JSON.parse(resumed.stdout).outcomes.canceled, 4);
    assert.deepEqual(outcomes(textOf(cwd, "out.csv")), Array(4).fill("canceled"));
  }));

test("rm --remote deletes the batches and keeps what is here; rm forgets what is here", () =>
  inPlace({}, async ({ cwd, server, call }) => {
    await call(["run", ...SEND, "-o", "out.csv"]);
    const [id = ""] = runsIn(cwd);
    const asked = await call(["rm", id]);
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /nobody can be asked here/);
    const remote = await call(["rm", id, "--remote", "--yes"]);
    assert.equal(remote.code, 0, remote.stderr);
    assert.isTrue(server.emulator.state.batches.every((batch) => batch.deleted));
    assert.lengthOf((await call(["results", id])).stdout.trimEnd().split("\n"), 4);
    assert.equal((await call(["rm", id, "--yes"])).code, 0);
    assert.lengthOf(runsIn(cwd), 0);
  }));

test("batches that were made elsewhere are adopted, waited for and read", () =>
  inPlace({}, async ({ cwd, server, call }) => {
    await call(["submit", ...SEND]);
    const batch = server.emulator.state.batches[0]?.id ?? "";
    const adopted = await call(["adopt", batch, "--speed", String(SPEED), "--state", "other", "-o", "adopted.jsonl"]);
    assert.equal(adopted.code, 0, adopted.stderr);
    const resumed = await call(["resume", adopted.stdout.trim(), "--state", "other", "--json"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(JSON.parse(resumed.stdout).batches, [batch]);
    const ids = textOf(cwd, "adopted.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).custom_id);
    assert.sameMembers(ids, ["a", "b", "c", "d"]);
    const odd = await call(["adopt", "batch_1"]);
    assert.equal(odd.code, 1);
    assert.match(odd.stderr, /batch_1 is no id of a batch/);
  }));

test("a pilot goes first, says what it cost, and the rest follows", () =>
  inPlace({}, async ({ server, call }) => {
    const ended = await call(["run", ...SEND, "--pilot", "1", "-o", "out.csv"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /pilot {5}1 request: 1 succeeded {3}\$0\.0/);
    assert.match(ended.stderr, /estimate {2}\$[\d.]+ to \$[\d.]+ in all, by the pilot's \$[\d.]+; ceiling \$/);
    assert.deepEqual(server.emulator.state.batches.map((batch) => batch.requestCount).sort(), [1, 3]);
  }));
