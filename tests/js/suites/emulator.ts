// The emulator as a fetch: its signature, its errors, its bodies.
import { createEmulator, type Emulator, type EmulatorOptions, type FaultSettings } from "batchwise/emulator";
import { assert, rejection, test } from "../harness.js";

const BATCHES = "https://api.anthropic.com/v1/messages/batches";
const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21", "content-type": "application/json" };

function emulator(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ seed: 7, clock: "manual", ...options });
}

function body(count: number): string {
  const params = { model: "claude-haiku-4-5", max_tokens: 64, messages: [{ role: "user", content: "Hi." }] };
  return JSON.stringify({ requests: Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params })) });
}

async function created({ fetch }: Emulator, count: number): Promise<string> {
  const response = await fetch(BATCHES, { method: "POST", headers, body: body(count) });
  assert.equal(response.status, 200);
  const { id } = (await response.json()) as { id: string };
  return id;
}

/** The results of a batch that went through a fault, asked for and not read yet. */
async function faulty(faults: FaultSettings, init: RequestInit = {}): Promise<{ emulated: Emulator; reply: Response }> {
  const emulated = emulator({ faults: { results: faults } });
  const id = await created(emulated, 40);
  await emulated.clock.advance(3_600_000);
  const reply = await emulated.fetch(`${BATCHES}/${id}/results`, { headers, ...init });
  return { emulated, reply };
}

/** Whether work is done without time going on. */
async function isDone(work: Promise<unknown>): Promise<boolean> {
  let done = false;
  work.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  return done;
}

test("fetch works detached, with an address, a URL and a Request", async () => {
  const { fetch, state } = emulator();
  for (const input of [BATCHES, new URL(BATCHES), new Request(BATCHES, { headers })]) {
    const response = await (input instanceof Request ? fetch(input) : fetch(input, { headers }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { data: [], has_more: false, first_id: null, last_id: null });
    assert.match(response.headers.get("request-id") ?? "", /^req_01/);
  }
  const init = { method: "POST", headers, body: body(2) };
  assert.equal((await fetch(new Request(BATCHES, init))).status, 200);
  assert.equal((await fetch(BATCHES, { ...init, body: new TextEncoder().encode(body(1)) })).status, 200);
  assert.equal((await fetch(BATCHES, { ...init, body: new Blob([body(1)]) })).status, 200);
  assert.deepEqual(
    state.batches.map((batch) => batch.requestCount),
    [2, 1, 1],
  );
});

test("results_url points to where the batch was asked for", async () => {
  const emulated = emulator();
  const id = await created(emulated, 1);
  await emulated.clock.advance(3_600_000);
  const origin = "http://127.0.0.1:1";
  const batch = (await (await emulated.fetch(`${origin}/v1/messages/batches/${id}`, { headers })).json()) as object;
  assert.propertyVal(batch, "results_url", `${origin}/v1/messages/batches/${id}/results`);
});

test("equal seeds give equal batches and rows", async () => {
  const run = async (seed: number) => {
    const emulated = emulator({ seed, startMs: Date.parse("2026-11-21T12:00:00Z"), rates: { overloaded: 0.2 } });
    const id = await created(emulated, 20);
    await emulated.clock.advance(3_600_000);
    const get = async (path: string) => (await emulated.fetch(`${BATCHES}/${id}${path}`, { headers })).text();
    return [await get(""), await get("/results")];
  };
  assert.deepEqual(await run(3), await run(3));
  assert.notDeepEqual(await run(3), await run(4));
});

test("a lost connection rejects as a platform's fetch does, and the effect stands or not", async () => {
  for (const [when, commits] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    const { fetch, state } = emulator({ faults: { create: { reset: { when } } } });
    const error = await rejection(fetch(BATCHES, { method: "POST", headers, body: body(1) }));
    assert.instanceOf(error, TypeError);
    assert.equal(state.commits, commits);
    assert.deepEqual(state.faults, { reset: 1 });
  }
});

test("a body cut cleanly ends as if it were whole", async () => {
  const { reply } = await faulty({ cutAtLine: true });
  const lines = (await reply.text()).split("\n").filter(Boolean);
  assert.isBelow(lines.length, 40);
  for (const line of lines) JSON.parse(line);
});

test("a body whose connection is lost ends with a TypeError after its bytes", async () => {
  const { reply } = await faulty({ cutMidLine: { ending: "reset" } });
  const reader = reply.body?.getReader();
  let bytes = 0;
  const error = await rejection(async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return;
      bytes += value?.length ?? 0;
    }
  });
  assert.instanceOf(error, TypeError);
  assert.isAbove(bytes, 0);
});

test("a late answer comes when its time has come", async () => {
  const { fetch, clock } = emulator({ faults: { list: { slow: { ms: 1_000 } } } });
  const answer = fetch(BATCHES, { headers });
  await clock.advance(999);
  assert.isFalse(await isDone(answer));
  await clock.advance(1);
  assert.equal((await answer).status, 200);
});

test("a stalled call is silent for its time and then lost", async () => {
  const { fetch, clock } = emulator({ faults: { list: { stall: { ms: 60_000 } } } });
  const answer = rejection(fetch(BATCHES, { headers }));
  await clock.advance(59_000);
  assert.isFalse(await isDone(answer));
  await clock.advance(1_000);
  assert.instanceOf(await answer, TypeError);
});

