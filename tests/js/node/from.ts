// A client of the official SDK, unmodified, as the transport.
import { inspect } from "node:util";
import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";
import { type AnthropicClient, APIConnectionError, Batchwise, BatchwiseError, NotFoundError } from "batchwise";
import { createEmulator, type Emulator, type EmulatorOptions } from "batchwise/emulator";
import { serveEmulator } from "../../../js/emulator/serve.js";
import { assert, collect, rejection, test } from "../harness.js";
import { ids, idsOf, requests } from "../jobs.js";
import { batch, CANARY, json } from "../server.js";

type Sent = { readonly url: string; readonly headers: Headers; readonly init: RequestInit };

/** A client of the SDK that talks to an emulator, and what it sent. */
function theirs(options: EmulatorOptions = {}, more: ClientOptions = {}) {
  const emulator = createEmulator({ seed: 3, clock: "manual", ...options });
  const { sdk, sent } = watched(emulator.fetch, more);
  const time = { now: emulator.clock.now, sleep: emulator.clock.advance };
  return { sdk, sent, emulator, time };
}

function watched(fetch: Emulator["fetch"], more: ClientOptions = {}) {
  const sent: Sent[] = [];
  const spy = (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    sent.push({ url: String(input), headers: new Headers(init.headers), init });
    return fetch(input, init);
  };
  return { sdk: new Anthropic({ apiKey: CANARY, fetch: spy as typeof globalThis.fetch, ...more }), sent };
}

test("a whole job goes by way of the official client: its address, its key, its headers, its fetch", async () => {
  const own = { baseURL: "https://gateway.example/anthropic", defaultHeaders: { "x-own": "1" } };
  const emulator = createEmulator({ clock: "manual" });
  const inside: Emulator["fetch"] = (input, init) =>
    emulator.fetch(String(input).replace(own.baseURL, "https://api.anthropic.com"), init);
  const { sdk, sent } = watched(inside, own);
  const time = { now: emulator.clock.now, sleep: emulator.clock.advance };
  const job = await Batchwise.from(sdk).submit(requests(30), { maxRequests: 10, ...time });
  assert.sameMembers(idsOf(await collect(job)), ids(30));
  assert.equal((await job.done()).outcomes.succeeded, 30);
  assert.equal(emulator.state.commits, 3);
  assert.isAbove(sent.length, 6);
  for (const { url, headers, init } of sent) {
    assert.match(url, /^https:\/\/gateway\.example\/anthropic\/v1\/messages\/batches/);
    assert.deepEqual([headers.get("authorization"), headers.get("x-own")], [`Bearer ${CANARY}`, "1"]);
    assert.match(headers.get("user-agent") ?? "", /^Anthropic\/JS /);
    assert.equal(init.redirect, "manual");
  }
});

test("queries and ids arrive as they are", async () => {
  const { sdk, sent } = watched(async () => json(batch()));
  const { batches } = Batchwise.from(sdk).messages;
  await batches.retrieve("../sneaky?x=1", { headers: { "x-own": "2" } });
  await rejection(batches.list({ limit: 7, after_id: "a b" }));
  assert.deepEqual(
    sent.map(({ url }) => url.replace("https://api.anthropic.com/v1/messages", "")),
    ["/batches/..%2Fsneaky%3Fx%3D1", "/batches?limit=7&after_id=a%20b"],
  );
  assert.equal(sent[0]?.headers.get("x-own"), "2");
});

test("a key that is asked for anew with every call, and a token, are the official client's affair", async () => {
  let asked = 0;
  const rotating = theirs({}, { apiKey: async () => `key-${++asked}` });
  const { batches } = Batchwise.from(rotating.sdk).messages;
  await batches.list();
  await batches.list();
  assert.deepEqual(
    rotating.sent.map(({ headers }) => headers.get("authorization")),
    ["Bearer key-1", "Bearer key-2"],
  );
  const bearer = theirs({}, { apiKey: null, authToken: "token-1" });
  await Batchwise.from(bearer.sdk).messages.batches.list();
  assert.deepEqual(
    bearer.sent.map(({ headers }) => [headers.get("authorization"), headers.get("x-api-key")]),
    [["Bearer token-1", null]],
  );
});

test("a create whose answer is lost is sent once and found, however often the official client would have sent it", async () => {
  const { sdk, emulator, time } = theirs(
    { faults: { create: { reset: { when: "after", calls: [1] } } } },
    { maxRetries: 5 },
  );
  const job = await Batchwise.from(sdk).submit(requests(5), time);
  assert.lengthOf(await collect(job), 5);
  assert.equal(emulator.state.commits, 1);
  assert.equal(emulator.state.calls.create, 1);
});

