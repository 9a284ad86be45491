// A lasting home of rows: what lies there counts as delivered, and comes no second time.
import { memoryStore, type Sink, type SinkRecord } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { bench, ids, idsOf, requests } from "../jobs.js";

/** A sink in memory that says what was asked of it. */
function memorySink(story: string[] = []): Sink & { rows: Map<string, SinkRecord>; puts: number } {
  const rows = new Map<string, SinkRecord>();
  return {
    rows,
    puts: 0,
    has: (id) => rows.has(id),
    async put(records) {
      this.puts += records.length;
      story.push("put");
      await Promise.resolve();
      for (const record of records) rows.set(record.custom_id, record);
    },
    flush: () => void story.push("flush"),
  };
}

test("rows lie in the sink when the job is done, whoever reads, with what the API said", async () => {
  for (const kept of [{}, { store: memoryStore(), jobId: "j" }]) {
    const { client, time } = bench();
    const sink = memorySink();
    const job = await client.submit(requests(6), { maxRequests: 3, sink, ...kept, ...time });
    await job.done();
    assert.sameMembers([...sink.rows.keys()], ids(6));
    assert.equal(sink.puts, 6);
    const record = structuredClone(sink.rows.get("r-0"));
    assert.equal(record?.outcome, "succeeded");
    assert.equal(record?.result.type, "succeeded");
    assert.sameMembers(idsOf(await collect(job)), ids(6));
  }
});

test("what was put is made lasting before the store is told that it was delivered", async () => {
  const story: string[] = [];
  const values = memoryStore();
  const store = {
    ...values,
    compareAndSwap: (key: string, from: string | null, to: string) => {
      if (/"ledger\.0":"[a-z]/.test(to)) story.push("told");
      return values.compareAndSwap(key, from, to);
    },
  };
  const { client, time } = bench();
  await (await client.submit(requests(3), { store, jobId: "j", sink: memorySink(story), ...time })).done();
  assert.equal(story.indexOf("told"), story.length - 1, story.join(" "));
  assert.deepEqual(story.slice(-3), ["put", "flush", "told"]);
});

test("a sink that fails stops the job with its error; taken up again, only the others are put", async () => {
  for (let failsAt = 1; failsAt <= 2; failsAt++) {
    const { client, time, emulator } = bench();
    const store = memoryStore();
    const sink = memorySink();
    const cause = new Error("no space");
    let puts = 0;
    const failing: Sink = {
      ...sink,
      put: (records) => {
        if (++puts === failsAt) throw cause;
        return sink.put(records);
      },
    };
    const options = { maxRequests: 3, store, jobId: "j", ...time };
    const job = await client.submit(requests(6), { ...options, sink: failing });
    const error = await rejection(job.done());
    assert.deepEqual([error.name, error["code"], error.cause], ["StoreError", "store/failed", cause]);
    const again = await client.resume("j", { store, sink, source: requests(6), ...time });
    const report = await again.done();
    assert.equal(report.outcomes.succeeded, 6);
    assert.sameMembers([...sink.rows.keys()], ids(6));
    assert.equal(sink.puts, 6, "nothing was put twice");
    assert.equal(emulator.state.calls.create, 2);
  }
});

test("rows that come fast are put block by block, under one flush, and none is told of before it", async () => {
  const story: string[] = [];
  const { client, time } = bench({}, (fetch) => async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/results")) return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
      bytes.subarray(1000 * at, 1000 * (at + 1)),
    );
    const start = (controller: ReadableStreamDefaultController): void => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    };
    return new Response(new ReadableStream({ start }));
  });
  const sink = memorySink(story);
  const job = await client.submit(requests(400), { sink, ...time });
  const rows = await collect(job);
  assert.sameMembers(idsOf(rows), ids(400));
  assert.equal(sink.puts, 400);
  const flushes = story.filter((deed) => deed === "flush").length;
  assert.isAtMost(flushes, 40, "each piece had a flush of its own");
  assert.isAbove(story.length, 2 * flushes, "all that a flush covers was put at once");
  assert.deepEqual([story[0], story.at(-1)], ["put", "flush"]);
  assert.notMatch(story.join(" "), /flush flush/);
});

test("a job that is aborted has put what had come", async () => {
  const { client, time } = bench();
  const sink = memorySink();
  const controller = new AbortController();
  const slow: Sink = {
    ...sink,
    put: (records) => {
      controller.abort();
      return sink.put(records);
    },
  };
  const options = { maxRequests: 3, store: memoryStore(), jobId: "j", signal: controller.signal };
  const job = await client.submit(requests(6), { ...options, sink: slow, ...time });
  assert.equal((await rejection(job.done()))["code"], "abort/user");
  assert.isNotEmpty([...sink.rows.keys()]);
});
