// How the body of a create leaves Node: as a stream whose length is told before, made from the source while it is sent.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Batchwise } from "batchwise";
import { assert, rejection, test } from "../harness.js";
import { requests } from "../jobs.js";
import { batch, CANARY } from "../server.js";

interface Create {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that answers creates with `answer` and lists no batch; what was created, and a client of it. */
async function serving(
  answer: (response: ServerResponse) => void,
  work: (client: Batchwise, creates: readonly Create[]) => Promise<void>,
): Promise<void> {
  const creates: Create[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      if (request.method === "GET") return response.end('{"data":[],"has_more":false,"first_id":null,"last_id":null}');
      creates.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      return answer(response);
    });
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await work(new Batchwise({ apiKey: CANARY, baseURL: `http://127.0.0.1:${port}` }), creates);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function created(response: ServerResponse): void {
  const counts = { processing: COUNT, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
  const now = Date.now();
  const times = { created_at: new Date(now).toISOString(), expires_at: new Date(now + 86_400_000).toISOString() };
  response.end(JSON.stringify(batch({ processing_status: "in_progress", request_counts: counts, ...times })));
}

/** Enough for several pieces. */
const COUNT = 5000;
const lines = requests(COUNT).map((request) => `${JSON.stringify(request)}\n`);

test("a body leaves as a stream of the length that was told, and holds what was planned", () =>
  serving(created, async (client, creates) => {
    const leaving = new AbortController();
    await new Promise<void>((resolve, fail) => {
      const onEvent = ({ type }: { type: string }): void => void (type === "created" && resolve());
      const job = client.submit(new Blob(lines), { onEvent, signal: leaving.signal });
      job.then((running) => running.done()).catch(fail);
    });
    leaving.abort();
    const [create] = creates;
    assert.equal(create?.headers["content-length"], String(Buffer.byteLength(create?.body ?? "")));
    assert.isUndefined(create?.headers["transfer-encoding"]);
    assert.deepEqual(JSON.parse(create?.body ?? ""), { requests: requests(COUNT) });
  }));

test("a source that fails in the middle of a body stops the job, and nobody looks for a batch", () =>
  serving(created, async (client, creates) => {
    const file = new Blob(lines);
    let slices = 0;
    const slice = (start: number, end: number): Blob => {
      if (++slices === 3) throw new Error("the file is gone");
      return file.slice(start, end);
    };
    const source = {
      slice,
      size: file.size,
      type: "",
      stream: () => file.stream(),
      arrayBuffer: () => file.arrayBuffer(),
    };
    const job = await client.submit(source as unknown as Blob);
    const error = await rejection(job.done());
    assert.equal(error["code"], "data/changed");
    assert.match(String(error["message"]), /the file is gone/);
    assert.isEmpty(creates);
  }));

test("a redirect in answer to a stream is told as one, and not followed", () =>
  serving(
    (response) => {
      response.statusCode = 307;
      response.setHeader("location", "/elsewhere");
      response.end();
    },
    async (client, creates) => {
      const job = await client.submit(new Blob(lines));
      assert.equal((await rejection(job.done()))["code"], "api/redirect");
      assert.lengthOf(creates, 1);
    },
  ));
