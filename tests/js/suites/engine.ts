// The engine step by step, under a driver that keeps nothing but text and may die after any step.
import { Batchwise, InvalidRequestsError, SpendLimitError } from "batchwise";
import { createEmulator, type EmulatorOptions } from "batchwise/emulator";
import { JobMachine, type MachineOutput, memoryBytes, Planner, ResultReader } from "batchwise/engine";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, ids, requests } from "../jobs.js";
import { bodyOf, Death, drive, type Kept, planned, stored } from "../stepping.js";

const OPTIONS = { seed: 11, concurrency: 1 };

function emulated(options: EmulatorOptions = {}) {
  return createEmulator({ clock: "manual", seed: 5, startMs: 1_793_000_000_000, ...options });
}

function nothing(): Kept {
  return { snapshot: null, rows: new Map() };
}

test("a job that is driven step by step makes each part once and hands out every row once", async () => {
  const source = stored(requests(25));
  const emulator = emulated();
  const kept = nothing();
  const heard: MachineOutput[] = [];
  await drive(source, emulator, kept, {
    options: { ...OPTIONS, maxRequests: 10 },
    heard: (output) => heard.push(output),
  });
  assert.sameMembers([...kept.rows.keys()], ids(25));
  const handed = heard.flatMap((output) => (output.type === "rows" ? [...output.requests] : []));
  assert.lengthOf(new Set(handed), 25);
  assert.lengthOf(handed, 25);
  assert.equal(emulator.state.calls.create, 1);
  assertNothingTwice(emulator);
});

test("a driver that dies after any step goes on from what it kept, and pays for nothing twice", async () => {
  const source = stored(requests(6));
  const faults = { create: { reset: { when: "after", calls: [1] } }, results: { cutMidLine: { calls: [1] } } } as const;
  const total = await drive(source, emulated({ faults }), nothing(), { options: OPTIONS });
  assert.isAbove(total, 12);
  for (let diesAt = 1; diesAt <= total; diesAt++) {
    const emulator = emulated({ faults });
    const kept = nothing();
    const death = await rejection(drive(source, emulator, kept, { options: OPTIONS, diesAt }).then(() => 0));
    assert.instanceOf(death, Death);
    await drive(source, emulator, kept, { options: OPTIONS });
    assert.sameMembers([...kept.rows.keys()], ids(6), `died after step ${diesAt}`);
    assertNothingTwice(emulator);
  }
});

test("a driver that keeps nothing before a create pays twice: that is what keepFirst is for", async () => {
  const source = stored(requests(6));
  const once = nothing();
  let left = 0;
  const heard = (output: MachineOutput) => {
    if (output.type === "call" && output.endpoint === "create") left = 1;
  };
  const total = await drive(source, emulated(), nothing(), { options: OPTIONS, heard });
  assert.equal(left, 1);
  let paidTwice = 0;
  for (let diesAt = 1; diesAt <= total; diesAt++) {
    const emulator = emulated();
    await rejection(drive(source, emulator, once, { options: OPTIONS, diesAt, careful: false }).then(() => 0));
    await drive(source, emulator, nothing(), { options: OPTIONS, careful: false });
    if (emulator.state.commits > 1) paidTwice++;
  }
  assert.isAbove(paidTwice, 0);
});

test("with the same seed, times and inputs a job says the same, so a driver may replay it", async () => {
  const faults = { list: { status: { code: 529, calls: [1, 2] } }, retrieve: { reset: { calls: [2] } } } as const;
  const told: string[][] = [[], []];
  for (const words of told) {
    const heard = (output: MachineOutput) =>
      words.push(JSON.stringify(output, (key, value) => (key === "block" ? 0 : value)));
    await drive(stored(requests(8)), emulated({ faults }), nothing(), { options: OPTIONS, heard });
  }
  assert.isAbove(told[0]?.length ?? 0, 10);
  assert.deepEqual(told[0], told[1]);
});

test("a create is the only call that must be known before it leaves, but for the wish to cancel", async () => {
  const machine = new JobMachine(stored(requests(1)).plan(), OPTIONS);
  const first = machine.poll(0);
  assert.deepInclude(first, { type: "call", endpoint: "list", method: "GET", keepFirst: false, requests: null });
  if (first.type !== "call") throw new Error(first.type);
  assert.match(first.path, /^\/v1\/messages\/batches\?limit=\d+$/);
  const page = new TextEncoder().encode('{"data":[],"has_more":false,"first_id":null,"last_id":null}');
  machine.handle(1, { type: "reply", id: first.id, status: 200, headers: [], body: page });
  const second = machine.poll(1);
  assert.deepInclude(second, { type: "call", endpoint: "create", method: "POST", keepFirst: true, prefix: null });
  const known = JSON.stringify(machine.snapshot());
  // What was on its way when it was kept may have arrived: the list is looked at again before anything is sent.
  const again = JobMachine.restore(stored(requests(1)).plan(), JSON.parse(known), 2, OPTIONS).poll(2);
  assert.deepInclude(again, { type: "call", endpoint: "list", keepFirst: false });
  assert.equal(machine.progress.parts[0]?.state, "sending");
  machine.handle(3, { type: "lost", id: 77, sent: "maybe", reason: "connection", message: "a call nobody made" });
  assert.equal(machine.progress.parts[0]?.state, "sending");
});

