// What keeps keys where they belong and data what it is. docs/security.md lists which rule each case holds.
import { type BatchRequest, Batchwise } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { assert, collect, rejection, serverUrl, test } from "../harness.js";
import { bench, requests } from "../jobs.js";
import { batch, CANARY, json, scripted } from "../server.js";

test("a redirect over a real socket is followed by no call, whatever its status", async () => {
  const trapped = async (): Promise<unknown> => (await fetch(`${serverUrl()}/trapped`)).json();
  const before = await trapped();
  for (const status of [301, 302, 303, 307, 308]) {
    const baseURL = `${serverUrl()}/moved/${status}`;
    const client = new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0, dangerouslyAllowBrowser: true });
    const { batches } = client.messages;
    const calls = [() => batches.retrieve("m"), () => batches.list(), () => batches.create({ requests: requests(1) })];
    for (const call of calls) {
      const error = await rejection(async () => await call());
      assert.equal(error["code"], "api/redirect", `${status}: ${error.message}`);
    }
  }
  assert.equal(await trapped(), before);
});

test("a job is stopped by a redirect, and what it sent is not sent elsewhere", async () => {
  const asked: string[] = [];
  const { client, time } = bench({}, (fetch) => (input, init) => {
    asked.push(String(input));
    const isCreate = init?.method === "POST";
    return isCreate
      ? Promise.resolve(new Response(null, { status: 307, headers: { location: "https://evil.example/" } }))
      : fetch(input, init);
  });
  const job = await client.submit(requests(2), { ...time });
  assert.equal((await rejection(job.done()))["code"], "api/redirect");
  assert.deepEqual([...new Set(asked.map((url) => new URL(url).origin))], ["https://api.anthropic.com"]);
});

test("two clients in one program share nothing", async () => {
  const sent: [string, string | null, string | null, string | null][] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    const mine = ["x-api-key", "authorization", "x-own"].map((name) => headers.get(name));
    sent.push([new URL(String(input)).host, mine[0] ?? null, mine[1] ?? null, mine[2] ?? null]);
    return json(batch());
  };
  const options = { fetch, dangerouslyAllowBrowser: true };
  const one = new Batchwise({ ...options, apiKey: "key-one", baseURL: "https://one.example", betas: ["b-1"] });
  const two = new Batchwise({
    ...options,
    apiKey: null,
    authToken: "token-two",
    baseURL: "https://two.example",
    defaultHeaders: { "x-own": "2" },
  });
  const calls = Array.from({ length: 6 }, (_, n) => (n % 2 ? two : one).messages.batches.retrieve("m"));
  await Promise.all(calls);
  assert.deepEqual(
    new Set(sent.map((fields) => fields.join(" "))),
    new Set(["one.example key-one  ", "two.example  Bearer token-two 2"]),
  );
});

test("options that change after a client was made change nothing", async () => {
  const { client, asked } = scripted([json(batch())]);
  const options = { apiKey: CANARY, baseURL: "https://first.example", defaultHeaders: { "x-own": "1" } };
  const seen: string[] = [];
  const frozen = new Batchwise({
    ...Object.assign(options, {
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
        seen.push(`${new URL(String(input)).host} ${new Headers(init?.headers).get("x-own")}`);
        return json(batch());
      },
    }),
    dangerouslyAllowBrowser: true,
  });
  options.baseURL = "https://second.example";
  options.defaultHeaders["x-own"] = "2";
  Object.assign(frozen, { baseURL: "https://third.example", apiKey: "other" });
  await frozen.messages.batches.retrieve("m");
  assert.deepEqual(seen, ["first.example 1"]);
  assert.throws(() => Object.assign(client.messages, { batches: null }), TypeError);
  assert.lengthOf(asked, 0);
});

test("ids that mean something to JavaScript are ids like any other, and no prototype is touched", async () => {
  const shape = (): string[] =>
    [Object.prototype, Array.prototype, Function.prototype].flatMap(Reflect.ownKeys).map(String);
  const before = shape();
  const ids = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "0", "1e3"];
  const { client, time } = bench();
  const source: BatchRequest[] = requests(ids.length).map((request, n) => ({ ...request, custom_id: ids[n] ?? "" }));
  const job = await client.submit(source, { ...time, maxRequests: 3 });
  const rows = await collect(job.results({ order: "input" }));
  assert.deepEqual(
    rows.map((row) => [row.custom_id, row.outcome]),
    ids.map((id) => [id, "succeeded"]),
  );
  assert.equal((await job.done()).outcomes.succeeded, ids.length);
  for (const row of rows) assert.equal(row.toJSON().custom_id, row.custom_id);
  assert.deepEqual(shape(), before);
});

test("columns that mean something to JavaScript are columns like any other", async () => {
  const { fetch } = createEmulator({ clock: "manual" });
  const { table } = await import("batchwise");
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true });
  const csv = new Blob(["__proto__,constructor\nfirst,second\n"]);
  const plan = await client.plan(
    table(csv, { prompt: "{{__proto__}} {{constructor}}", model: "claude-haiku-4-5", maxTokens: 5 }),
  );
  assert.deepEqual([plan.requestCount, plan.violations.length], [1, 0]);
  assert.notProperty({}, "first");
});

test("nothing that can be printed, serialised or kept holds the key", async () => {
  const { client, time } = bench();
  const plan = await client.plan(requests(3));
  const job = await client.submit(plan, { ...time });
  const rows = await collect(job.results());
  const report = await job.done();
  const all: unknown[] = [client, client.messages.batches, plan, job, job.progress, job.snapshot(), rows, report];
  for (const value of all) {
    const shown = [String(value), `${JSON.stringify(value)}`, ...Reflect.ownKeys(value as object).map(String)];
    assert.notInclude(shown.join(" "), "canary");
  }
});
