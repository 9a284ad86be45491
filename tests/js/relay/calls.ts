// What the relay makes of a call and of its answer.
import { Batchwise } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { askRelay, createRelay } from "batchwise/relay";
import { assert, collect, rejection, serverUrl, test } from "../harness.js";
import { requests } from "../jobs.js";
import { batch, CANARY, ended, json } from "../server.js";
import { BATCHES, HELLO, HOME, relayed } from "./upstream.js";

test("a call goes out with the relay's key and the API's headers, and with nothing else of the caller's", async () => {
  const { relay, calls } = relayed();
  const headers = {
    "anthropic-version": "2026-10-21",
    "anthropic-beta": "one-2026-01-01",
    "content-type": "application/json",
    cookie: "session=1",
    origin: HOME,
    "x-api-key": "the-callers-own",
    "x-forwarded-for": "10.0.0.1",
  };
  await relay(`${BATCHES}?limit=5&else=1`, { method: "POST", headers, body: '{"requests":[]}' });
  const [call] = calls;
  assert.deepEqual(
    [call?.url, call?.body, call?.redirect],
    ["https://api.anthropic.com/v1/messages/batches?limit=5", '{"requests":[]}', "manual"],
  );
  assert.deepEqual([...(call?.headers.keys() ?? [])].sort(), [
    "anthropic-beta",
    "anthropic-version",
    "content-type",
    "x-api-key",
  ]);
  assert.equal(call?.headers.get("x-api-key"), CANARY);
});

test("a relay with a token in place of a key sends it as Bearer, with no key of the caller's beside it", async () => {
  const { relay, calls } = relayed(undefined, { apiKey: null, authToken: CANARY, accessToken: "of-the-relay" });
  const headers = { authorization: "Bearer of-the-relay", "x-api-key": "the-callers-own" };
  for (const [method, path] of [
    ["GET", ""],
    ["POST", ""],
    ["GET", "/msgbatch_a"],
    ["POST", "/msgbatch_a/cancel"],
    ["DELETE", "/msgbatch_a"],
    ["GET", "/msgbatch_a/results"],
  ] as const) {
    await relay(BATCHES + path, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) });
    const call = calls.at(-1);
    assert.equal(call?.headers.get("authorization"), `Bearer ${CANARY}`, `${method} ${path}`);
    assert.isFalse(call?.headers.has("x-api-key"), `${method} ${path}`);
  }
  assert.lengthOf(calls, 6);
  const hello = await (await relay(HELLO, { headers })).json();
  assert.deepInclude(hello, { key: "present" });
});

test("the token that a relay sends in place of a key is in no answer, whatever the API says", async () => {
  const echo = { error: { type: "authentication_error", message: `the token ${CANARY} was refused` } };
  const answers = [
    () => json(echo, 401, { "www-authenticate": `Bearer ${CANARY}`, "x-echo": CANARY }),
    () => new Response(`not JSON: ${CANARY}`, { status: 500 }),
    () => new Response(null, { status: 302, headers: { location: `https://evil.example/${CANARY}` } }),
    () => {
      throw new TypeError(`fetch failed: authorization: Bearer ${CANARY}`);
    },
  ];
  for (const answer of answers) {
    const { relay, calls } = relayed(answer, { apiKey: null, authToken: CANARY });
    for (const url of [BATCHES, `${BATCHES}/msgbatch_a`, `${HOME}/v1/models`, HELLO, `${HOME}/else`]) {
      const response = await relay(url);
      assert.notInclude(JSON.stringify([...response.headers]), CANARY, url);
      assert.notInclude(await response.text(), CANARY, url);
    }
    assert.lengthOf(calls, 3);
  }
  const wrong = await rejection(() => createRelay({ apiKey: null, authToken: `${CANARY}\n` }));
  assert.notInclude(String(wrong.message), CANARY);
  assert.equal(wrong["code"], "misuse/option");
});