test("refusals, broken connections and cut results are told as ever", async () => {
  const { sdk, emulator } = theirs();
  const { batches } = Batchwise.from(sdk, { maxRetries: 0 }).messages;
  const missing = await rejection(batches.retrieve("msgbatch_nobody"));
  assert.instanceOf(missing, NotFoundError);
  assert.match(String(missing["requestId"]), /^req_/);
  assert.include(missing.message, "msgbatch_nobody");
  emulator.faults.set("list", { reset: true });
  assert.instanceOf(await rejection(batches.list()), APIConnectionError);
  emulator.faults.clear();
  const { id } = await batches.create({ requests: requests(20) });
  await emulator.clock.advance(3_600_000);
  emulator.faults.set("results", { cutMidLine: true });
  const cut = await rejection(batches.results(id).then((results) => collect(results.rows())));
  assert.include(["results/truncated", "net/connection"], String(cut["code"]));
});

test("whether a create can have arrived is told from what the runtime said", async () => {
  const gone = await serveEmulator();
  await gone.close();
  const { batches } = Batchwise.from(new Anthropic({ apiKey: CANARY, baseURL: gone.url })).messages;
  const error = await rejection(batches.create({ requests: requests(1) }));
  assert.deepEqual([error.name, error["code"]], ["APIConnectionError", "net/connection"]);
  const { sdk } = watched(() => Promise.reject(new TypeError("terminated")));
  const doubt = await rejection(Batchwise.from(sdk).messages.batches.create({ requests: requests(1) }));
  assert.equal(doubt["code"], "send/unknown");
});

test("pages of a gateway and redirects come out as what they are, and a redirect is not followed", async () => {
  const answers = [
    new Response("<html>busy</html>", { status: 502 }),
    new Response(null, { status: 307, headers: { location: "https://evil.example/" } }),
  ];
  const { sdk, sent } = watched(async () => answers.shift() ?? json(batch()));
  const { batches } = Batchwise.from(sdk, { maxRetries: 0 }).messages;
  const busy = await rejection(batches.retrieve("m"));
  assert.deepEqual([busy.name, busy["status"]], ["InternalServerError", 502]);
  assert.include(busy.message, "17 bytes");
  assert.equal((await rejection(batches.retrieve("m")))["code"], "api/redirect");
  assert.lengthOf(sent, 2);
});

test("a signal ends the call of the official client, and its time limit is kept", async () => {
  const never = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  const { sdk, sent } = watched(never as Emulator["fetch"], { timeout: 30, maxRetries: 0 });
  const { batches } = Batchwise.from(sdk).messages;
  assert.equal((await rejection(batches.list()))["code"], "net/timeout");
  const leaving = new AbortController();
  const left = rejection(batches.retrieve("m", { signal: leaving.signal, timeout: 60_000 }));
  leaving.abort(new Error("enough"));
  assert.equal((await left)["code"], "abort/user");
  assert.isTrue(sent.every(({ init }) => init.signal?.aborted));
});

test("the version that requests are sent under is the official client's unless another one is named", async () => {
  const { sdk, sent } = theirs({}, { defaultHeaders: { "anthropic-version": "2023-06-01" } });
  await Batchwise.from(sdk).messages.batches.list();
  await Batchwise.from(sdk, {
    apiVersion: "2026-10-21",
    betas: ["message-batches-2024-09-24"],
  }).messages.batches.list();
  assert.deepEqual(
    sent.map(({ headers }) => [headers.get("anthropic-version"), headers.get("anthropic-beta")]),
    [
      ["2023-06-01", null],
      ["2026-10-21", "message-batches-2024-09-24"],
    ],
  );
});

test("the official client's key is shown by nothing, not even where a server repeats it", async () => {
  const echo = `<p>you sent x-api-key: ${CANARY}</p>`;
  const { sdk } = watched(async () => new Response(echo, { status: 502, headers: { "x-echo": CANARY } }));
  const client = Batchwise.from(sdk, { maxRetries: 0 });
  const error = await rejection(client.messages.batches.list());
  const shown = [client, client.messages.batches, error].flatMap((value) => [
    inspect(value, { depth: 9, showHidden: true }),
    JSON.stringify(value),
    String(value),
  ]);
  for (const text of [...shown, error.stack, String((error["headers"] as Headers).get("x-echo"))]) {
    assert.notInclude(text ?? "", CANARY);
  }
});

test("what is no client of the official SDK is refused", () => {
  for (const wrong of [{}, null, undefined, "client", { request: 1 }]) {
    assert.throws(
      () => Batchwise.from(wrong as unknown as AnthropicClient),
      BatchwiseError,
      /no client of @anthropic-ai/,
    );
  }
});
