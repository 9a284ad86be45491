// Reading streams with one buffer. Workers hand out bytes in pieces of 4 KiB to whoever does not bring a buffer of his own,
// and each piece costs as much as a large one.

/** Bytes of a buffer. */
const BUFFER_BYTES = 256 << 10;

type Bytes = Uint8Array<ArrayBuffer>;

/** What Workers have beyond the standard: answers when so many bytes are there. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast?(least: number, view: Uint8Array): Promise<ReadableStreamReadResult<Bytes>>;
}

/** Reads a stream of bytes to its end. A chunk is gone when the next one comes. */
export async function eachChunk(
  stream: ReadableStream<Uint8Array>,
  use: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const reader: FillingReader = stream.getReader({ mode: "byob" });
  let buffer: ArrayBuffer = new ArrayBuffer(BUFFER_BYTES);
  try {
    for (;;) {
      const { value, done } = await filled(reader, new Uint8Array(buffer), BUFFER_BYTES / 2);
      if (value && value.length > 0) {
        const wait = use(value);
        if (wait) await wait;
      }
      if (done || !value) return;
      buffer = value.buffer;
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    reader.releaseLock();
  }
}

/** Takes given numbers of bytes from a stream, one after the other. */
export class ByteReader {
  readonly #reader: FillingReader;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader({ mode: "byob" });
  }

  /** The next `length` bytes; fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    let buffer: ArrayBuffer = new ArrayBuffer(length);
    let at = 0;
    while (at < length) {
      const { value, done } = await filled(this.#reader, new Uint8Array(buffer, at), length - at);
      if (!value) break;
      buffer = value.buffer;
      at += value.length;
      if (done) break;
    }
    return new Uint8Array(buffer, 0, at);
  }

  /** Passes over bytes. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const { length: got } = await this.take(Math.min(left, BUFFER_BYTES));
      if (got === 0) return;
      left -= got;
    }
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

function filled(reader: FillingReader, view: Bytes, least: number): Promise<ReadableStreamReadResult<Bytes>> {
  return reader.readAtLeast ? reader.readAtLeast(least, view) : reader.read(view);
}
