// The six endpoints against a server that the case writes: what is sent, and what comes of the answer.
import { assert, collect, rejection, test } from "../harness.js";
import { batch, CANARY, ended, json, refusal, scripted } from "../server.js";

const REQUESTS = [
  {
    custom_id: "a",
    params: { model: "claude-haiku-5-5", max_tokens: 5, messages: [{ role: "user" as const, content: "hi" }] },
  },
];

test("each endpoint is called with its verb, path and body", async () => {
  const { client, asked } = scripted([json(batch())]);
  const { batches } = client.messages;
  await batches.create({ requests: REQUESTS });
  await batches.retrieve("msgbatch_01");
  await batches.cancel("msgbatch_01");
  await batches.retrieve("../sneaky?x=1");
  assert.deepEqual(
    asked.map(({ method, url }) => `${method} ${url.pathname}${url.search}`),
    [
      "POST /v1/messages/batches",
      "GET /v1/messages/batches/msgbatch_01",
      "POST /v1/messages/batches/msgbatch_01/cancel",
      "GET /v1/messages/batches/..%2Fsneaky%3Fx%3D1",
    ],
  );
  assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), { requests: REQUESTS });
  assert.equal(asked[0]?.url.origin, "https://api.anthropic.com");
});

test("delete answers what the API confirms", async () => {
  const { client, asked } = scripted([json({ id: "msgbatch_01", type: "message_batch_deleted" })]);
  const deleted = await client.messages.batches.delete("msgbatch_01");
  assert.deepEqual(deleted, { id: "msgbatch_01", type: "message_batch_deleted" });
  assert.equal(asked[0]?.method, "DELETE");
});

test("a batch comes back whole, with fields nobody knows", async () => {
  const unknown = batch({ processing_status: "resting", tags: { a: [1] } });
  const { client } = scripted([json(unknown)]);
  assert.deepEqual(await client.messages.batches.retrieve("msgbatch_01"), unknown as never);
});

test("the headers are those the API wants", async () => {
  const { client, asked } = scripted([json(batch())], { betas: ["x-1", "y-2"], defaultHeaders: { "x-own": "1" } });
  await client.messages.batches.create({ requests: REQUESTS });
  const headers = Object.fromEntries(asked[0]?.headers ?? []);
  assert.deepEqual(headers, {
    accept: "application/json",
    "anthropic-beta": "x-1,y-2",
    "anthropic-dangerous-direct-browser-access": "true",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
    "x-api-key": CANARY,
    "x-own": "1",
  });
  assert.equal(asked[0]?.redirect, "manual");
});

test("a token goes as Bearer, and a header of the call outranks the client's", async () => {
  const { client, asked } = scripted([json(batch())], { apiKey: null, authToken: "token-1", apiVersion: "2023-06-01" });
  await client.messages.batches.retrieve("m", { headers: { "anthropic-version": "2026-10-21" } });
  assert.equal(asked[0]?.headers.get("authorization"), "Bearer token-1");
  assert.equal(asked[0]?.headers.get("x-api-key"), null);
  assert.equal(asked[0]?.headers.get("anthropic-version"), "2026-10-21");
});

test("params of the official SDK are told from options by their keys", async () => {
  const { client, asked } = scripted([json(batch())]);
  const { batches } = client.messages;
  await batches.retrieve("m", { workspace_id: "wrkspc_1" });
  await batches.retrieve("m", { workspace_id: "wrkspc_2" }, { headers: { "x-own": "2" } });
  await batches.retrieve("m", null, { headers: { "x-own": "3" } });
  await batches.cancel("m", { headers: { "x-own": "4" } });
  await batches.create({ requests: REQUESTS, workspace_id: "wrkspc_5", user_profile_id: "up_5" });
  const seen = asked.map(({ headers }) => [headers.get("anthropic-workspace-id"), headers.get("x-own")]);
  assert.deepEqual(seen, [
    ["wrkspc_1", null],
    ["wrkspc_2", "2"],
    [null, "3"],
    [null, "4"],
    ["wrkspc_5", null],
  ]);
  assert.equal(asked[4]?.headers.get("anthropic-user-profile-id"), "up_5");
  assert.deepEqual(Object.keys(JSON.parse(asked[4]?.body ?? "")), ["requests"]);
});

test("a list is a page to await and items to iterate over, across pages", async () => {
  const page = (ids: string[], has_more: boolean) =>
    json({ data: ids.map((id) => batch({ id })), has_more, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null });
  const answers = [page(["a", "b"], true), page(["c"], false)];
  const first = scripted(answers);
  const list = await first.client.messages.batches.list({ limit: 2 });
  assert.deepEqual([list.data.length, list.has_more, list.first_id, list.last_id], [2, true, "a", "b"]);
  assert.isTrue(list.hasNextPage());
  const next = await list.getNextPage();
  assert.isFalse(next.hasNextPage());
  assert.equal((await rejection(next.getNextPage()))["code"], "misuse/order");
  const second = scripted(answers);
  const items = await collect(second.client.messages.batches.list({ limit: 2 }));
  assert.deepEqual(
    items.map(({ id }) => id),
    ["a", "b", "c"],
  );
  assert.deepEqual(
    second.asked.map(({ url }) => url.search),
    ["?limit=2", "?limit=2&after_id=b"],
  );
});

