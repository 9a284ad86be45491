// Who may use the relay, and for what.
import { createRelay, type RelayOptions } from "batchwise/relay";
import { assert, test } from "../harness.js";
import { CANARY } from "../server.js";
import { BATCHES, HELLO, HOME, relayed } from "./upstream.js";

const TOKEN = "token-for-pages";

test("the relay answers the calls of the list, each with its methods, and no other path", async () => {
  const { relay, calls } = relayed();
  const taken = [
    "GET /v1/messages/batches?limit=20&after_id=msgbatch_1",
    "POST /v1/messages/batches",
    "GET /v1/messages/batches/msgbatch_1",
    "DELETE /v1/messages/batches/msgbatch_1",
    "POST /v1/messages/batches/msgbatch_1/cancel",
    "GET /v1/messages/batches/msgbatch_1/results",
    "GET /v1/models",
    "GET /v1/models/claude-haiku-4.5",
    "POST /v1/messages/count_tokens",
  ];
  for (const line of taken) {
    const [method = "", path = ""] = line.split(" ");
    assert.equal((await relay(HOME + path, { method })).status, 200, line);
  }
  const made = calls.map(({ method, url }) => `${method} ${url.replace("https://api.anthropic.com", "")}`);
  assert.deepEqual(made, taken);
});

test("what is not on the list reaches nobody, however it is written", async () => {
  const { relay, calls } = relayed();
  const refused: [string, number][] = [
    ["POST /v1/messages", 404],
    ["GET /v1/files", 404],
    ["GET /v1/organizations/users", 404],
    ["GET /", 404],
    ["GET /v1/messages/batches/", 404],
    ["GET /v1/messages/batches/a/b", 404],
    ["GET /v1/messages/batches/a/results/more", 404],
    ["GET /v1/messages/batches/..%2f..%2ffiles", 404],
    ["GET /v1/messages/batches/%2e%2e/%2e%2e/files", 404],
    ["GET /v1/messages/batches/a%00", 404],
    [`GET /v1/messages/batches/${"a".repeat(129)}`, 404],
    ["GET /v1/models/..", 404],
    ["GET /v1/models/.hidden", 404],
    ["GET //evil.example/v1/models", 404],
    ["GET /V1/models", 404],
    ["PUT /v1/messages/batches", 405],
    ["DELETE /v1/messages/batches", 405],
    ["POST /v1/messages/batches/a", 405],
    ["POST /v1/messages/batches/a/results", 405],
    ["GET /v1/messages/batches/constructor/constructor", 404],
    ["POST /_batchwise/hello", 405],
  ];
  for (const [line, status] of refused) {
    const [method = "", path = ""] = line.split(" ");
    const response = await relay(HOME + path, { method });
    assert.equal(response.status, status, line);
    assert.equal(((await response.json()) as { type: string }).type, "error", line);
  }
  assert.lengthOf(calls, 0);
});

test("a caller without the token, with another, or with a part of it gets 401 and reaches nobody", async () => {
  const { relay, calls } = relayed(undefined, { accessToken: TOKEN });
  const wrong = [
    undefined,
    "",
    TOKEN,
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
  ];
  for (const url of [BATCHES, HELLO]) {
    for (const authorization of wrong) {
      const response = await relay(url, authorization === undefined ? {} : { headers: { authorization } });
      assert.equal(response.status, 401, authorization);
      assert.notInclude(await response.text(), TOKEN);
    }
  }
  assert.lengthOf(calls, 0);
  assert.equal((await relay(BATCHES, { headers: { authorization: `Bearer ${TOKEN}` } })).status, 200);
  assert.isNull(calls[0]?.headers.get("authorization"), "the token is the relay's own");
});

