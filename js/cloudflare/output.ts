// Rows become lines of an object, in parts of one size.
import type { ResultBlock } from "../row.js";
import { type JobStorage, PART_BYTES, type PartedObject } from "./storage.js";

/** An object with final rows: a line of JSON for each. */
export interface OutputObject {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
}

const NEWLINE = 0x0a;

/** Buffers for parts that nobody fills now: made anew for each object, they would be much of an isolate's memory. */
const idle: Uint8Array[] = [];
const MOST_IDLE = 2;

/** Writes one object. Nothing is there before `finish` was answered, so whoever dies leaves no half of one. */
export class OutputWriter {
  readonly #storage: JobStorage;
  readonly #key: string;
  #buffer: Uint8Array | null = null;
  #filled = 0;
  #upload: PartedObject | null = null;
  #parts = 0;
  #rows = 0;

  constructor(storage: JobStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
  }

  /** Takes all rows of a block. */
  async write(block: ResultBlock): Promise<void> {
    for (let at = 0; at < block.length; at++) {
      const line = block.line(at);
      // A promise for each of a hundred thousand lines would cost more than their bytes.
      if (this.#fits(line)) continue;
      await this.#put(line);
      await this.#put(LINE_END);
    }
    this.#rows += block.length;
  }

  /** Makes the object; null where there was no row. */
  async finish(): Promise<OutputObject | null> {
    if (this.#rows === 0) return null;
    const rest = (this.#buffer ?? LINE_END).subarray(0, this.#filled);
    const bytes = this.#parts * PART_BYTES + this.#filled;
    if (this.#upload) {
      if (rest.length > 0) await this.#upload.part(this.#parts + 1, rest);
      await this.#upload.finish();
    } else {
      await this.#storage.put(this.#key, rest);
    }
    // Of one that was given up the storage may still be reading.
    if (this.#buffer && idle.length < MOST_IDLE) idle.push(this.#buffer);
    this.#buffer = null;
    return { key: this.#key, rows: this.#rows, bytes };
  }

  /** Gives up what was begun. */
  async abandon(): Promise<void> {
    await this.#upload?.abandon().catch(() => {});
  }

  /** Takes a line where there is room for it in this part. */
  #fits(line: Uint8Array): boolean {
    const end = this.#filled + line.length;
    if (!this.#buffer || end + 1 >= PART_BYTES) return false;
    this.#buffer.set(line, this.#filled);
    this.#buffer[end] = NEWLINE;
    this.#filled = end + 1;
    return true;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      this.#buffer ??= idle.pop() ?? new Uint8Array(PART_BYTES);
      const some = bytes.subarray(at, at + PART_BYTES - this.#filled);
      this.#buffer.set(some, this.#filled);
      this.#filled += some.length;
      at += some.length;
      if (this.#filled === PART_BYTES) await this.#flush(this.#buffer);
    }
  }

  async #flush(part: Uint8Array): Promise<void> {
    this.#upload ??= await this.#storage.write(this.#key);
    await this.#upload.part(this.#parts + 1, part);
    this.#parts += 1;
    this.#filled = 0;
  }
}

const LINE_END = Uint8Array.of(NEWLINE);
