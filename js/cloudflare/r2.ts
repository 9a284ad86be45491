// An R2 bucket that is bound to the Worker.
import { changed, type JobStorage, type PartedObject, refused } from "./storage.js";

/** The part of an `R2Bucket` that is used. */
export interface BoundBucket {
  head(key: string): Promise<{ readonly size: number; readonly etag: string } | null>;
  get(
    key: string,
    options: { range?: { offset: number; length: number }; onlyIf?: { etagMatches: string } },
  ): Promise<object | null>;
  put(key: string, value: Uint8Array): Promise<unknown>;
  delete(keys: string[]): Promise<void>;
  createMultipartUpload(key: string): Promise<BoundUpload>;
}

/** The part of an `R2MultipartUpload` that is used. */
export interface BoundUpload {
  uploadPart(number: number, bytes: Uint8Array): Promise<BoundPart>;
  complete(parts: BoundPart[]): Promise<unknown>;
  abort(): Promise<void>;
}

/** What R2 answers to a part. */
export interface BoundPart {
  partNumber: number;
  etag: string;
}

/** Keys for one call of `delete`. */
const DELETED_AT_ONCE = 1000;

/** Keeps objects in a bucket that is bound to the Worker, such as `env.BUCKET`. */
export function r2Storage(bucket: BoundBucket): JobStorage {
  const reaching = async <T>(deed: string, key: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw refused(deed, key, error instanceof Error ? error.message : String(error), error);
    }
  };
  return {
    async head(key) {
      const found = await reaching("look at", key, () => bucket.head(key));
      return found && { size: found.size, etag: found.etag };
    },
    async get(key, range) {
      const options = {
        ...(range ? { range: { offset: range.start, length: range.end - range.start } } : {}),
        ...(range?.etag ? { onlyIf: { etagMatches: range.etag } } : {}),
      };
      const found = await reaching("read", key, () => bucket.get(key, options));
      if (found === null) return null;
      // Where the condition did not hold there are no bytes.
      if (!("body" in found) || !found.body) throw changed(key);
      return found.body as ReadableStream<Uint8Array>;
    },
    async put(key, bytes) {
      await reaching("write", key, () => bucket.put(key, bytes));
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
        const some = keys.slice(at, at + DELETED_AT_ONCE);
        await reaching("remove", some[0] ?? "", () => bucket.delete(some));
      }
    },
    async write(key): Promise<PartedObject> {
      const upload = await reaching("begin", key, () => bucket.createMultipartUpload(key));
      const parts: BoundPart[] = [];
      return {
        async part(number, bytes) {
          parts[number - 1] = await reaching("write", key, () => upload.uploadPart(number, bytes));
        },
        async finish() {
          await reaching("finish", key, () => upload.complete(parts));
        },
        async abandon() {
          await reaching("abandon", key, () => upload.abort());
        },
      };
    },
  };
}
