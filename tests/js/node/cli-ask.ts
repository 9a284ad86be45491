// Questions: on a terminal, answered this way and that; without one; and with somebody who leaves instead.
import type { ServedEmulator } from "../../../js/emulator/serve.js";
import { batchwise, type CallOptions, type Ended, inFolder, startServer } from "../command.js";
import { assert, test } from "../harness.js";

const SPEED = 600;
const RUN = ["run", "sms.csv", "-p", "Ham or spam? {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8"];
const SEND = [...RUN, "--pilot", "1", "--speed", String(SPEED), "-o", "out.csv"];
const FIRST = /Send 4 requests\? \[y\/N\] /;
const REST = /Send the other 3 requests\? \[y\/N\] /;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

type Call = (args: readonly string[], options?: CallOptions) => Promise<Ended>;

function inPlace(work: (call: Call, server: ServedEmulator) => Promise<void>): Promise<void> {
  return inFolder({ "sms.csv": "text\nhello\nwin now\nsee you\nbye\n" }, async (cwd) => {
    const server = await startServer({ clock: SPEED });
    const env = { ANTHROPIC_BASE_URL: server.url };
    try {
      await work((args, more) => batchwise(args, { cwd, env, ...more }), server);
    } finally {
      await server.close();
    }
  });
}

/** How many requests each batch was made with. */
function sent(server: ServedEmulator): number[] {
  return server.emulator.state.batches.map((batch) => batch.requestCount).sort((a, b) => a - b);
}

test("a no before anything was sent leaves it at that", () =>
  inPlace(async (call, server) => {
    for (const answer of ["n\n", "\n", "yess\n", CTRL_D]) {
      const ended = await call(SEND, { typed: [[FIRST, answer]] });
      assert.equal(ended.code, 1, ended.stdout);
      assert.match(ended.stdout, /error: nothing was done/);
    }
    const left = await call(SEND, { typed: [[FIRST, CTRL_C]] });
    assert.notEqual(left.code, 0, left.stdout);
    assert.deepEqual(sent(server), []);
  }));

test("a no after the pilot sends nothing more, and a retry sends the rest after all", () =>
  inPlace(async (call, server) => {
    const ended = await call(SEND, {
      typed: [
        [FIRST, "y\n"],
        [REST, "n\n"],
      ],
    });
    assert.equal(ended.code, 3, ended.stdout);
    assert.match(ended.stdout, /outcomes {2}1 succeeded {3}0 errored {3}3 canceled/);
    assert.deepEqual(sent(server), [1]);
    const rest = await call(["retry", "--yes"]);
    assert.equal(rest.code, 0, rest.stderr);
    assert.deepEqual(sent(server), [1, 3]);
  }));

test("a yes after the pilot sends the rest", () =>
  inPlace(async (call, server) => {
    const typed = [
      [FIRST, "y\n"],
      [REST, "Yes\n"],
    ] as const;
    const ended = await call(SEND, { typed });
    assert.equal(ended.code, 0, ended.stdout);
    assert.deepEqual(sent(server), [1, 3]);
  }));

test("whoever leaves at the pilot's question, or cannot be asked, is asked again by resume", () =>
  inPlace(async (call, server) => {
    const left = await call(SEND, {
      typed: [
        [FIRST, "y\n"],
        [REST, CTRL_C],
      ],
    });
    assert.equal(left.code, 130, left.stdout);
    assert.match(left.stdout, /Continue with: {2}batchwise resume \w+/);
    assert.notMatch(left.stdout, /keep running|batches go on|Nothing was sent/i, "the pilot's batch has ended");
    const unasked = await call(["resume"]);
    assert.equal(unasked.code, 1, unasked.stderr);
    assert.match(unasked.stderr, /nobody can be asked here \("Send the other 3 requests\?"\): add --yes to agree/);
    assert.deepEqual(sent(server), [1]);
    const ended = await call(["resume", "--yes"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(sent(server), [1, 3]);
  }));

test("without a terminal, or with --no-input, a question ends the command before anything is sent", () =>
  inPlace(async (call, server) => {
    const piped = await call(SEND, { stdin: "y\n" });
    assert.equal(piped.code, 1, piped.stderr);
    assert.match(piped.stderr, /nobody can be asked here \("Send 4 requests\?"\)/);
    const refused = await call([...SEND, "--no-input"], { typed: [] });
    assert.equal(refused.code, 1, refused.stdout);
    assert.deepEqual(sent(server), []);
  }));