test("results_url leads to the relay in every answer that has one, also below a path of its own", async () => {
  const list = { data: [ended({ id: "msgbatch_a" }), batch({ id: "msgbatch_b" })], has_more: false };
  const answers = (url: string): Response => json(url.endsWith("/batches") ? list : ended({ id: "msgbatch_a" }));
  const { relay } = relayed(({ url }) => answers(url), { basePath: "/api/claude" });
  const own = `${HOME}/api/claude/v1/messages/batches`;
  const expected = `${own}/msgbatch_a/results`;
  for (const [method, path] of [
    ["GET", "/msgbatch_a"],
    ["POST", "/msgbatch_a/cancel"],
  ]) {
    const said = (await (await relay(own + path, { method: method ?? "" })).json()) as { results_url: string };
    assert.equal(said.results_url, expected);
  }
  const { data } = (await (await relay(own)).json()) as { data: { results_url: string | null }[] };
  assert.deepEqual(
    data.map((item) => item.results_url),
    [expected, null],
  );
  assert.equal((await relay(BATCHES)).status, 404, "without its path");
});

test("a redirect is followed nowhere, and its address is told nobody", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const headers = { location: "https://evil.example/" };
    const { relay, calls } = relayed(() => new Response(null, { status, headers }));
    const response = await relay(BATCHES, { method: "POST", body: "{}" });
    assert.deepEqual([response.status, calls.length], [502, 1]);
    assert.isNull(response.headers.get("location"));
    assert.notInclude(await response.text(), "evil");
  }
});

test("a redirect over a real socket is not followed", async () => {
  const trapped = async (): Promise<unknown> => (await fetch(`${serverUrl()}/trapped`)).json();
  const before = await trapped();
  const relay = createRelay({ apiKey: CANARY, baseURL: `${serverUrl()}/moved/307` });
  assert.equal((await relay(new Request(BATCHES, { method: "POST", body: "{}" }))).status, 502);
  assert.equal(await trapped(), before);
});

test("a body that is too long is refused with 413, whether its length is told or not", async () => {
  const { relay, calls } = relayed(undefined, { maxBodyBytes: 1000 });
  const told = await relay(BATCHES, { method: "POST", body: "x", headers: { "content-length": "1001" } });
  assert.equal(told.status, 413);
  assert.lengthOf(calls, 0);
  const stream = new Blob(["x".repeat(600), "y".repeat(600)]).stream();
  const counted = await relay(BATCHES, { method: "POST", body: stream, duplex: "half" } as RequestInit);
  assert.equal(counted.status, 413);
  assert.lengthOf(calls, 0, "the API never saw the end of it");
  assert.equal((await relay(BATCHES, { method: "POST", body: "x".repeat(1000) })).status, 200);
});

test("the relay announces itself, and a plan made with its limit is sent through it in parts that fit", async () => {
  const emulator = createEmulator({ clock: "manual" });
  const relay = createRelay({ apiKey: CANARY, fetch: emulator.fetch, maxBodyBytes: 2000 });
  const call = (input: RequestInfo | URL, init?: RequestInit) => relay(new Request(input, init));
  const hello = await askRelay(HOME, { fetch: call });
  assert.deepInclude(hello, { key: "present", maxBodyBytes: 2000, upstream: "https://api.anthropic.com" });
  const client = new Batchwise({ baseURL: HOME, apiKey: "any", fetch: call, dangerouslyAllowBrowser: true });
  const { now, advance } = emulator.clock;
  const job = await client.submit(requests(30), { now, sleep: advance, maxBodyBytes: hello?.maxBodyBytes ?? 0 });
  assert.lengthOf(await collect(job.results()), 30);
  assert.isAbove((await job.done()).batches.length, 1);
});

test("a job runs through the relay over real sockets, its results in the order they came", async () => {
  const relay = createRelay({ apiKey: CANARY, baseURL: serverUrl(), accessToken: "page" });
  const call = (input: RequestInfo | URL, init?: RequestInit) => relay(new Request(input, init));
  const options = { baseURL: HOME, apiKey: null, authToken: "page", fetch: call, dangerouslyAllowBrowser: true };
  const { batches } = new Batchwise(options).messages;
  const { id } = await batches.create({ requests: requests(3) });
  await batches.wait(id, { pollMs: 10 });
  const rows = await collect((await batches.results(id)).rows());
  assert.sameMembers(
    rows.map((row) => row.custom_id),
    ["r-0", "r-1", "r-2"],
  );
  assert.equal((await batches.delete(id)).id, id);
});

