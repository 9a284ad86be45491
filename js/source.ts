// Where requests come from. Whatever a source is, the engine gets its bytes once; what stays is a blob from which bodies
// can be made again: the caller's own where he gave one, else the bytes that we had to keep.
import { BatchwiseError } from "./errors.js";
import { formatOf, rawTable, type TableRows, TableSource } from "./table.js";
import type { BatchRequest, OpenRequest } from "./types.js";
import { written } from "./unwritable.js";
import type { Planner, RawTable } from "./wasm/batchwise_bg.js";

/** Requests: a list of them, JSONL as a file (read twice, never held) or as a stream (held), or a `table`. */
export type Source<Id extends string = string> =
  | Iterable<BatchRequest<Id> | OpenRequest<Id>>
  | AsyncIterable<BatchRequest<Id> | OpenRequest<Id>>
  | Blob
  | ReadableStream<Uint8Array>
  | TableSource;

/** @internal A source that is ready to be read. */
export interface OpenSource {
  /** Items are numbered from 0, not lines from 1. */
  readonly list: boolean;
  /** How rows become requests. */
  readonly table: RawTable | undefined;
  /** Hands all of it to `planner`; gives back what bodies can be made from. */
  readonly read: (planner: Planner) => Promise<Blob>;
}

/** @internal Finds out what a source is. */
export async function openSource(source: Source): Promise<OpenSource> {
  if (!(source instanceof TableSource)) {
    if (typeof source === "string") throw notSource("JSONL in a string goes in as new Blob([text])");
    return { table: undefined, ...reading(source) };
  }
  const rows = typeof source.rows === "string" ? new Blob([source.rows]) : source.rows;
  const open = reading(rows);
  const given = source.options.format;
  const format = open.list ? "jsonl" : (given ?? (isBlob(rows) ? await formatOf(rows) : "csv"));
  return { table: rawTable(source.options, format), ...open };
}

type Bytes = Blob | ReadableStream<Uint8Array>;
type Items = Iterable<unknown> | AsyncIterable<unknown>;

function reading(source: Exclude<TableRows, string> | Bytes | Items): Omit<OpenSource, "table"> {
  if (isBlob(source)) return { list: false, read: (planner) => readBlob(source, planner) };
  if (isStream(source)) return { list: false, read: (planner) => readStream(source, planner) };
  if (ArrayBuffer.isView(source)) throw notSource("bytes go in as new Blob([bytes])");
  if (isIterable(source)) return { list: true, read: (planner) => readItems(source, planner) };
  throw notSource(`this is ${source === null ? "null" : `a ${typeof source}`}`);
}

async function readBlob(blob: Blob, planner: Planner): Promise<Blob> {
  await readChunks(blob.stream(), (bytes) => planner.push(bytes));
  return blob;
}

async function readStream(stream: ReadableStream<Uint8Array>, planner: Planner): Promise<Blob> {
  const kept = new Kept();
  await readChunks(stream, (bytes) => {
    planner.push(bytes);
    kept.add(bytes.slice()); // Whoever gave it may fill it anew.
  });
  return kept.blob();
}

async function readItems(items: Items, planner: Planner): Promise<Blob> {
  const kept = new Kept();
  let text = "";
  let index = 0;
  const flush = (): void => {
    const bytes = encoder.encode(text);
    planner.push(bytes);
    kept.add(bytes);
    text = "";
  };
  const add = (item: unknown): void => {
    if (ArrayBuffer.isView(item))
      throw notSource("a list of bytes is none: hand in a ReadableStream of them, or a Blob");
    const line = written(item);
    if (typeof line === "string") {
      text += line;
    } else {
      flush(); // Violations are told in the order of the items.
      planner.unwritable(index, line.path, line.message);
    }
    text += "\n";
    index += 1;
    if (text.length > CHUNK) flush();
  };
  // A list needs no turn of the event loop for every item.
  if (Symbol.iterator in items) for (const item of items) add(item);
  else for await (const item of items) add(item);
  flush();
  return kept.blob();
}

/** Not every runtime's streams can be iterated. */
async function readChunks(
  stream: ReadableStream<Uint8Array>,
  take: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (!(value instanceof Uint8Array)) throw notSource(`a stream of bytes gave a ${typeof value}`);
      for (let at = 0; at < value.length; at += STEP) take(value.subarray(at, at + STEP) as Uint8Array<ArrayBuffer>);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    reader.releaseLock();
  }
}

/** Bytes that nobody else keeps for us. Blobs may live outside the heap, so they are made early. */
class Kept {
  readonly #blobs: Blob[] = [];
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size > 4 * CHUNK) this.#pack();
  }

  blob(): Blob {
    this.#pack();
    return new Blob(this.#blobs);
  }

  #pack(): void {
    this.#blobs.push(new Blob(this.#parts));
    this.#parts = [];
    this.#size = 0;
  }
}

const encoder = new TextEncoder();
/** Characters or bytes that are gathered before they are handed over. */
const CHUNK = 1 << 20;
/** Bytes of a larger chunk that are handed over at once: what the engine works on stays in the processor's cache. */
const STEP = 1 << 18;

function notSource(what: string): BatchwiseError {
  const known = "a source is a list of requests, a Blob or stream of JSONL, or a table";
  return new BatchwiseError("misuse/option", `${known}; ${what}`);
}

// By their methods, not their class: blobs and streams of another realm or a polyfill are as good.
function isBlob(value: unknown): value is Blob {
  return has(value, "stream") && has(value, "slice") && has(value, "arrayBuffer");
}

function isStream(value: unknown): value is ReadableStream<Uint8Array> {
  return has(value, "getReader");
}

function isIterable(value: unknown): value is Items {
  return has(value, Symbol.asyncIterator) || has(value, Symbol.iterator);
}

function has(value: unknown, method: string | symbol): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}
