// Input that is odd, and still is what it is: ids with names of their own, sources that break, values that act.
import { type BatchRequest, Batchwise, table } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { bench, idsOf, requests } from "../jobs.js";

const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user" as const, content: "Hi" }] };

test("ids that are names of JavaScript are data, from the plan to the report", async () => {
  const names = ["__proto__", "constructor", "toString", "0", "1e3", "hasOwnProperty"];
  const shape = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
  const { client, time } = bench({}, (fetch) => async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/results")) return response;
    const lines = (await response.text()).split("\n").filter((line) => !line.includes('"constructor"'));
    return new Response([...lines, lines[0], lines[0]?.replace("__proto__", "prototype")].join("\n"));
  });
  const job = await client.submit(
    names.map((custom_id) => ({ custom_id, params })),
    time,
  );
  const rows = await collect(job.results({ order: "input" }));
  assert.deepEqual(idsOf(rows), names);
  const report = await job.done();
  assert.deepEqual([...report.missing], ["constructor"]);
  assert.equal(report.outcomes.succeeded, names.length - 1);
  assert.equal(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort()), shape);
  assert.isUndefined(({} as Record<string, unknown>)["result"]);
});

test("a source that throws in the middle of submit sends nothing", async () => {
  const broken = new Error("the disk is gone");
  function* failing(): Generator<BatchRequest> {
    yield* requests(3);
    throw broken;
  }
  const { client, emulator, time } = bench();
  assert.strictEqual(await rejection(client.submit(failing(), { maxRequests: 1, ...time })), broken as never);
  assert.deepEqual(emulator.state.calls, { ...emulator.state.calls, create: 0, list: 0 });
});

test("a source that can be read once is enough for every round", async () => {
  const once = requests(8)[Symbol.iterator]();
  const { client, emulator, time } = bench({ rates: { overloaded: 0.5 } });
  const job = await client.submit({ [Symbol.iterator]: () => once } as Iterable<BatchRequest>, {
    maxRequests: 3,
    ...time,
  });
  assert.lengthOf(await collect(job), 8);
  const { rounds } = await job.done();
  assert.isAbove(rounds, 1);
  assert.isAbove(emulator.state.commits, 3);
});

test("a request is read once, whatever its getters do, and sent as it was read", async () => {
  let reads = 0;
  const odd = {
    get custom_id(): string {
      return `r-${reads++}`;
    },
    params: { ...params, metadata: { user_id: "\u2028 apart" } },
  };
  const bodies: string[] = [];
  const { client, time } = bench({}, (fetch) => async (input, init) => {
    if (init?.method === "POST") bodies.push(await new Response(init.body).text());
    return fetch(input, init);
  });
  const job = await client.submit([odd], time);
  assert.deepEqual(idsOf(await collect(job)), ["r-0"]);
  assert.equal(reads, 1);
  assert.include(bodies[0], "\u2028 apart");
});

test("a table that breaks in the middle passes its own error on", async () => {
  const broken = new Error("no more rows");
  async function* rows(): AsyncGenerator<Record<string, unknown>> {
    yield { id: "a", text: "x" };
    throw broken;
  }
  const client = new Batchwise({ apiKey: "any", dangerouslyAllowBrowser: true });
  const source = table(rows(), { prompt: "{{text}}", model: "claude-haiku-4-5", maxTokens: 8, key: "id" });
  assert.strictEqual(await rejection(client.plan(source)), broken as never);
});