test("a slow body comes piece by piece while the clock moves, the same each time", async () => {
  const times = [];
  for (let turn = 0; turn < 2; turn++) {
    const { emulated, reply } = await faulty({ slowBody: { bytes: 1_000, everyMs: 500 } });
    const start = emulated.clock.now();
    const text = reply.text().then((all) => ({ length: all.length, took: emulated.clock.now() - start }));
    await emulated.clock.advance(20_000);
    assert.isFalse(await isDone(text));
    await emulated.clock.advance(600_000);
    times.push(await text);
  }
  assert.deepEqual(times[0], times[1]);
  assert.isAbove(times[0]?.took ?? 0, 10_000);
});

test("a body that stalls in the middle is lost when its time is over", async () => {
  const { emulated, reply } = await faulty({ cutMidLine: { ending: "stall", ms: 30_000 } });
  // Read by hand: when a runtime's own `text()` begins to wait is up to it.
  const reader = reply.body?.getReader();
  assert(reader);
  let read = reader.read();
  while (await isDone(read)) read = reader.read();
  const stalled = rejection(read);
  await emulated.clock.advance(29_000);
  assert.isFalse(await isDone(stalled));
  await emulated.clock.advance(1_000);
  assert.instanceOf(await stalled, TypeError);
});

test("a signal ends what waits, with its own reason, and leaves no listener", async () => {
  const reason = new Error("enough");
  const counted = (controller: AbortController) => {
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    return () => listeners;
  };

  const before = new AbortController();
  before.abort(reason);
  assert.equal(await rejection(emulator().fetch(BATCHES, { headers, signal: before.signal })), reason);

  const stalled = new AbortController();
  const { fetch } = emulator({ faults: { "*": { stall: true } } });
  const answer = rejection(fetch(BATCHES, { headers, signal: stalled.signal }));
  assert.isFalse(await isDone(answer));
  stalled.abort(reason);
  assert.equal(await answer, reason);

  const inBody = new AbortController();
  const { reply } = await faulty({ slowBody: true }, { signal: inBody.signal });
  // Not `text()`: Chromium hides the reason of a broken stream behind it.
  const read = rejection(async () => reply.body?.getReader().read());
  assert.isFalse(await isDone(read));
  inBody.abort(reason);
  assert.equal(await read, reason);

  const whole = new AbortController();
  const listeners = counted(whole);
  const { reply: healthy } = await faulty({}, { signal: whole.signal });
  await healthy.text();
  assert.equal(listeners(), 0);
  const { reply: left } = await faulty({ slowBody: true }, { signal: whole.signal });
  await left.body?.cancel();
  assert.equal(listeners(), 0);
});

test("a body can be left in the middle", async () => {
  const { reply } = await faulty({});
  const reader = reply.body?.getReader();
  assert.isFalse((await reader?.read())?.done);
  await reader?.cancel();
});

test("faults are switched between calls", async () => {
  const { fetch, faults, state } = emulator();
  const status = async () => (await fetch(BATCHES, { headers })).status;
  assert.equal(await status(), 200);
  faults.set("list", { status: { code: 529, retryAfter: { seconds: 3 } } });
  faults.set("*", { blankLines: true });
  assert.equal(await status(), 529);
  faults.clear("list");
  assert.equal(await status(), 200);
  faults.set("list", { status: [{ code: 500, calls: [4] }] });
  assert.equal(await status(), 500);
  faults.clear();
  assert.equal(await status(), 200);
  assert.deepEqual(state.faults, { status: 2 });
  assert.equal(state.calls.list, 5);
});

test("an option or a fault that cannot be is refused with its name", async () => {
  const table: [() => unknown, string][] = [
    [() => createEmulator({ clock: -1 }), "clock"],
    [() => createEmulator({ clock: Number.NaN }), "clock"],
    [() => createEmulator({ rates: { overloaded: 2 } }), "rates"],
    [() => createEmulator({ rates: { refusal: 0.6, expired: 0.6 } }), "rates"],
    [() => createEmulator({ answer: ["x"] } as EmulatorOptions), "answer"],
    [() => createEmulator({ faults: { everything: {} } } as EmulatorOptions), "everything"],
    [() => createEmulator({ faults: { list: { rest: true } as FaultSettings } }), "rest"],
    [() => createEmulator({ state: "{}" }), "state"],
    [() => createEmulator({ seed: -1 }), "seed"],
  ];
  for (const [make, word] of table) assert.include((await rejection(make)).message, word);
});

test("the state tells what was committed and paid, and goes on in another emulator", async () => {
  const emulated = emulator({ rates: { invalid: 0.5 } });
  const id = await created(emulated, 30);
  await created(emulated, 10);
  await emulated.clock.advance(3_600_000);
  const fates = emulated.state.requests();
  assert.equal(fates.size, 30);
  assert.equal([...fates.values()].filter((fate) => fate.committed === 2).length, 10);
  for (const fate of fates.values()) assert.isTrue(fate.billed === 0 || fate.billed === fate.committed);
  assert.deepEqual(
    emulated.state.customIds(id),
    Array.from({ length: 30 }, (_, n) => `r-${n}`),
  );

  const heir = emulator({ rates: { invalid: 0.5 }, state: emulated.state.export() });
  assert.isAtLeast(heir.clock.now(), emulated.clock.now());
  assert.deepEqual(heir.state.batches, emulated.state.batches);
  assert.deepEqual(heir.state.requests(), fates);
  const results = await heir.fetch(`${BATCHES}/${id}/results`, { headers });
  assert.equal((await results.text()).trim().split("\n").length, 30);
});