test("a list that was asked for backward goes on backward, and one that repeats itself ends", async () => {
  const page = json({ data: [batch({ id: "n" })], has_more: true, first_id: "n", last_id: "n" });
  const { client, asked } = scripted([page]);
  const items = await collect(client.messages.batches.list({ before_id: "z" }));
  assert.deepEqual(
    asked.map(({ url }) => url.search),
    ["?before_id=z", "?before_id=n"],
  );
  assert.equal(items.length, 2);
});

test("a failure that may pass is repeated and the server's wait is kept", async () => {
  const slow = refusal(529, "overloaded_error", { "retry-after-ms": "120" });
  const { client, asked } = scripted([slow, slow, json(batch())]);
  const start = performance.now();
  await client.messages.batches.retrieve("m");
  assert.equal(asked.length, 3);
  assert.isAtLeast(performance.now() - start, 235);
});

test("calls are repeated as often as they may be, and what cannot pass never is", async () => {
  const soon = { "retry-after-ms": "1" };
  const spent = { error_code: "enforced_spend_limit_reached" };
  for (const [answer, maxRetries, calls, code] of [
    [refusal(500, "api_error", soon), 2, 3, "api/5xx"],
    [refusal(429, "rate_limit_error", soon), 1, 2, "rate/429"],
    [refusal(500, "api_error", soon), 0, 1, "api/5xx"],
    [refusal(429, "rate_limit_error", soon, spent), 2, 1, "spend/limit"],
    [refusal(500, "api_error", { ...soon, "x-should-retry": "false" }), 2, 1, "api/5xx"],
    [refusal(404, "not_found_error"), 2, 1, "api/404"],
    [refusal(402, "billing_error"), 2, 1, "spend/limit"],
  ] as const) {
    const { client, asked } = scripted([answer]);
    const error = await rejection(client.messages.batches.retrieve("m", { maxRetries }));
    assert.deepEqual([error["code"], asked.length], [code, calls]);
  }
});

test("a create is sent once, whatever happens to it", async () => {
  const broken = () => {
    throw new TypeError("fetch failed");
  };
  for (const [answer, name, code] of [
    [
      refusal(529, "overloaded_error", { "retry-after-ms": "1", "x-should-retry": "true" }),
      "OverloadedError",
      "api/529",
    ],
    [refusal(429, "rate_limit_error"), "RateLimitError", "rate/429"],
    [broken, "AmbiguousCreateError", "send/unknown"],
    [() => new Promise<Response>(() => {}), "AmbiguousCreateError", "send/unknown"],
  ] as const) {
    const { client, asked } = scripted([answer], { timeoutMs: 20 });
    const error = await rejection(client.messages.batches.create({ requests: REQUESTS }, { maxRetries: 5 }));
    assert.deepEqual([error.name, error["code"], asked.length], [name, code, 1]);
  }
});

test("an open connection that ends is told from one that was never made, whatever the code", async () => {
  const ended = (code: string, syscall?: string) => () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }) });
  };
  for (const [answer, code] of [
    [ended("ECONNREFUSED", "connect"), "net/connection"],
    [ended("ECONNREFUSED"), "net/connection"],
    [ended("ENOTFOUND", "getaddrinfo"), "net/connection"],
    [ended("EHOSTUNREACH", "connect"), "net/connection"],
    [ended("EHOSTUNREACH", "read"), "send/unknown"],
    [ended("ECONNREFUSED", "read"), "send/unknown"],
    [ended("ENETUNREACH", "write"), "send/unknown"],
    [ended("ERR_SSL_WRONG_VERSION_NUMBER"), "send/unknown"],
    [ended("ECONNRESET", "read"), "send/unknown"],
  ] as const) {
    const error = await rejection(scripted([answer]).client.messages.batches.create({ requests: REQUESTS }));
    assert.equal(error["code"], code, String(error.message));
  }
});

test("a create that was answered by a broken server says that a batch may have been made", async () => {
  for (const answer of [refusal(500, "api_error"), new Response("<html>")]) {
    const error = await rejection(scripted([answer]).client.messages.batches.create({ requests: REQUESTS }));
    assert.include(error.message, "may have been made");
  }
});

test("results are read from the client's own server, whatever the batch says", async () => {
  const { client, asked } = scripted([json(ended()), new Response("")], { baseURL: "https://relay.example/api/" });
  await client.messages.batches.results("msgbatch_01");
  assert.deepEqual(
    asked.map(({ url }) => url.href),
    [
      "https://relay.example/api/v1/messages/batches/msgbatch_01",
      "https://relay.example/api/v1/messages/batches/msgbatch_01/results",
    ],
  );
});

test("results that are not there yet, or no more, say so", async () => {
  for (const [answers, words] of [
    [[json(batch())], "in_progress"],
    [[json(ended({ archived_at: "2026-12-20T12:00:00Z" }))], "archived"],
    [[json(ended()), refusal(404, "not_found_error")], "has no results"],
  ] as const) {
    const { client } = scripted([...answers]);
    const error = await rejection(client.messages.batches.results("msgbatch_01"));
    assert.deepEqual([error.name, error["code"]], ["ResultsUnavailableError", "results/gone"]);
    assert.include(error.message, words);
  }
});
