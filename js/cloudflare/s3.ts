// Any endpoint that speaks the protocol of S3: R2 from elsewhere, S3 itself, MinIO and others.
import { BatchwiseError } from "../errors.js";
import { AwsClient } from "../vendor/aws4fetch.js";
import { changed, type JobStorage, type PartedObject, refused, type StoredRange } from "./storage.js";

/** Where the endpoint is, and who asks. */
export interface S3Options {
  /** Such as `https://<account>.r2.cloudflarestorage.com`: https, or http to this machine. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Default `auto`, which is R2's. */
  readonly region?: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch | undefined;
}

/** Keeps objects at an endpoint that speaks the protocol of S3. */
export function s3Storage(options: S3Options): JobStorage {
  const { bucket, region = "auto", accessKeyId, secretAccessKey, fetch: own } = options;
  const send = own ?? ((request: Request) => fetch(request));
  const base = `${addressOf(options.endpoint)}/${encodeURIComponent(bucket)}`;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3" });

  const ask = async (deed: string, key: string, path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      const url = `${base}/${path}`;
      // Bytes are not hashed: TLS keeps them whole, and a hash of them would cost more than all the rest.
      const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...(init.headers as Record<string, string>) };
      return await send(await client.sign(url, { ...init, headers, redirect: "manual" }));
    } catch (error) {
      throw refused(deed, key, error instanceof Error ? error.message : String(error), error);
    }
  };
  /** The response, or null where there is no such object. */
  const answered = async (deed: string, key: string, response: Response): Promise<Response | null> => {
    if (response.ok) return response;
    const text = await response.text().catch(() => "");
    if (response.status === 404 && !text.includes("NoSuchBucket") && !text.includes("NoSuchUpload")) return null;
    if (response.status === 412) throw changed(key);
    const code = /<Code>([\w.]{1,64})<\/Code>/.exec(text)?.[1];
    throw refused(deed, key, `it answered ${response.status}${code ? ` ${code}` : ""}`);
  };
  const done = async (deed: string, key: string, response: Response): Promise<string> => {
    const there = await answered(deed, key, response);
    if (!there) throw refused(deed, key, "it answered 404");
    return there.text();
  };

  return {
    async head(key) {
      const response = await answered("look at", key, await ask("look at", key, pathOf(key), { method: "HEAD" }));
      if (!response) return null;
      return { size: Number(response.headers.get("content-length")), etag: response.headers.get("etag") ?? "" };
    },
    async get(key, range) {
      const response = await ask("read", key, pathOf(key), { headers: rangeHeaders(range) });
      return (await answered("read", key, response))?.body ?? null;
    },
    async put(key, bytes) {
      await done("write", key, await ask("write", key, pathOf(key), { method: "PUT", body: bytes as BodyInit }));
    },
    async remove(keys) {
      for (const key of keys) {
        await answered("remove", key, await ask("remove", key, pathOf(key), { method: "DELETE" }));
      }
    },
    async write(key): Promise<PartedObject> {
      const path = pathOf(key);
      const begun = await done("begin", key, await ask("begin", key, `${path}?uploads=`, { method: "POST" }));
      const id = /<UploadId>([^<]+)<\/UploadId>/.exec(begun)?.[1];
      if (!id) throw refused("begin", key, "it named no upload");
      const upload = `uploadId=${encodeURIComponent(id)}`;
      const etags: string[] = [];
      return {
        async part(number, bytes) {
          const init = { method: "PUT", body: bytes as BodyInit };
          const response = await ask("write", key, `${path}?partNumber=${number}&${upload}`, init);
          await done("write", key, response);
          etags[number - 1] = response.headers.get("etag") ?? "";
        },
        async finish() {
          const parts = etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
          const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
          const text = await done(
            "finish",
            key,
            await ask("finish", key, `${path}?${upload}`, { method: "POST", body }),
          );
          // Such an answer begins before the work is done, so an error may stand in it.
          if (text.includes("<Error>")) throw refused("finish", key, "it answered with an error");
        },
        async abandon() {
          await answered("abandon", key, await ask("abandon", key, `${path}?${upload}`, { method: "DELETE" }));
        },
      };
    },
  };
}

function pathOf(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

function rangeHeaders(range?: StoredRange): Record<string, string> {
  if (!range) return {};
  const bytes = { range: `bytes=${range.start}-${range.end - 1}` };
  return range.etag ? { ...bytes, "if-match": range.etag } : bytes;
}

function addressOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isHere = url?.protocol === "http:" && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url && (url.protocol === "https:" || isHere) && !url.search && !url.username) {
    return url.origin + url.pathname.replace(/\/$/, "");
  }
  throw new BatchwiseError("misuse/option", "the storage's endpoint is an https address, or http on this machine");
}
