// A file as a Blob: read where it lies, in every runtime that has files. It must not change while a job makes its
// bodies from it.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CommandError, Exit } from "../call/exit.js";
import { whyNot } from "./why-not.js";

/** Bytes that a stream reads at once. */
const CHUNK = 1 << 18;

/** An open file, and what it was when it was opened. */
interface Opened {
  readonly path: string;
  readonly file: number;
  readonly size: number;
  readonly changed: number;
}

/** The bytes of a file from `start` to `end`. */
export class FileBlob implements Blob {
  readonly type = "";
  readonly size: number;
  readonly #opened: Opened;
  readonly #start: number;

  /** Use `openFile`. */
  constructor(opened: Opened, start: number, end: number) {
    this.#opened = opened;
    this.#start = start;
    this.size = Math.max(0, end - start);
  }

  slice(start = 0, end = this.size): Blob {
    const from = clamp(start, this.size);
    return new FileBlob(this.#opened, this.#start + from, this.#start + Math.max(from, clamp(end, this.size)));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#read(0, this.size);
  }

  /** All bytes, and the file closed. */
  takeAll(): Uint8Array<ArrayBuffer> {
    try {
      return this.#read(0, this.size);
    } finally {
      closeSync(this.#opened.file);
    }
  }

  async text(): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.bytes());
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = 0;
    return new ReadableStream(
      {
        pull: (controller) => {
          if (at >= this.size) return controller.close();
          const chunk = this.#read(at, Math.min(at + CHUNK, this.size));
          at += chunk.length;
          controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
  }

  #read(from: number, to: number): Uint8Array<ArrayBuffer> {
    const { path, file, size, changed } = this.#opened;
    const bytes = new Uint8Array(to - from);
    const now = fstatSync(file);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(file, bytes, done, bytes.length - done, this.#start + from + done);
      if (count === 0) break;
      done += count;
    }
    if (done < bytes.length || now.size !== size || now.mtimeMs !== changed) {
      throw new CommandError(
        Exit.usage,
        `${path} was changed while it was read: requests are made from it until the last one is sent. Put it back as it was, or work on a copy`,
      );
    }
    return bytes;
  }
}

/** Opens a file for as long as this process lives. */
export function openFile(path: string): FileBlob {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const facts = fstatSync(file);
    if (facts.isDirectory()) throw new CommandError(Exit.usage, `${path} is a folder: name the file in it`);
    return new FileBlob({ path, file, size: facts.size, changed: facts.mtimeMs }, 0, facts.size);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    if (error instanceof CommandError) throw error;
    throw new CommandError(Exit.usage, `${path} cannot be read: ${whyNot(error)}`);
  }
}

function clamp(at: number, size: number): number {
  return at < 0 ? Math.max(0, size + at) : Math.min(at, size);
}
