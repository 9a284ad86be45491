// The client over real sockets, and what only Node can show: its environment, its printing, its listeners.
import { EventEmitter, getEventListeners } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { Batchwise, type ClientOptions } from "batchwise";
import { assert, rejection, test } from "../harness.js";
import { batch, CANARY, ended } from "../server.js";

/** Runs `work` with a client of a real server. */
async function served(
  listener: RequestListener,
  work: (client: Batchwise, url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await work(new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0 }), baseURL);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Runs `work` with other environment variables. */
async function withEnvironment(variables: Record<string, string>, work: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

test("a host that refuses the connection is told from an answer that was lost", async () => {
  let port = 0;
  await served(
    () => {},
    async (_, url) => {
      port = Number(new URL(url).port);
    },
  );
  const client = new Batchwise({ apiKey: CANARY, baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
  for (const call of [client.messages.batches.retrieve("m"), client.messages.batches.create({ requests: [] })]) {
    const error = await rejection(call);
    assert.deepEqual([error.name, error["code"]], ["APIConnectionError", "net/connection"]);
    assert.include(error.message, "ECONNREFUSED");
  }
});

test("a create whose connection breaks after it was sent is ambiguous", async () => {
  await served(
    (request) => request.resume().on("end", () => request.socket.destroy()),
    async (client) => {
      const error = await rejection(client.messages.batches.create({ requests: [] }));
      assert.deepEqual([error.name, error["code"]], ["AmbiguousCreateError", "send/unknown"]);
      assert.include(error.message, "may exist");
    },
  );
});

test("a real redirect is not followed and the key stays where it was meant to go", async () => {
  const seen: string[] = [];
  await served(
    (request, response) => {
      seen.push(request.url ?? "");
      response.writeHead(308, { location: "/elsewhere" }).end();
    },
    async (client) => {
      assert.equal((await rejection(client.messages.batches.retrieve("m")))["code"], "api/redirect");
    },
  );
  assert.deepEqual(seen, ["/v1/messages/batches/m"]);
});

test("results that break off in the middle are an error after the rows that came", async () => {
  const line = (id: string) => `${JSON.stringify({ custom_id: id, result: { type: "expired" } })}\n`;
  await served(
    (request, response) => {
      if (!request.url?.endsWith("/results")) return void response.end(JSON.stringify(ended()));
      response.write(line("a"), () => request.socket.destroy());
    },
    async (client) => {
      const rows: string[] = [];
      const error = await rejection(async () => {
        for await (const row of await client.messages.batches.results("m")) rows.push(row.custom_id);
      });
      assert.include(["net/connection", "results/truncated"], error["code"]);
      assert.deepEqual(rows, ["a"]);
    },
  );
});

test("a result stream that goes silent ends in time; leaving it early ends the download", async () => {
  let closed = 0;
  await served(
    (request, response) => {
      if (!request.url?.endsWith("/results")) return void response.end(JSON.stringify(ended()));
      response.on("close", () => closed++);
      response.write('{"custom_id":"a","result":{"type":"expired"}}\n');
    },
    async (client) => {
      const { batches } = client.messages;
      const read = async (idleTimeoutMs: number, take: number) => {
        let rows = 0;
        for await (const _ of await batches.results("m", { idleTimeoutMs })) if (++rows === take) return rows;
        return rows;
      };
      assert.equal((await rejection(read(50, 9)))["code"], "net/idle");
      assert.equal(await read(5_000, 1), 1);
      while (closed < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  );
});

test("a shared signal has no listeners left after a hundred real calls and a result stream", async () => {
  await served(
    (request, response) => response.end(request.url?.endsWith("/results") ? "" : JSON.stringify(ended())),
    async (client) => {
      const { signal } = new AbortController();
      EventEmitter.setMaxListeners(5, signal);
      for (let n = 0; n < 100; n++) await client.messages.batches.retrieve("m", { signal });
      const stream = await client.messages.batches.results("m", { signal });
      await rejection(async () => {
        for await (const _ of stream);
      });
      assert.equal(getEventListeners(signal, "abort").length, 0);
    },
  );
});

test("key, token and base URL come from the environment only where nothing else is said", async () => {
  const sent = async (options: ClientOptions): Promise<(string | null)[]> => {
    let headers = new Headers();
    let url = "";
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      headers = new Headers(init?.headers);
      url = String(input);
      return new Response(JSON.stringify(batch()));
    };
    await new Batchwise({ fetch, ...options }).messages.batches.retrieve("m");
    return [headers.get("x-api-key"), headers.get("authorization"), new URL(url).origin];
  };
  const home = "https://home.example";
  await withEnvironment({ ANTHROPIC_AUTH_TOKEN: " t \n", ANTHROPIC_BASE_URL: home }, async () => {
    assert.deepEqual(await sent({}), [null, "Bearer t", home]);
    assert.deepEqual(await sent({ apiKey: "mine", baseURL: "https://a.example/x" }), [
      "mine",
      null,
      "https://a.example",
    ]);
    await withEnvironment({ ANTHROPIC_API_KEY: "k\n" }, async () => {
      assert.deepEqual(await sent({}), ["k", null, home]);
      assert.deepEqual(await sent({ authToken: "mine" }), [null, "Bearer mine", home]);
      assert.deepEqual(await sent({ apiKey: null }), [null, "Bearer t", home]);
    });
  });
});

test("printing a client or an error shows nothing of the key", async () => {
  await served(
    (request, response) => {
      response.writeHead(500, { "x-echo": request.headers["x-api-key"] ?? "" });
      response.end(JSON.stringify({ error: { type: "api_error", message: JSON.stringify(request.headers) } }));
    },
    async (client) => {
      const error = await rejection(client.messages.batches.retrieve("m"));
      const printed = inspect([client, error], { depth: 20, showHidden: true });
      assert.notInclude(printed, "canary");
      assert.notInclude(JSON.stringify([client, error]), "canary");
      assert.include(error.message, "[redacted]");
    },
  );
});

test("a page refuses to hold a key unless told that it may", async () => {
  const page = globalThis as { window?: unknown; navigator?: unknown };
  const before = Object.getOwnPropertyDescriptor(page, "navigator");
  page.window = { document: {} };
  Object.defineProperty(page, "navigator", { value: {}, configurable: true, writable: true });
  try {
    const error = await rejection(() => new Batchwise({ apiKey: "k" }));
    assert.equal(error["code"], "misuse/option");
    assert.include(error.message, "dangerouslyAllowBrowser");
    assert.instanceOf(new Batchwise({ apiKey: "k", dangerouslyAllowBrowser: true }), Batchwise);
  } finally {
    delete page.window;
    if (before) Object.defineProperty(page, "navigator", before);
    else delete page.navigator;
  }
});
