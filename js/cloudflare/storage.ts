// Where a job's input, state and results lie. Two kinds are here: a bucket that is bound to the Worker, and any endpoint
// that speaks the protocol of S3.
import { BatchwiseError, StoreError } from "../errors.js";

/** What is known of an object without its bytes. */
export interface StoredObject {
  readonly size: number;
  /** Changes whenever the object does. */
  readonly etag: string;
}

/** Which bytes of an object are wanted. */
export interface StoredRange {
  readonly start: number;
  /** The byte behind the last. */
  readonly end: number;
  /** Only of the object with this etag. */
  readonly etag?: string;
}

/** A place for objects. Every method may be called again after it has failed. */
export interface JobStorage {
  /** Null where there is no such object. */
  head(key: string): Promise<StoredObject | null>;
  /** The bytes. Null where there is no such object; throws `data/changed` where it has another etag. */
  get(key: string, range?: StoredRange): Promise<ReadableStream<Uint8Array> | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Objects that are not there are passed over. */
  remove(keys: readonly string[]): Promise<void>;
  /** Begins an object that is written in parts. It is there when `finish` was answered, and not before. */
  write(key: string): Promise<PartedObject>;
}

/** An object that is being written: parts of one size, but for the last. */
export interface PartedObject {
  /** Writes a part; numbers count from 1. */
  part(number: number, bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** Gives it up. */
  abandon(): Promise<void>;
}

/** Bytes of each part but the last: the least that object stores take. */
export const PART_BYTES: number = 5 << 20;

/** The storage did not do what it was asked to. */
export function refused(deed: string, key: string, why: string, cause?: unknown): StoreError {
  return new StoreError("store/failed", `the storage could not ${deed} ${key}: ${why}`, cause ? { cause } : {});
}

/** An object is not the one that was looked at before. */
export function changed(key: string): BatchwiseError {
  const message = `${key} has changed since the job began: give back the old object, or begin a new job`;
  return new BatchwiseError("data/changed", message);
}

/** The text of a small object; null where there is none. */
export async function textOf(storage: JobStorage, key: string): Promise<string | null> {
  const stream = await storage.get(key);
  return stream && new Response(stream).text();
}

/** Puts a value as JSON. */
export async function putJson(storage: JobStorage, key: string, value: unknown): Promise<void> {
  await storage.put(key, new TextEncoder().encode(JSON.stringify(value)));
}