test("bodies pass in both directions while they are still being written", async () => {
  const seen: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let arrived = (): void => {};
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const fetch = async (_: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    if (!init.body) return new Response(slow([["one\n"], ["two\n", held]]));
    const reader = (init.body as ReadableStream<Uint8Array>).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      seen.push(new TextDecoder().decode(chunk.value));
      arrived();
    }
    return json(batch());
  };
  const relay = createRelay({ apiKey: CANARY, fetch });
  const body = slow([["first"], ["second", first]]);
  await relay(new Request(BATCHES, { method: "POST", body, duplex: "half" } as RequestInit));
  assert.deepEqual(seen, ["first", "second"], "the second piece was written after the first had arrived");

  const response = await relay(new Request(`${BATCHES}/msgbatch_1/results`));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "one\n");
  release();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "two\n");
});

test("the key is in no answer and nothing is logged, whatever the API or the runtime says", async () => {
  const logged: unknown[] = [];
  const names = ["log", "info", "warn", "error", "debug"] as const;
  const { console } = globalThis;
  const kept = names.map((name) => console[name]);
  for (const name of names) console[name] = (...all: unknown[]) => void logged.push(all);
  try {
    const answers: (() => Response)[] = [
      () => json({ type: "error", error: { type: "authentication_error", message: `bad ${CANARY}` } }, 401),
      () => new Response(`<html>${CANARY}`, { status: 500, headers: { "content-type": "text/html" } }),
      () => {
        throw new TypeError(`fetch failed: ${CANARY}`);
      },
    ];
    for (const answer of answers) {
      const { relay } = relayed(answer);
      const response = await relay(`${BATCHES}/msgbatch_1`);
      const shown = `${await response.text()} ${JSON.stringify([...response.headers])}`;
      assert.notInclude(shown, CANARY);
      assert.notInclude(response.headers.get("content-type"), "html");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    }
  } finally {
    for (const [at, name] of names.entries()) console[name] = kept[at] as typeof console.log;
  }
  assert.deepEqual(logged, []);
});

test("an API that cannot be reached is a 502 without a request id, which proves nothing of a create", async () => {
  const { relay } = relayed(() => Promise.reject(new TypeError("fetch failed")));
  const response = await relay(BATCHES, { method: "POST", body: "{}" });
  assert.equal(response.status, 502);
  assert.isNull(response.headers.get("request-id"));
  assert.notProperty(await response.json(), "request_id");
});

test("a relay without a key passes on the one that the caller brings", async () => {
  const { relay, calls } = relayed(undefined, { apiKey: null });
  const hello = (await (await relay(HELLO)).json()) as { key: string };
  assert.equal(hello.key, "forward");
  await relay(BATCHES, { headers: { "x-api-key": "mine" } });
  assert.equal(calls[0]?.headers.get("x-api-key"), "mine");
});

test("asking for a relay where there is none answers null, and a relay that refuses says why", async () => {
  const answer = (response: Response) => () => Promise.resolve(response);
  for (const response of [json({ name: "else" }), new Response("<html>"), json({}, 404), json(null)]) {
    assert.isNull(await askRelay(HOME, { fetch: answer(response) }));
  }
  assert.isNull(await askRelay(HOME, { fetch: () => Promise.reject(new TypeError("no")) }));
  const relay = createRelay({ apiKey: CANARY, accessToken: "page" });
  const asked = askRelay(HOME, { fetch: (input, init) => relay(new Request(input, init)), accessToken: "wrong" });
  const error = await rejection(asked);
  assert.deepEqual([error["code"], /access token/.test(error.message)], ["auth/invalid", true]);
});

/** A stream of texts; one with a promise waits for it. */
function slow(pieces: [string, Promise<void>?][]): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream({
    async pull(controller) {
      const [text, wait] = rest.shift() ?? [];
      if (text === undefined) return controller.close();
      await wait;
      controller.enqueue(new TextEncoder().encode(text));
    },
  });
}
