// Real traffic, recorded by others, played back to the client and held against the model of the API.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type BatchRequest, Batchwise } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { parse } from "yaml";
import { assert, collect, test } from "../harness.js";
import { CANARY } from "../server.js";

const FOLDER = "../shared/data/recordings/";

interface Exchange {
  request: { method: string; uri: string; body: { string: string } };
  response: { status: { code: number }; headers: Record<string, string[]>; body: { string: string } };
}

const absent = !existsSync(FOLDER);
if (absent) process.stdout.write("# no recordings here: their tests have nothing to play\n");
const names = absent ? [] : readdirSync(FOLDER).filter((name) => name.endsWith(".yml"));

function cassette(name: string): Exchange[] {
  return (parse(readFileSync(FOLDER + name, "utf8")) as { http_interactions: Exchange[] }).http_interactions;
}

/** A fetch that answers as the recording does: each call with the next recorded answer for its method and address. */
function player(exchanges: Exchange[]) {
  const left = [...exchanges];
  const played: string[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input));
    const method = (init?.method ?? "GET").toLowerCase();
    played.push(`${method} ${url.pathname}`);
    // The list before a create was not recorded: nobody but us asks for it.
    if (method === "get" && url.search.startsWith("?limit=")) {
      return Response.json({ data: [], has_more: false, first_id: null, last_id: null });
    }
    const at = left.findIndex(
      ({ request }) => request.method === method && new URL(request.uri).pathname === url.pathname,
    );
    const [{ response } = assert.fail(`${method} ${url.pathname} was not recorded`)] = left.splice(at, at < 0 ? 0 : 1);
    const headers = Object.entries(response.headers).filter(([key]) => !/^(transfer|content)-encoding$/i.test(key));
    return new Response(response.body.string, {
      status: response.status.code,
      headers: headers.map(([key, values]) => [key, values.join(", ")] as [string, string]),
    });
  };
  return { fetch, left, played };
}

/** A clock that leaps, and what it leapt. */
function leaping() {
  let time = Date.parse("2026-08-19T14:44:51Z");
  const leaps: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    leaps.push(ms);
    time += ms;
  };
  return { leaps, time: { now: () => time, sleep } };
}

const isResults = ({ request }: Exchange): boolean => request.uri.endsWith("/results");
const isCancel = ({ request }: Exchange): boolean => request.uri.endsWith("/cancel");

for (const name of names) {
  test(`the client follows the recording ${name.replace(/\.yml$/, "").slice(-48)}`, async () => {
    const exchanges = cassette(name);
    const { fetch, left } = player(exchanges);
    const { leaps, time } = leaping();
    const { batches } = new Batchwise({ apiKey: CANARY, fetch, apiVersion: "2023-06-01" }).messages;
    const [create] = exchanges;
    const made = await batches.create(JSON.parse(create?.request.body.string ?? ""));
    assert.deepEqual(made, JSON.parse(create?.response.body.string ?? ""), "every field as it came");
    if (exchanges.some(isCancel)) {
      assert.equal((await batches.cancel(made.id)).processing_status, "canceling");
    }
    const recorded = exchanges.find(isResults);
    if (recorded) {
      const ended = await batches.wait(made.id, time);
      assert.equal(ended.processing_status, "ended");
      assert.isTrue(
        leaps.every((ms) => ms >= 10_000),
        "never before the recorded retry-after of 10 s",
      );
      left.push(...exchanges.filter(({ request }) => request.uri.endsWith(made.id)).slice(-1));
      const lines = recorded.response.body.string
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(await collect(await batches.results(made.id)), lines);
    }
  });
}

if (names.length > 0) {
  test("a job runs over a recording, creates once and ends with the recorded answers", async () => {
    const exchanges = names.map(cassette).find((all) => all.some(isResults)) ?? [];
    const { fetch, played } = player(exchanges);
    const { requests } = JSON.parse(exchanges[0]?.request.body.string ?? "") as { requests: BatchRequest[] };
    const client = new Batchwise({ apiKey: CANARY, fetch, apiVersion: "2023-06-01" });
    const job = await client.submit(requests, leaping().time);
    const rows = await collect(job);
    assert.deepEqual(
      rows.map((row) => row.toJSON()),
      (exchanges.find(isResults)?.response.body.string ?? "")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    assert.equal((await job.done()).outcomes.succeeded, requests.length);
    assert.lengthOf(
      played.filter((call) => call.startsWith("post")),
      1,
    );
  });

  test("the model of the API answers with the keys of the recordings, in their order", async () => {
    const exchanges = names.map(cassette).find((all) => all.some(isResults)) ?? [];
    const { fetch, clock } = createEmulator({ clock: "manual" });
    const call = async (path: string, method = "GET", body?: string): Promise<Response> => {
      const headers = { "x-api-key": "k", "anthropic-version": "2023-06-01", "content-type": "application/json" };
      return fetch(`https://api.anthropic.com/v1/messages/batches${path}`, {
        method,
        headers,
        ...(body ? { body } : {}),
      });
    };
    const keys = (text: string): string[] => [...text.matchAll(/"(\w+)":/g)].map(([, key]) => key ?? "");
    const [create] = exchanges;
    const made = await (await call("", "POST", create?.request.body.string)).text();
    assert.deepEqual(keys(made), keys(create?.response.body.string ?? ""));
    const { id } = JSON.parse(made) as { id: string };
    const running = await call(`/${id}`);
    assert.equal(running.headers.get("retry-after"), "10");
    await clock.advance(24 * 3_600_000);
    const results = await call(`/${id}/results`);
    const recorded = exchanges.find(isResults);
    assert.deepEqual(
      keys((await results.text()).split("\n")[0] ?? ""),
      keys(recorded?.response.body.string.split("\n")[0] ?? ""),
    );
    const type = Object.entries(recorded?.response.headers ?? {}).find(([key]) => /^content-type$/i.test(key))?.[1][0];
    assert.equal(results.headers.get("content-type"), type);
  });
}
