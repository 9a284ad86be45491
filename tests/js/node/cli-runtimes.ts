// The same program on Node, Deno and Bun: the whole tour, as a person or a script would take it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServedEmulator } from "../../../js/emulator/serve.js";
import { batchwise, type CallOptions, type Ended, inFolder, type Runtime, startServer, textOf } from "../command.js";
import { assert, test } from "../harness.js";

const TABLE = "id,text\na,hello\nb,win now\nc,see you\n";
const ASK = ["sms.csv", "-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8", "--key", "id"];
const SEND = [...ASK, "--yes", "--speed", "600", "-o", "out.csv"];

type Call = (args: readonly string[], more?: CallOptions) => Promise<Ended>;

async function onTour(runtime: Runtime, work: (call: Call, cwd: string, server: ServedEmulator) => Promise<void>) {
  const server = await startServer({ clock: 600, processingMs: 20 * 60_000, rates: { truncated: 1 } });
  try {
    await inFolder({ "sms.csv": TABLE, "bad.csv": "id,text\na b,x\n" }, (cwd) =>
      work(
        (args, more) => batchwise(args, { cwd, runtime, env: { ANTHROPIC_BASE_URL: server.url }, ...more }),
        cwd,
        server,
      ),
    );
  } finally {
    await server.close();
  }
}

/** Ends the process as soon as it says that a part was sent. */
function whenSent(signal: NodeJS.Signals): NonNullable<CallOptions["during"]> {
  return (child) => {
    child.stderr?.on("data", (text) => /sent {6}/.test(String(text)) && child.kill(signal));
  };
}

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`${runtime} takes the tour: check, estimate, run, Ctrl-C, resume, results, retry, diff, rm`, () =>
    onTour(runtime, async (call, cwd, server) => {
      const env = { ANTHROPIC_BASE_URL: server.url };
      const checked = await call(["check", "bad.csv", ...ASK.slice(1)]);
      assert.equal(checked.code, 2, checked.stderr);
      assert.match(checked.stdout, /error {2}id\/invalid/);
      const { total } = JSON.parse((await call(["estimate", ...ASK, "--json"])).stdout);
      assert.isAtMost(total.low, total.ceiling);

      const stopped = await call(["run", ...SEND, "--max-cost", "5"], { env, during: whenSent("SIGINT") });
      assert.equal(stopped.code, 130, stopped.stderr);
      assert.match(
        stopped.stderr,
        /The batches keep running at Anthropic.*\n {2}Continue with: {2}batchwise resume \w+/,
      );
      const resumed = await call(["resume", "--json"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(JSON.parse(resumed.stdout).outcomes.succeeded, 3);
      assert.match(textOf(cwd, "out.csv"), /^"c","see you","succeeded"/m);

      const rows = (await call(["results", "--where", "stop_reason=max_tokens", "--select", "custom_id"])).stdout;
      assert.deepEqual(
        rows
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
        [{ custom_id: "a" }, { custom_id: "b" }, { custom_id: "c" }],
      );
      const retried = await call(["retry", "--cause", "truncated", "--max-tokens", "16", "--yes", "--json"]);
      assert.equal(retried.code, 0, retried.stderr);
      const [again, first] = JSON.parse((await call(["ls", "--json"])).stdout);
      assert.equal(again.retries, first.id);
      assert.match((await call(["diff", first.id, first.id])).stdout, /^same 3 \(100\.0 %\)/);
      const removed = await call(["rm", first.id, "--remote", "--yes"]);
      assert.equal(removed.code, 0, removed.stderr);
      assert.equal(server.emulator.state.batches.filter((batch) => batch.deleted).length, 1);
      assert.equal(server.emulator.state.commits, 2);
    }));

  test(`${runtime} goes on after a kill, and sends nothing twice`, () =>
    onTour(runtime === "deno" ? "denoThatSees" : runtime, async (call, cwd, server) => {
      const env = { ANTHROPIC_BASE_URL: server.url };
      const killed = await call(["run", ...SEND], { env, during: whenSent("SIGKILL") });
      assert.notEqual(killed.code, 0);
      const resumed = await call(["resume"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.match(textOf(cwd, "out.csv"), /^"c","see you","succeeded"/m);
      assert.equal(server.emulator.state.commits, 1);
    }));
}

test("Deno runs the command by the name of the package, with the documented permissions", async () => {
  // Where the package is installed.
  const cwd = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), "by-name-"));
  try {
    writeFileSync(join(cwd, "sms.csv"), TABLE);
    const ended = await batchwise(["run", ...SEND], { cwd, runtime: "denoByName" });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(textOf(cwd, "out.csv"), /^"c","see you","succeeded"/m);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