test("the bodies made of pieces are those of the source, word for word", () => {
  const all = requests(30);
  const source = stored(all);
  const plan = source.plan();
  const made = JSON.parse(bodyOf(plan, Uint32Array.from([2, 3, 4, 17, 29]), source.bytes)) as { requests: unknown };
  assert.deepEqual(
    made.requests,
    [2, 3, 4, 17, 29].map((n) => all[n]),
  );
  const changed = source.bytes.slice().fill(0x20, 0, 20);
  assert.throws(() => bodyOf(plan, Uint32Array.of(0), changed), /changed/);
});

test("a planner reads tables, prices, and refuses what cannot be sent, all from chunks", () => {
  const csv = new TextEncoder().encode("id,text\na,Loved it.\nb,Broke.\n");
  const table = {
    prompt: "Good or bad? {{text}}",
    model: "claude-haiku-5-5",
    maxTokens: 8,
    key: "id",
    format: "csv",
  } as const;
  const plan = planned(csv, { table });
  assert.equal(plan.requestCount, 2);
  assert.isAbove(plan.estimate().total?.ceiling ?? 0, 0);
  assert.include(bodyOf(plan, Uint32Array.of(1), csv), '"custom_id":"b"');
  const planner = new Planner();
  planner.push(new TextEncoder().encode('{"custom_id":"a"}\n'));
  assert.throws(() => planner.finish(), InvalidRequestsError);
});

test("ids that are made for the wire come back as the caller's own, also to a driver that died", async () => {
  const own = requests(4).map((request, n) => ({ ...request, custom_id: `Müller & Söhne / ${n}` }));
  const source = stored(own, { ids: "nonce" });
  const emulator = emulated();
  const kept = nothing();
  await rejection(drive(source, emulator, kept, { options: OPTIONS, diesAt: 3 }).then(() => 0));
  await drive(source, emulator, kept, { options: OPTIONS });
  assert.sameMembers(
    [...kept.rows.keys()],
    own.map(({ custom_id }) => custom_id),
  );
  const [batch] = emulator.state.batches;
  for (const id of emulator.state.customIds(batch?.id ?? "")) assert.match(id, /^[\w-]{1,64}$/);
  assertNothingTwice(emulator);
});

test("what the engine holds can be told", () => {
  const before = memoryBytes();
  assert.isAbove(before, 1 << 16);
  const reader = new ResultReader();
  // A line without an end has to be kept.
  for (let n = 0; n < 24; n++) reader.push(new Uint8Array(1 << 20).fill(0x20));
  assert.isAbove(memoryBytes(), before + (8 << 20));
  reader.free();
});

test("a snapshot of another input is refused, and so is a job above its limit", () => {
  const machine = new JobMachine(stored(requests(2)).plan(), OPTIONS);
  const other = stored(requests(3)).plan();
  assert.throws(() => JobMachine.restore(other, machine.snapshot(), 0, OPTIONS), /input is not the one/);
  assert.throws(() => new JobMachine(other, { maxCost: 1e-9 }), SpendLimitError);
});

test("a reader of results gives the same rows for every cutting, and tells what they come to", async () => {
  const emulator = emulated({ rates: { overloaded: 0.3 } });
  const client = new Batchwise({ apiKey: "any", fetch: emulator.fetch, dangerouslyAllowBrowser: true });
  const { id } = await client.messages.batches.create({ requests: requests(40) });
  await emulator.clock.advance(3_600_000);
  const text = await new Response((await client.messages.batches.results(id)).bytes()).text();
  const file = new TextEncoder().encode(text.replace("\n", "\nno result\n"));
  const whole = await collect((await client.messages.batches.results(id)).rows());
  for (const size of [1, 7, 1000, file.length]) {
    const reader = new ResultReader();
    const rows: string[] = [];
    const take = () => {
      const block = reader.take();
      for (let i = 0; i < (block?.length ?? 0); i++) rows.push(`${block?.id(i)} ${block?.row(i).outcome}`);
    };
    for (let at = 0; at < file.length; at += size) {
      reader.push(file.subarray(at, at + size));
      take();
    }
    reader.finish();
    take();
    assert.deepEqual(
      rows,
      whole.map((row) => `${row.custom_id} ${row.outcome}`),
    );
    assert.lengthOf(reader.takeBadLines(), 1);
    const { records, outcomes, cost } = reader.totals();
    assert.equal(records, whole.length);
    assert.equal(outcomes.succeeded + outcomes.errored, whole.length);
    assert.isAbove(cost ?? 0, 0);
    reader.free();
  }
});
