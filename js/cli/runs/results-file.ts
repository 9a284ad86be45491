// The raw results of a run: one line a request, appended as they arrive, found again by id.
//
// An entry takes twelve bytes of memory, and the id is in the line itself: a million results must not need a million
// strings.
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { Sink, SinkRecord } from "batchwise";
import { CommandError, Exit } from "../call/exit.js";
import { whyNot } from "../input/why-not.js";

/** What is read at once where lines are asked for as they lie, and where they lie anywhere. */
const WINDOW = 1 << 17;
const GLANCE = 1 << 11;
const LINE_FEED = 10;

/** A results file. What is put into it is on the disk when `flush` returns. */
export class ResultsFile implements Sink {
  readonly path: string;
  readonly #file: number;
  readonly #places: Places;
  #end = 0;
  /** Behind the line that was read last. */
  #next = 0;
  #window: { at: number; bytes: Uint8Array } = { at: 0, bytes: new Uint8Array(0) };
  readonly #buffer: Buffer;

  /**
   * Opens the file of a run, or begins it. A last line that a kill cut off is taken away. `known` is what this process has
   * written it by: where every line lies need not be found out, and remembered, twice.
   */
  constructor(path: string, mode: "read" | "append", known?: ResultsFile) {
    this.path = path;
    this.#places = known ? known.#places : new Places();
    this.#buffer = Buffer.allocUnsafe(WINDOW);
    this.#file = doing(path, mode === "read" ? "read" : "written", () => openSync(path, mode === "read" ? "r" : "a+"));
    if (known) this.#end = known.#end;
    else this.#index(mode);
  }

  /** How many requests have a result in it. */
  get count(): number {
    return this.#places.count;
  }

  has(id: string): boolean {
    return this.line(id) !== null;
  }

  put(records: readonly SinkRecord[]): void {
    const lines = records.map(({ custom_id, result }) => `${JSON.stringify({ custom_id, result })}\n`);
    const bytes = Buffer.from(lines.join(""));
    const start = this.#end;
    doing(this.path, "written", () => {
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done);
      } catch (error) {
        // Half a line must not stand in front of what is written when there is room again.
        ftruncateSync(this.#file, start);
        throw error;
      }
    });
    let at = start;
    for (const [row, line] of lines.entries()) {
      this.#places.add(hashOf(records[row]?.custom_id ?? ""), at);
      at += Buffer.byteLength(line);
    }
    this.#end = at;
  }

  flush(): void {
    doing(this.path, "written", () => fdatasyncSync(this.#file));
  }

  /** The line of the request with this id, or null where it has no result. The last one counts. */
  line(id: string): string | null {
    let found: string | null = null;
    for (const at of this.#places.of(hashOf(id))) {
      const line = this.#lineAt(at);
      if (idOf(line) === id) found = line;
    }
    return found;
  }

  /** Every id, in the order of arrival. */
  *ids(): Generator<string> {
    for (let at = 0; at < this.#end; ) {
      const line = this.#lineAt(at);
      yield idOf(line);
      at += Buffer.byteLength(line) + 1;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #index(mode: "read" | "append"): void {
    const size = fstatSync(this.#file).size;
    let at = 0;
    while (at < size) {
      const line = this.#lineAt(at, size);
      const next = at + Buffer.byteLength(line) + 1;
      if (next > size || !isWhole(line)) break;
      this.#places.add(hashOf(idOf(line)), at);
      at = next;
    }
    this.#end = at;
    if (at === size || mode === "read") return;
    doing(this.path, "written", () => ftruncateSync(this.#file, at));
  }

  /** The line that begins at a byte. */
  #lineAt(at: number, size: number = Number.POSITIVE_INFINITY): string {
    let length = at === this.#next ? WINDOW : GLANCE;
    for (;;) {
      const bytes = this.#read(at, length);
      const end = bytes.indexOf(LINE_FEED);
      this.#next = at + end + 1;
      if (end >= 0) return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("utf8");
      if (bytes.length < length || at + bytes.length >= size) return Buffer.from(bytes).toString("utf8");
      length *= 2;
    }
  }

  /** Bytes from `at` on: up to `length` of them. */
  #read(at: number, length: number): Uint8Array {
    const { at: from, bytes } = this.#window;
    const offset = at - from;
    if (offset >= 0 && offset < bytes.length) {
      const rest = bytes.subarray(offset);
      // A line that is all there needs no reading.
      if (rest.length >= length || rest.includes(LINE_FEED)) return rest;
    }
    const space = length <= WINDOW ? this.#buffer : Buffer.allocUnsafe(length);
    const count = doing(this.path, "read", () => readSync(this.#file, space, 0, length, at));
    const read = space.subarray(0, count);
    this.#window = { at, bytes: read };
    return read;
  }
}

/** Hashes and where their lines begin, without a string or an object for any. */
class Places {
  count = 0;
  #hashes = new Uint32Array(1 << 12);
  /** 0 stands for an empty place: places are kept one higher. */
  #starts = new Float64Array(1 << 12);

  add(hash: number, start: number): void {
    if (++this.count * 4 > this.#hashes.length * 3) this.#grow();
    this.#put(hash, start + 1);
  }

  /** The beginnings of all lines that may be meant, in the order in which they were added. */
  *of(hash: number): Generator<number> {
    const mask = this.#hashes.length - 1;
    for (let at = hash & mask; this.#starts[at] !== 0; at = (at + 1) & mask) {
      if (this.#hashes[at] === hash) yield (this.#starts[at] ?? 1) - 1;
    }
  }

  #put(hash: number, start: number): void {
    const mask = this.#hashes.length - 1;
    let at = hash & mask;
    while (this.#starts[at] !== 0) at = (at + 1) & mask;
    this.#hashes[at] = hash;
    this.#starts[at] = start;
  }

  #grow(): void {
    const [hashes, starts] = [this.#hashes, this.#starts];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#starts = new Float64Array(starts.length * 2);
    // From a gap on, so that lines of one hash stay in their order.
    const gap = starts.indexOf(0);
    for (let n = 0; n < starts.length; n++) {
      const at = (gap + n) & (starts.length - 1);
      const start = starts[at] ?? 0;
      if (start !== 0) this.#put(hashes[at] ?? 0, start);
    }
  }
}

/** FNV-1a. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const ID = /^\{"custom_id":("(?:[^"\\]|\\.)*")/;

/** The id of a line that this file wrote, without reading the rest of it. */
function idOf(line: string): string {
  const id = ID.exec(line)?.[1];
  return String(id === undefined ? (JSON.parse(line) as SinkRecord).custom_id : JSON.parse(id));
}

function isWhole(line: string): boolean {
  if (!line.endsWith("}")) return false;
  try {
    return typeof (JSON.parse(line) as SinkRecord).custom_id === "string";
  } catch {
    return false;
  }
}

/** Does something to a file; a failure names it. */
export function doing<T>(path: string, deed: "read" | "written", work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CommandError(Exit.usage, `${path} cannot be ${deed}: ${whyNot(error)}`);
  }
}
