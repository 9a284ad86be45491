// The emulator over real HTTP: what its faults and a cut network look like on the wire.
import { connect } from "node:net";
import type { EmulatorOptions, FaultSettings } from "batchwise/emulator";
import { type ServedEmulator, serveEmulator } from "../../../js/emulator/serve.js";
import { assert, rejection, test } from "../harness.js";

const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21", "content-type": "application/json" };

async function served(options: EmulatorOptions, work: (server: ServedEmulator) => Promise<void>): Promise<void> {
  const server = await serveEmulator({ seed: 7, clock: "manual", ...options });
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

function batches({ url }: ServedEmulator, path = ""): string {
  return `${url}/v1/messages/batches${path}`;
}

async function create(server: ServedEmulator, count: number): Promise<string> {
  const params = { model: "claude-haiku-4-5", max_tokens: 64, messages: [{ role: "user", content: "Hi." }] };
  const requests = Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params }));
  const response = await fetch(batches(server), { method: "POST", headers, body: JSON.stringify({ requests }) });
  return ((await response.json()) as { id: string }).id;
}

async function results(server: ServedEmulator, faults: FaultSettings): Promise<Response> {
  const id = await create(server, 500);
  await server.emulator.clock.advance(3_600_000);
  server.emulator.faults.set("results", faults);
  return fetch(batches(server, `/${id}/results`), { headers });
}

/** What the server says on a bare socket, to its end. */
function spoken(server: ServedEmulator, text: string): Promise<{ said: string; ended: "closed" | "reset" }> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(text));
    let said = "";
    socket.on("data", (data) => (said += data.toString("latin1")));
    socket.on("end", () => resolve({ said, ended: "closed" }));
    socket.on("error", () => resolve({ said, ended: "reset" }));
  });
}

test("served over HTTP, a batch lives its life on its own address", () =>
  served({}, async (server) => {
    const id = await create(server, 3);
    await server.emulator.clock.advance(3_600_000);
    const reply = await fetch(batches(server, `/${id}`), { headers });
    const batch = (await reply.json()) as { results_url: string };
    assert.equal(batch.results_url, batches(server, `/${id}/results`));
    assert.equal(reply.headers.get("content-type"), "application/json");
    const body = await fetch(batch.results_url, { headers });
    assert.equal(body.headers.get("content-type"), "application/x-jsonl");
    assert.equal(body.headers.get("content-length"), null);
    assert.equal((await body.text()).trim().split("\n").length, 3);
  }));

test("served, a reset loses the connection before and after the effect", () =>
  served({}, async (server) => {
    for (const [when, commits] of [
      ["before", 0],
      ["after", 1],
    ] as const) {
      server.emulator.faults.set("create", { reset: { when } });
      assert.instanceOf(await rejection(create(server, 1)), TypeError);
      assert.equal(server.emulator.state.commits, commits);
    }
    server.emulator.faults.set("list", { reset: true });
    const lines = ["GET /v1/messages/batches HTTP/1.1", "host: a", "x-api-key: k", "anthropic-version: 2026-10-21"];
    assert.deepEqual(await spoken(server, `${lines.join("\r\n")}\r\n\r\n`), { said: "", ended: "reset" });
  }));

test("served, a clean cut ends the body properly and a lost connection does not", () =>
  served({}, async (server) => {
    const clean = await (await results(server, { cutAtLine: true })).text();
    assert.isBelow(clean.split("\n").length, 501);
    assert.isTrue(clean === "" || clean.endsWith("\n"));

    const reply = await results(server, { cutMidLine: { ending: "reset" } });
    const reader = reply.body?.getReader();
    let text = "";
    const error = await rejection(async () => {
      for (let read = await reader?.read(); !read?.done; read = await reader?.read()) {
        text += Buffer.from(read?.value ?? []).toString("latin1");
      }
    });
    assert.instanceOf(error, TypeError);
    assert.isAbove(text.length, 100);
    assert.isFalse(text.endsWith("\n"));
  }));

test("served, a cut reply is a 200 with half of its JSON", () =>
  served({ faults: { create: { cutReply: true } } }, async (server) => {
    assert.instanceOf(await rejection(create(server, 1)), SyntaxError);
    assert.equal(server.emulator.state.commits, 1);
  }));

test("served, a stall is silence until its time is over or the caller leaves", () =>
  served({ faults: { list: { stall: { ms: 60_000 } } } }, async (server) => {
    const { clock } = server.emulator;
    const answer = rejection(fetch(batches(server), { headers }));
    // The call has to arrive before the time goes on.
    while (server.emulator.state.calls.list < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(60_000);
    assert.instanceOf(await answer, TypeError);

    const controller = new AbortController();
    const left = rejection(fetch(batches(server), { headers, signal: controller.signal }));
    while (server.emulator.state.calls.list < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    assert.equal((await left).name, "AbortError");
  }));

test("served, a slow body comes while the clock moves", () =>
  served({}, async (server) => {
    const reply = await results(server, { slowBody: { bytes: 50_000, everyMs: 1_000 } });
    let length = 0;
    const text = reply.text().then((all) => (length = all.length));
    while (length === 0) await server.emulator.clock.advance(1_000);
    await text;
    assert.isAbove(length, 100_000);
  }));

test("served, a status comes with its headers and its page", () =>
  served({}, async (server) => {
    server.emulator.faults.set("list", { status: { code: 502, retryAfter: { ms: 20 }, shouldRetry: true } });
    const reply = await fetch(batches(server), { headers });
    assert.equal(reply.status, 502);
    assert.equal(reply.headers.get("retry-after-ms"), "20");
    assert.equal(reply.headers.get("x-should-retry"), "true");
    assert.match(await reply.text(), /^<!DOCTYPE html>/);
  }));

test("served, the edge refuses too large a body before anything else", () =>
  served({ maxBodyBytes: 1_000 }, async (server) => {
    const reply = await fetch(batches(server), { method: "POST", headers: {}, body: "x".repeat(1_001) });
    assert.equal(reply.status, 413);
    assert.deepEqual(await reply.json(), {
      error: { type: "request_too_large", message: "Request exceeds the maximum size" },
    });
  }));

test("a cut network loses every connection and refuses new ones; restored, the state is as it was", () =>
  served({}, async (server) => {
    const id = await create(server, 500);
    await server.emulator.clock.advance(3_600_000);
    server.emulator.faults.set("results", { slowBody: true });
    const reply = await fetch(batches(server, `/${id}/results`), { headers });
    const broken = rejection(reply.text());
    await server.cut();
    await broken;
    const error = await rejection(fetch(batches(server), { headers }));
    assert.include(String((error.cause as Error | undefined)?.message), "ECONNREFUSED");
    await server.cut();

    await server.restore();
    await server.restore();
    server.emulator.faults.clear();
    const text = await (await fetch(batches(server, `/${id}/results`), { headers })).text();
    assert.equal(text.trim().split("\n").length, 500);
    assert.equal(server.emulator.state.commits, 1);
  }));

test("a port that is taken is said, and the same emulator can be served twice", () =>
  served({}, async (server) => {
    const port = Number(new URL(server.url).port);
    assert.equal((await rejection(serveEmulator({ port })))["code"], "EADDRINUSE");
    const other = await serveEmulator({ emulator: server.emulator });
    await create(other, 1);
    await other.close();
    assert.equal(server.emulator.state.commits, 1);
  }));
