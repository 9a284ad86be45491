// A server that plays the API for one job and cuts the first reading of its results, each address in its own way: on the
// socket, where a runtime's fetch meets it.
import { once } from "node:events";
import { createServer } from "node:net";
import { constants, createGzip } from "node:zlib";

const CORS = ["access-control-allow-origin: *", "access-control-allow-headers: *", "access-control-allow-methods: *"];

/** How each address cuts: `write` is called with the socket, the bytes that are sent and all there are. */
const CUTS = {
  "rst-chunked": (socket, part) => chunked(socket, [], part, () => socket.resetAndDestroy()),
  "fin-chunked": (socket, part) => chunked(socket, [], part, () => socket.end()),
  "fin-short-of-length": (socket, part, whole) => plain(socket, [`content-length: ${whole.length}`], part),
  "clean-short-end": (socket, part) => chunked(socket, [], part, () => socket.end("0\r\n\r\n")),
  "close-delimited-fin": (socket, part) => plain(socket, [], part),
  "close-delimited-rst": (socket, part) => plain(socket, [], part, () => socket.resetAndDestroy()),
  "gzip-clean-short-end": (socket, part) => chunked(socket, [GZIP], part, () => socket.end("0\r\n\r\n")),
  "gzip-close-delimited": (socket, part) => plain(socket, [GZIP], part),
  "gzip-short-of-length": (socket, part, whole) => plain(socket, [GZIP, `content-length: ${whole.length}`], part),
};
const GZIP = "content-encoding: gzip";

/** Listens on a free port of this machine. Addresses are `/<cut>/<anything>`. */
export async function serveCuts() {
  const jobs = new Map();
  const server = createServer((socket) => {
    let head = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      head = Buffer.concat([head, data]);
      const request = parsed(head);
      if (!request) return;
      head = Buffer.alloc(0);
      void answer(socket, request, jobs);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** A request once all of it has come. */
function parsed(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line, ...fields] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method, target] = line.split(" ");
  const headers = Object.fromEntries(
    fields.map((field) => field.split(/:\s*(.*)/s)).map(([k, v]) => [k.toLowerCase(), v]),
  );
  let body = bytes.subarray(end + 4);
  if (headers["transfer-encoding"]) {
    if (!body.toString("latin1").endsWith("0\r\n\r\n")) return undefined;
    body = unchunked(body);
  } else if (body.length < Number(headers["content-length"] ?? 0)) {
    return undefined;
  }
  const [, cut, nonce, path] = /^\/([^/]+)\/([^/]+)\/v1\/messages\/batches\/?([^?]*)/.exec(target) ?? [];
  return { method, cut, job: `${cut}/${nonce}`, path, body: body.toString() };
}

function unchunked(bytes) {
  const pieces = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const length = Number.parseInt(bytes.subarray(at, line).toString(), 16);
    if (!length) return Buffer.concat(pieces);
    pieces.push(bytes.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
}

async function answer(socket, { method, cut, job, path, body }, jobs) {
  if (method === "OPTIONS" || !CUTS[cut]) return reply(socket, method === "OPTIONS" ? 204 : 404, "");
  const known = jobs.get(job) ?? { ids: [], creates: 0, readings: 0 };
  jobs.set(job, known);
  if (method === "POST") {
    known.ids = JSON.parse(body).requests.map((request) => request.custom_id);
    known.creates++;
    return reply(socket, 200, JSON.stringify(batch(known)));
  }
  if (path === "") return reply(socket, 200, '{"data":[],"has_more":false,"first_id":null,"last_id":null}');
  if (!path.endsWith("/results")) return reply(socket, 200, JSON.stringify(batch(known)));
  const half = lines(known.ids.slice(0, known.ids.length / 2));
  const rest = lines(known.ids.slice(known.ids.length / 2));
  // The first reading of all is the job's, the second a caller's own: each is cut once, and then whole.
  if (known.readings++ > 0) return chunked(socket, [], Buffer.from(half + rest), () => socket.end("0\r\n\r\n"));
  const isZipped = cut.startsWith("gzip");
  const part = isZipped ? await zipped(half) : Buffer.from(half);
  CUTS[cut](socket, part, isZipped ? await zipped(half, rest) : Buffer.from(half + rest));
}

function lines(ids) {
  const message = { model: "claude-haiku-4-5", content: [{ type: "text", text: "Hi." }], usage: { input_tokens: 1 } };
  return ids.map((id) => `${JSON.stringify({ custom_id: id, result: { type: "succeeded", message } })}\n`).join("");
}

function batch({ ids, creates }) {
  const counts = { processing: 0, succeeded: ids.length, errored: 0, canceled: 0, expired: 0 };
  const at = "2026-11-21T12:00:00Z";
  return {
    id: `msgbatch_${creates}`,
    type: "message_batch",
    processing_status: "ended",
    request_counts: counts,
    created_at: at,
    expires_at: "2026-11-22T12:00:00Z",
    ended_at: at,
    archived_at: null,
    cancel_initiated_at: null,
    results_url: null,
  };
}

/** Compressed up to a flush, as a server that dies in the middle leaves it; with `rest`, to the end. */
async function zipped(half, rest) {
  const gzip = createGzip();
  const pieces = [];
  gzip.on("data", (piece) => pieces.push(piece));
  gzip.write(half);
  await new Promise((done) => gzip.flush(constants.Z_SYNC_FLUSH, done));
  if (rest !== undefined) {
    gzip.end(rest);
    await once(gzip, "end");
  }
  return Buffer.concat(pieces);
}

function head(status, fields) {
  return `${[`HTTP/1.1 ${status} As said`, ...CORS, "connection: close", ...fields].join("\r\n")}\r\n\r\n`;
}

function reply(socket, status, text) {
  socket.end(head(status, ["content-type: application/json", `content-length: ${Buffer.byteLength(text)}`]) + text);
}

function chunked(socket, fields, bytes, end) {
  socket.write(head(200, ["transfer-encoding: chunked", ...fields]));
  socket.write(`${bytes.length.toString(16)}\r\n`);
  socket.write(bytes);
  socket.write("\r\n", end);
}

function plain(socket, fields, bytes, end = () => socket.end()) {
  socket.write(head(200, fields));
  socket.write(bytes, end);
}
