// A blob or a stream as pieces of bytes. A blob is read in large slices: its stream comes in small ones, each with a turn
// of the event loop.

const SLICE = 4 << 20;

/** The bytes in order. Whoever stops early lets go of the stream. */
export async function* pieces(source: Blob | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if ("getReader" in source) return yield* streamed(source);
  const read = (from: number): Promise<ArrayBuffer> => source.slice(from, from + SLICE).arrayBuffer();
  let next = read(0);
  for (let from = 0; from < source.size; from += SLICE) {
    const piece = new Uint8Array(await next);
    if (from + SLICE < source.size) {
      // It is read while this one is worked on; who never asks for it is not told that it could not be read.
      next = read(from + SLICE);
      next.catch(() => undefined);
    }
    yield piece;
  }
}

async function* streamed(source: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Not every runtime's streams can be iterated.
  const reader = source.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
