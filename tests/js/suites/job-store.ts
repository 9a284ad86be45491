// Jobs that live in a store: taken up again by their name, whatever happened to the process before.
import {
  type Batchwise,
  followJob,
  type Job,
  type JobEvent,
  type JobStanding,
  memoryStore,
  type Store,
} from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { assertNothingTwice, bench, ids, idsOf, requests, until } from "../jobs.js";
import { CANARY } from "../server.js";

const LEASE = 60_000;

/** A process that can die: what it asks for after that is never answered, and some of it not even done. */
function mortal(store: Store) {
  const life = { isOver: false, writes: 0, diesAt: Number.POSITIVE_INFINITY, writesLast: false };
  const never = new Promise<never>(() => undefined);
  let die = (): void => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const guard =
    <A extends unknown[], R>(isWrite: boolean, method: (...args: A) => R) =>
    async (...args: A): Promise<Awaited<R>> => {
      if (life.isOver) return never;
      if (isWrite && ++life.writes >= life.diesAt) {
        life.isOver = true;
        if (life.writesLast) method(...args);
        die();
        return never;
      }
      return await method(...args);
    };
  const { getItem, setItem, removeItem, getKeys, compareAndSwap } = store;
  return {
    life,
    death,
    store: {
      getItem: guard(false, getItem),
      setItem: guard(true, setItem),
      removeItem: guard(true, removeItem),
      getKeys: guard(false, async (prefix?: string) => getKeys(prefix)),
      compareAndSwap: guard(true, async (key: string, from: string | null, to: string) => {
        return (await compareAndSwap?.(key, from, to)) ?? false;
      }),
    } satisfies Store,
    fetch:
      (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
      async (input, init) =>
        life.isOver ? never : fetch(input, init),
  };
}

/** Reads rows into `rows`, whatever becomes of the job. */
function read(job: Job, rows: string[]): void {
  const reading = async () => {
    for await (const row of job) rows.push(row.custom_id);
  };
  reading().catch(() => undefined);
}

/** Reads, and resolves when the job is done, however it ends. */
function lived(job: Job, rows: string[]): Promise<void> {
  read(job, rows);
  const ended = (): void => undefined;
  return job.done().then(ended, ended);
}

test("a job that dies at any write of its journal is taken up by its name and loses nothing", async () => {
  for (let diesAt = 1, isOver = false; !isOver; diesAt++) {
    for (const writesLast of [false, true]) {
      const values = memoryStore();
      const { life, death, store, fetch } = mortal(values);
      const { client, emulator, time } = bench({ faults: { results: { cutAtLine: { calls: [1] } } } }, fetch);
      Object.assign(life, { diesAt, writesLast });
      const rows: string[] = [];
      const first = client.submit(requests(6), { maxRequests: 3, store, jobId: "nightly", ...time });
      first.catch(() => undefined);
      await Promise.race([first.then((job) => lived(job, rows)), death]);
      if (!life.isOver) {
        isOver = true;
        break;
      }
      Object.assign(life, { isOver: false, diesAt: Number.POSITIVE_INFINITY });
      await emulator.clock.advance(LEASE);
      const again = await takeUp(client, values, time);
      const report = again && (await again.done());
      if (again) rows.push(...idsOf(await collect(again)));
      assert.sameMembers([...new Set(rows)], report ? ids(6) : [], `died at write ${diesAt}`);
      if (report) assert.equal(report.outcomes.succeeded, 6);
      assertNothingTwice(emulator);
    }
  }
});

/** The job taken up again; one that died before it said anything was never begun. */
async function takeUp(client: Batchwise, store: Store, time: object): Promise<Job | undefined> {
  try {
    return await client.resume("nightly", { store, source: requests(6), ...time });
  } catch (error) {
    assert.equal((error as { code?: string }).code, "store/missing");
    return undefined;
  }
}

/** A job in a store that was left while its batches are at the API. */
async function left(options: object = {}) {
  const all = bench({ processingMs: 600_000 });
  const store = memoryStore();
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const sleep = async (ms: number) => {
    if (all.emulator.state.commits === 2) await held;
    await all.time.sleep?.(ms);
  };
  const time = { ...all.time, sleep };
  const job = await all.client.submit(requests(6), { maxRequests: 3, store, jobId: "j", ...time, ...options });
  await until(job, ({ parts }) => parts.every((part) => part.state === "processing"));
  return { ...all, store, job, go };
}

test("a job that somebody holds is refused, with his name and time; one that was left is not", async () => {
  const { client, store, job, time, emulator } = await left();
  const error = await rejection(client.resume("j", { store, source: requests(6), ...time }));
  assert.deepEqual([error.name, error["code"]], ["StoreConflictError", "store/conflict"]);
  assert.equal(typeof error["owner"], "string");
  assert.isAbove(error["until"] as number, emulator.clock.now());
  await job[Symbol.asyncDispose]();
  assert.equal((await rejection(job.done()))["code"], "abort/user");
  const again = await client.resume("j", { store, source: requests(6), ...time });
  assert.sameMembers(idsOf(await collect(again)), ids(6));
  assert.equal(emulator.state.calls.create, 2);
});

test("a job that somebody holds can be followed by anybody, who sends and writes nothing", async () => {
  const { store, job, emulator, go } = await left();
  const { getItem, getKeys } = store;
  const refused = (): never => assert.fail("a follower writes");
  const readOnly = { getItem, getKeys, setItem: refused, removeItem: refused, compareAndSwap: refused };
  const seen: JobStanding[] = [];
  const sleep = async (): Promise<void> => {
    if (seen.length === 1) read(job, []);
    go();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const calls = JSON.stringify(emulator.state.calls);
  for await (const standing of followJob("j", { store: readOnly, now: emulator.clock.now, sleep })) {
    if (seen.push(standing) === 1) assert.equal(JSON.stringify(emulator.state.calls), calls);
  }
  const [first, last] = [seen[0], seen.at(-1)];
  assert.deepEqual([first?.id, first?.state, first?.requestCount, first?.finished], ["j", "running", 6, 0]);
  assert.equal(typeof first?.owner, "string");
  assert.equal(typeof first?.until, "number");
  const told = first?.parts.map(({ state, requestCount, batchId }) => [state, requestCount, typeof batchId]);
  assert.deepEqual(told, [
    ["processing", 3, "string"],
    ["processing", 3, "string"],
  ]);
  const report = await job.done();
  assert.deepEqual([last?.state, last?.finished, last?.owner, last?.until], ["done", 6, null, null]);
  assert.deepEqual([last?.outcomes, last?.cost], [report.outcomes, report.cost]);
  assert.equal(emulator.state.calls.create, 2);
});

test("a job that nobody holds any more is told to be left, and ends the following", async () => {
  const { client, store, job, time, emulator } = await left();
  await job[Symbol.asyncDispose]();
  const states: string[] = [];
  for await (const { state, owner } of followJob("j", { store, now: emulator.clock.now })) {
    assert.isNull(owner);
    states.push(state);
  }
  assert.deepEqual(states, ["left"]);
  const again = await client.resume("j", { store, source: requests(6), ...time });
  assert.sameMembers(idsOf(await collect(again)), ids(6));
});

test("what cannot be followed is said, and a signal ends the following", async () => {
  const { store, job, emulator } = await left();
  const next = (name: string, more: object = {}) => followJob(name, { store, ...more }).next();
  assert.equal((await rejection(next("nobody")))["code"], "store/missing");
  assert.equal((await rejection(next("a b")))["code"], "misuse/option");
  assert.equal((await rejection(next("j", { everyMs: 0 })))["code"], "misuse/option");
  const stop = new AbortController();
  const following = followJob("j", { store, now: emulator.clock.now, everyMs: 3_600_000, signal: stop.signal });
  assert.equal((await following.next()).value?.state, "running");
  const second = rejection(following.next());
  stop.abort();
  assert.equal((await second)["code"], "abort/user");
  await job[Symbol.asyncDispose]();
});

test("an owner whose job was taken over ends, and sends nothing after it", async () => {
  const { client, store, job, time, emulator, go } = await left();
  // The other one may just have been busy, and have renewed his lease: then it is waited for once more.
  const takenOver = async (): Promise<Job> => {
    await emulator.clock.advance(LEASE + 1);
    return client.resume("j", { store, source: requests(6), ...time }).catch((error: { code?: string }) => {
      if (error.code !== "store/conflict") throw error;
      return takenOver();
    });
  };
  const again = await takenOver();
  go();
  const error = await rejection(job.done());
  assert.deepEqual([error.name, error["code"]], ["StoreConflictError", "store/conflict"]);
  assert.sameMembers(idsOf(await collect(again)), ids(6));
  assertNothingTwice(emulator);
});

test("a job whose owner is known to be gone is taken over before its lease is over", async () => {
  const { client, store, job, time, emulator, go } = await left();
  const again = await client.resume("j", { store, source: requests(6), ownerIsGone: true, ...time });
  go();
  // He was not gone after all: he notices, and sends nothing more.
  assert.equal((await rejection(job.done()))["code"], "store/conflict");
  assert.sameMembers(idsOf(await collect(again)), ids(6));
  assertNothingTwice(emulator);
});

test("a name that is taken is refused, while the job runs and after its end", async () => {
  const { client, store, job, time, go, emulator } = await left();
  const submit = () => client.submit(requests(6), { store, jobId: "j", ...time });
  assert.equal((await rejection(submit()))["code"], "store/conflict");
  await job[Symbol.asyncDispose]();
  const open = await rejection(submit());
  assert.deepEqual([open.name, open["code"]], ["StoreError", "store/exists"]);
  assert.include(open.message, "has not ended");
  go();
  const again = await client.resume("j", { store, source: requests(6), ...time });
  await collect(again);
  assert.include((await rejection(submit())).message, "has ended");
  assert.equal(emulator.state.calls.create, 2);
});

test("a job that is not in the store, a name that is none and a store that is none are refused", async () => {
  const { client, time, emulator } = bench();
  const store = memoryStore();
  const source = requests(1);
  assert.equal((await rejection(client.resume("j", { store, source, ...time })))["code"], "store/missing");
  for (const wrong of [{ store, jobId: "a/b" }, { store: {} as Store }, { store: 7 as never }, { store, leaseMs: 0 }]) {
    assert.equal((await rejection(client.submit(source, { ...time, ...wrong })))["code"], "misuse/option");
  }
  assert.equal((await rejection(client.resume("j", { source, ...time })))["code"], "misuse/option");
  assert.deepEqual(emulator.state.calls.create, 0);
  assert.deepEqual(await store.getKeys(), []);
});

test("an input that has changed is refused, nothing is sent, and the job can be taken up with the right one", async () => {
  const { client, store, job, time, emulator } = await left();
  await job[Symbol.asyncDispose]();
  const { calls } = emulator.state;
  for (const source of [requests(6, "Say ho."), requests(5)]) {
    assert.equal((await rejection(client.resume("j", { store, source, ...time })))["code"], "data/changed");
  }
  assert.deepEqual(emulator.state.calls, calls);
  const again = await client.resume("j", { store, source: requests(6), ...time });
  assert.equal((await again.done()).outcomes.succeeded, 6);
});

test("a job that has ended gives its report again, and rows only if nobody took them", async () => {
  const { client, emulator, time } = bench();
  const store = memoryStore();
  const job = await client.submit(requests(4), { store, jobId: "j", ...time });
  const report = await job.done();
  const again = await client.resume("j", { store, source: requests(4), ...time });
  assert.sameMembers(idsOf(await collect(again)), ids(4));
  assert.deepEqual(await again.done(), report);
  const { calls } = emulator.state;
  const third = await client.resume("j", { store, source: requests(4), ...time });
  assert.deepEqual(await collect(third), []);
  assert.deepEqual(await third.done(), report);
  assert.deepEqual(emulator.state.calls, calls);
});

test("options are kept with the job: it goes on as it was begun", async () => {
  const { client, store, job, time } = await left({ rounds: 1, ids: "nonce" });
  await job[Symbol.asyncDispose]();
  const again = await client.resume("j", { store, source: requests(6), ...time });
  assert.lengthOf(again.progress.parts, 2);
  assert.sameMembers(idsOf(await collect(again)), ids(6));
});

test("the store holds neither key nor prompt, and values that no store takes for something else", async () => {
  const { store, job, go } = await left();
  go();
  await job.done();
  const keys = await store.getKeys();
  assert.isAbove(keys.length, 3);
  for (const key of keys) {
    const value = store.getItem(key) as string;
    assert.match(key, /^batchwise:j:[\w.:-]+$/);
    assert.match(value, /^bw1 /);
    for (const secret of [CANARY, CANARY.slice(-8), "Say hi.", "max_tokens"]) {
      assert.notInclude(value, secret);
    }
  }
});

test("a store that fails at any write stops the job with its own error, and the job can be taken up", async () => {
  for (let failsAt = 1; ; failsAt++) {
    const values = memoryStore();
    let writes = 0;
    const cause = new Error("disk full");
    const store: Store = {
      ...values,
      compareAndSwap: (key, from, to) => {
        if (++writes === failsAt) throw cause;
        return values.compareAndSwap(key, from, to);
      },
    };
    const { client, emulator, time } = bench();
    const submitted = client.submit(requests(4), { maxRequests: 2, store, jobId: "nightly", ...time });
    const failure = await submitted
      .then((job) => job.done())
      .then(
        () => undefined,
        (error: unknown) => error as { code: string; cause: unknown },
      );
    if (writes < failsAt) break;
    if (failure) assert.deepEqual([failure.code, failure.cause], ["store/failed", cause]);
    await emulator.clock.advance(LEASE);
    const again = await client
      .resume("nightly", { store: values, source: requests(4), ...time })
      .catch((error: { code: string }) => assert.equal(error.code, "store/missing"));
    if (again) assert.equal((await again.done()).outcomes.succeeded, 4);
    assertNothingTwice(emulator);
  }
});

test("a store without compareAndSwap is used, with one warning", async () => {
  const { client, time } = bench();
  const { compareAndSwap, ...store } = memoryStore();
  assert.isFunction(compareAndSwap);
  const events: JobEvent[] = [];
  const job = await client.submit(requests(2), { store, jobId: "j", ...time, onEvent: (event) => events.push(event) });
  await job.done();
  assert.lengthOf(
    events.filter(({ type }) => type === "singleOwner"),
    1,
  );
  const again = await client.resume("j", { store, source: requests(2), ...time });
  assert.sameMembers(idsOf(await collect(again)), ids(2));
});