test("a page of a name that was pointed at this machine is refused, and one of this machine is not", async () => {
  const { relay, calls } = relayed();
  const rebound = "http://rebound.example:8787";
  for (const headers of [{}, { origin: rebound }, { host: "127.0.0.1.evil.example" }]) {
    assert.equal((await relay(`${rebound}/v1/models`, { headers })).status, 403);
  }
  for (const host of ["evil.example:8787", "localhost.evil.example", "128.0.0.1", ""]) {
    assert.equal((await relay(`${HOME}/v1/models`, { headers: { host } })).status, 403, host);
  }
  assert.lengthOf(calls, 0);
  for (const own of [HOME, "http://localhost:8787", "http://[::1]:8787"]) {
    assert.equal((await relay(`${own}/v1/models`, { headers: { origin: own } })).status, 200, own);
  }
});

test("a relay with a token answers to any name, or to those that are listed", async () => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = "https://relay.example/v1/models";
  const open = relayed(undefined, { accessToken: TOKEN });
  assert.equal((await open.relay(url, { headers })).status, 200);
  const listed = relayed(undefined, { accessToken: TOKEN, allowHosts: ["Other.example"] });
  assert.equal((await listed.relay(url, { headers })).status, 403);
  assert.equal((await listed.relay("https://other.example/v1/models", { headers })).status, 200);
});

test("pages of other origins are refused unless they are listed, and only those may read the answers", async () => {
  const page = "https://batch.example";
  const { relay, calls } = relayed(undefined, { allowOrigins: [page] });
  const foreign = ["https://evil.example", "null", `${page}.evil.example`, "https://batch.example:8443", "file://"];
  for (const origin of foreign) {
    for (const method of ["GET", "OPTIONS"]) {
      const response = await relay(`${HOME}/v1/models`, { method, headers: { origin } });
      assert.equal(response.status, 403, origin);
      assert.isNull(response.headers.get("access-control-allow-origin"));
    }
  }
  const hidden = await relay(`${HOME}/v1/models`, { headers: { "sec-fetch-site": "cross-site" } });
  assert.equal(hidden.status, 403, "an image of another site");
  assert.lengthOf(calls, 0);
  const response = await relay(`${HOME}/v1/models`, { headers: { origin: page } });
  assert.equal(response.headers.get("access-control-allow-origin"), page);
  assert.include(response.headers.get("vary"), "origin");
  assert.include(response.headers.get("access-control-expose-headers"), "content-type");
});

test("a listed page's browser is told which methods and headers it may use, without a token", async () => {
  const page = "https://batch.example";
  const { relay, calls } = relayed(undefined, { allowOrigins: [page], accessToken: TOKEN });
  const response = await relay(BATCHES, {
    method: "OPTIONS",
    headers: {
      origin: page,
      "access-control-request-method": "POST",
      "access-control-request-private-network": "true",
    },
  });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-methods"), "GET, POST");
  assert.include(response.headers.get("access-control-allow-headers"), "authorization");
  assert.equal(response.headers.get("access-control-allow-private-network"), "true");
  assert.lengthOf(calls, 0);
});

test("options that cannot be used are refused in one line, and none shows a secret", () => {
  const secret = `${CANARY} `;
  const wrong: [object, RegExp][] = [
    [{ apiKey: undefined }, /apiKey must be text/],
    [{ apiKey: "" }, /is the secret set/],
    [{ apiKey: secret }, /apiKey must be text without blanks/],
    [{ accessToken: "two words" }, /accessToken must be text/],
    [{ baseURL: "http://api.example" }, /must be https/],
    [{ baseURL: "https://user:hidden@api.example" }, /user name/],
    [{ baseURL: "api.example" }, /absolute URL/],
    [{ allowOrigins: ["*"] }, /lists origins/],
    [{ allowOrigins: ["https://batch.example/path"] }, /lists origins/],
    [{ maxBodyBytes: 0 }, /maxBodyBytes/],
    [{ basePath: "/api/" }, /basePath/],
    [{ alowOrigins: [] }, /no option alowOrigins/],
  ];
  for (const [over, message] of wrong) {
    try {
      createRelay({ apiKey: CANARY, ...over } as RelayOptions);
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.equal((error as { code?: string }).code, "misuse/option");
      for (const value of [CANARY, "two words", "hidden"]) assert.notInclude((error as Error).message, value);
      continue;
    }
    assert.fail(`${JSON.stringify(over)} was taken`);
  }
});
