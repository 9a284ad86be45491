// The results of a run on disk: one line a request, appended as they arrive, found again by id.
import { closeSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { JobResult } from "batchwise";
import { CommandError, Exit } from "./exit.js";
import { whyNot } from "./input.js";

/** Lines are gathered to writes of about this size. */
const WRITE_BYTES = 1 << 18;
/** No line waits longer than this for others. */
const WAIT_MS = 250;

/** A results file being written. Whatever happens to the run, what has arrived is in it. */
export class ResultsFile {
  readonly path: string;
  readonly #file: number;
  readonly #places = new Map<string, { at: number; bytes: number }>();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown;

  /** Starts a file, and the folders above it. An older file of that name is replaced. */
  constructor(path: string) {
    this.path = path;
    this.#file = written(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(path, "w+");
    });
  }

  /** How many requests have a result in it. */
  get count(): number {
    return this.#places.size;
  }

  /** Appends a result. */
  append(row: JobResult): void {
    if (this.#failure) throw this.#failure;
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    this.#places.set(row.custom_id, { at: this.#written + this.#waitingBytes, bytes: line.length });
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= WRITE_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.#flushLater(), WAIT_MS);
  }

  /** Writes what is waiting. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    written(this.path, () => writeAll(this.#file, bytes));
    this.#written += bytes.length;
  }

  /** The line of the request with this id, or null where it has no result. */
  line(id: string): string | null {
    const place = this.#places.get(id);
    if (place === undefined) return null;
    const bytes = Buffer.alloc(place.bytes);
    readSync(this.#file, bytes, 0, place.bytes, place.at);
    return bytes.toString("utf8");
  }

  /** Writes what is waiting and closes the file. */
  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  /** A failure between two results is told with the next one. */
  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** Writes all of it, however little the system takes at once. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}

/** Does something to a file that is written; a failure names the file. */
export function written<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CommandError(Exit.usage, `${path} cannot be written: ${whyNot(error)}`);
  }
}
