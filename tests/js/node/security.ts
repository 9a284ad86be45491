// What only a process with real sockets can show: who was contacted, and what a bomb does.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Batchwise } from "batchwise";
import { serveEmulator } from "../../../js/emulator/serve.js";
import { assert, collect, rejection, test } from "../harness.js";
import { requests } from "../jobs.js";
import { batch, CANARY, ended } from "../server.js";

/** Every address that a socket of this process is connected to while `work` runs. */
async function contacted(work: () => Promise<void>): Promise<Set<string>> {
  const connect = Socket.prototype.connect;
  const seen = new Set<string>();
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    // Node hands over its arguments as one list.
    const [first] = args.flat() as { host?: string; port?: number; path?: string }[];
    seen.add(`${first?.host ?? first?.path ?? "?"}:${first?.port ?? ""}`);
    return connect.apply(this, args as never);
  } as never;
  try {
    await work();
  } finally {
    Socket.prototype.connect = connect;
  }
  return seen;
}

test("only the configured origin is contacted, whatever results_url says", async () => {
  let visitors = 0;
  const foreign = createServer((_, response) => {
    visitors += 1;
    response.end();
  });
  await new Promise<void>((ready) => foreign.listen(0, "127.0.0.1", ready));
  const resultsOrigin = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  const server = await serveEmulator({ clock: 600, seed: 7, resultsOrigin });
  try {
    const seen = await contacted(async () => {
      const client = new Batchwise({ apiKey: CANARY, baseURL: server.url });
      const { batches } = client.messages;
      const made = await batches.create({ requests: requests(5) });
      const end = await batches.wait(made.id, { pollMs: 20 });
      assert.isTrue(end.results_url?.startsWith(resultsOrigin));
      assert.lengthOf(await collect(await batches.results(made.id)), 5);
      const { now, sleep } = server.emulator.clock;
      const job = await client.submit(requests(4), { now, sleep });
      assert.equal((await job.done()).outcomes.succeeded, 4);
    });
    assert.deepEqual([...seen], [new URL(server.url).host]);
    assert.equal(visitors, 0);
  } finally {
    await server.close();
    foreign.close();
  }
});

const MEGABYTE = 1 << 20;

/** An API whose answers are compressed. */
async function compressed(body: Buffer, work: (client: Batchwise) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const isResults = request.url?.endsWith("/results") ?? false;
    response.writeHead(200, headers).end(isResults ? body : gzipSync(JSON.stringify(ended())));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await work(new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0 }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a bomb in a results file is one bad line, in the memory of the longest line that is read", async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(120 * MEGABYTE, "x"), Buffer.from("\n")]));
  assert.isBelow(bomb.length, MEGABYTE);
  await compressed(bomb, async (client) => {
    const before = process.memoryUsage().rss;
    const results = await client.messages.batches.results("m");
    const error = await rejection(collect(results.rows()));
    assert.equal(error.name, "TruncatedResultsError");
    assert.lengthOf(results.badLines, 1);
    assert.include(results.badLines[0]?.reason, "longer than");
    assert.isAtMost(results.badLines[0]?.sample.length ?? 0, 200);
    assert.isBelow(process.memoryUsage().rss - before, 300 * MEGABYTE);
  });
});

test("a bomb in place of a small answer is refused", async () => {
  const server = createServer((_, response) => {
    const body = gzipSync(JSON.stringify(batch({ padding: "x".repeat(64 * MEGABYTE) })));
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const client = new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0 });
    const error = await rejection(client.messages.batches.retrieve("m"));
    assert.equal(error["code"], "api/unexpected");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("every rule of docs/security.md names what holds it, and that exists", () => {
  const table = readFileSync("docs/security.md", "utf8");
  const rows = table.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  assert.lengthOf(rows, 31);
  for (const row of rows) {
    const holders = [...(row.split(" | ").at(-1) ?? "").matchAll(/`([\w./-]+)`: `([^`]+)`/g)];
    assert.isNotEmpty(holders, row);
    for (const [, path = "", words = ""] of holders) assert.include(readFileSync(path, "utf8"), words, path);
  }
});
