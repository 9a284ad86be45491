// A double of an S3 endpoint: objects in memory, ranges, conditions, uploads in parts with the rules of R2.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const PART_BYTES = 5 << 20;

/** What the Worker is bound to for it. */
export const BUCKET = "jobs";
const ACCESS = "test-access-key";

/** Serves a bucket. `objects` are its contents; `trouble(request)` may answer a status and a code to refuse with. */
export async function serveBucket() {
  const objects = new Map();
  const uploads = new Map();
  const bucket = { objects, trouble: () => null, calls: 0, openUploads: () => uploads.size };
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      bucket.calls += 1;
      const { status, headers = {}, body = "" } = answer(bucket, uploads, request, Buffer.concat(pieces));
      response.writeHead(status, { "content-length": body.length, ...headers });
      response.end(request.method === "HEAD" ? undefined : body);
    });
  });
  server.keepAliveTimeout = 75_000;
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  return Object.assign(bucket, {
    put: (key, bytes) => objects.set(key, stored(Buffer.from(bytes))),
    text: (key) => objects.get(key)?.bytes.toString() ?? null,
    bindings: { S3_ENDPOINT: endpoint, S3_BUCKET: BUCKET, S3_ACCESS_KEY_ID: ACCESS, S3_SECRET_ACCESS_KEY: "secret" },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

function stored(bytes) {
  return { bytes, etag: `"${createHash("md5").update(bytes).digest("hex")}"` };
}

function refusal(status, code) {
  return { status, body: `<Error><Code>${code}</Code></Error>` };
}

function answer(bucket, uploads, request, body) {
  const url = new URL(request.url, "http://bucket");
  const signed = /^AWS4-HMAC-SHA256 Credential=([\w-]+)\//.exec(request.headers.authorization ?? "");
  if (signed?.[1] !== ACCESS) return refusal(403, "InvalidAccessKeyId");
  const [, name, ...path] = url.pathname.split("/").map(decodeURIComponent);
  if (name !== BUCKET) return refusal(404, "NoSuchBucket");
  const key = path.join("/");
  const trouble = bucket.trouble({ method: request.method, key });
  if (trouble) return refusal(...trouble);
  const query = url.searchParams;
  if (query.has("uploads")) {
    const id = `upload-${uploads.size}-${Math.random()}`;
    uploads.set(id, { key, parts: [] });
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    };
  }
  if (query.has("uploadId")) return uploading(bucket, uploads, request.method, query, body);
  return plain(bucket.objects, request, key, body);
}

function uploading({ objects }, uploads, method, query, body) {
  const id = query.get("uploadId");
  const upload = uploads.get(id);
  if (!upload) return refusal(404, "NoSuchUpload");
  if (method === "PUT") {
    const part = stored(body);
    upload.parts[Number(query.get("partNumber")) - 1] = part;
    return { status: 200, headers: { etag: part.etag } };
  }
  uploads.delete(id);
  if (method === "DELETE") return { status: 204 };
  const named = [...String(body).matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
  const { parts } = upload;
  if (named.length !== parts.length || named.some(([, , etag], at) => etag !== parts[at]?.etag)) {
    return refusal(400, "InvalidPart");
  }
  if (parts.slice(0, -1).some(({ bytes }) => bytes.length !== PART_BYTES)) return refusal(400, "EntityTooSmall");
  objects.set(upload.key, stored(Buffer.concat(parts.map(({ bytes }) => bytes))));
  return { status: 200, body: "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>" };
}

function plain(objects, request, key, body) {
  const { method, headers } = request;
  if (method === "PUT") {
    objects.set(key, stored(body));
    return { status: 200 };
  }
  if (method === "DELETE") {
    objects.delete(key);
    return { status: 204 };
  }
  const object = objects.get(key);
  if (!object) return refusal(404, "NoSuchKey");
  if (headers["if-match"] && headers["if-match"] !== object.etag) return refusal(412, "PreconditionFailed");
  const { bytes, etag } = object;
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
  if (method === "HEAD") return { status: 200, headers: { etag, "content-length": bytes.length }, body: bytes };
  if (!range) return { status: 200, headers: { etag }, body: bytes };
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
  if (start >= bytes.length) return refusal(416, "InvalidRange");
  return { status: 206, headers: { etag }, body: bytes.subarray(start, end) };
}
