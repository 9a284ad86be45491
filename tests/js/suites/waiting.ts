// Time and signals: waits, timeouts, aborts, and what they leave behind.
import { assert, rejection, test } from "../harness.js";
import { batch, ended, json, refusal, scripted } from "../server.js";

/** A clock that only sleeping moves. */
function virtualTime(): { now: () => number; sleep: (ms: number) => Promise<void>; slept: number[] } {
  let time = Date.parse("2026-11-21T12:00:00Z");
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: async (ms) => {
      slept.push(ms);
      time += ms;
    },
  };
}

test("waiting ends with the batch and tells of each look", async () => {
  const { client } = scripted([json(batch()), json(batch()), json(ended())]);
  const time = virtualTime();
  const seen: string[] = [];
  const done = await client.messages.batches.wait("m", {
    ...time,
    onPoll: async ({ processing_status }) => {
      await Promise.resolve();
      seen.push(processing_status);
    },
  });
  assert.equal(done.processing_status, "ended");
  assert.deepEqual(seen, ["in_progress", "in_progress", "ended"]);
  for (const ms of time.slept) assert.isTrue(ms >= 5000 && ms <= 6000, `${ms}`);
});

test("no look comes before the server's retry-after, whatever pollMs says", async () => {
  const { client } = scripted([json(batch(), 200, { "retry-after": "10" }), json(batch()), json(ended())]);
  const time = virtualTime();
  await client.messages.batches.wait("m", { ...time, pollMs: 1 });
  assert.deepEqual(time.slept, [10_000, 1]);
});

test("failures that may pass do not end the waiting once the batch was seen", async () => {
  const down = refusal(503, "api_error");
  const broken = () => {
    throw new TypeError("fetch failed");
  };
  const { client, asked } = scripted([json(batch()), down, broken, down, broken, down, down, down, json(ended())]);
  const time = virtualTime();
  await client.messages.batches.wait("m", { ...time, pollMs: 10 });
  assert.equal(asked.length, 9);
});

test("a failure that cannot pass ends the waiting", async () => {
  for (const [answers, code] of [
    [[refusal(404, "not_found_error")], "api/404"],
    [[json(batch()), refusal(401, "authentication_error")], "auth/invalid"],
    [[json(batch()), new Response("<html>")], "api/unexpected"],
  ] as const) {
    const { client } = scripted([...answers]);
    assert.equal((await rejection(client.messages.batches.wait("m", virtualTime())))["code"], code);
  }
});

test("a deadline ends the waiting, given as a length or as a point in time", async () => {
  for (const deadline of [60_000, Date.parse("2026-11-21T12:01:00Z")]) {
    const { client } = scripted([json(batch())]);
    const time = virtualTime();
    const error = await rejection(client.messages.batches.wait("m", { ...time, deadlineMs: deadline }));
    assert.equal(error["code"], "wait/deadline");
    assert.equal(time.now(), Date.parse("2026-11-21T12:01:00Z"));
  }
});

test("what the caller's own function throws comes back unchanged", async () => {
  const { client } = scripted([json(batch())]);
  const mine = new RangeError("mine");
  const onPoll = () => {
    throw mine;
  };
  assert.equal(await rejection(client.messages.batches.wait("m", { ...virtualTime(), onPoll })), mine);
});

test("a signal ends calls, waits and retries with its reason", async () => {
  const never = () => new Promise<Response>(() => {});
  const slow = refusal(529, "overloaded_error", { "retry-after": "60" });
  for (const answers of [[never], [slow], [json(batch())]]) {
    const { client } = scripted(answers);
    const controller = new AbortController();
    const { signal } = controller;
    const { batches } = client.messages;
    const work =
      answers[0] instanceof Response && answers[0].ok
        ? batches.wait("m", { signal })
        : batches.retrieve("m", { signal });
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 20);
    const error = await rejection(work);
    assert.deepEqual([error.name, error["code"]], ["APIUserAbortError", "abort/user"]);
    assert.equal(error.cause, reason);
  }
});

test("a signal that has fired sends nothing", async () => {
  const { client, asked } = scripted([json(batch())]);
  const signal = AbortSignal.abort("no");
  const error = await rejection(client.messages.batches.create({ requests: [] }, { signal }));
  assert.deepEqual([error.name, error.cause, asked.length], ["APIUserAbortError", "no", 0]);
});

test("a shared signal has no listeners left after a hundred calls", async () => {
  let listeners = 0;
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  let added = 0;
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    added += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  const broken = () => {
    throw new TypeError("fetch failed");
  };
  const { client } = scripted([json(batch()), refusal(404, "not_found_error"), broken, json(batch())], {
    maxRetries: 0,
  });
  for (let n = 0; n < 100; n++) await client.messages.batches.retrieve("m", { signal }).catch(() => {});
  const waited = scripted([json(batch()), json(ended())]).client;
  await waited.messages.batches.wait("m", { signal, pollMs: 1 });
  assert.isAbove(added, 100);
  assert.equal(listeners, 0);
});

test("a call without an answer ends in time", async () => {
  const { client, asked } = scripted([() => new Promise<Response>(() => {})], { maxRetries: 0 });
  const error = await rejection(client.messages.batches.retrieve("m", { timeoutMs: 30 }));
  assert.deepEqual([error.name, error["code"], asked.length], ["APIConnectionTimeoutError", "net/timeout", 1]);
});

test("an answer whose body goes silent ends in time and its stream is let go", async () => {
  let canceled = false;
  const silent = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
        cancel: () => {
          canceled = true;
        },
      }),
    );
  const { client } = scripted([silent], { maxRetries: 0, idleTimeoutMs: 30 });
  const error = await rejection(client.messages.batches.retrieve("m"));
  assert.deepEqual([error.name, error["code"]], ["APIConnectionTimeoutError", "net/idle"]);
  assert.isTrue(canceled);
});
