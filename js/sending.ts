// The body of a create on its way out. Where the runtime can send a stream whose length it is told before, the body is
// made while it is sent, and memory holds a piece of it; elsewhere it is a blob.

/** @internal A body as the engine hands it to `fetch`. */
export interface Body {
  readonly value: Blob | ReadableStream<Uint8Array>;
  /** Bytes of a stream, where a header has to say them. */
  readonly length: number | undefined;
  /** What kept a stream from its end, if anything did: then no server can have had the whole of it. */
  readonly failure: () => unknown;
}

/** @internal The bytes of a body, in order. */
export type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

/** Deno sends a stream without a length, browsers send none at all. */
type Way = "fixed" | "header" | "blob";

const globals = globalThis as Globals;
const way = wayOf(globals);

/** The globals by which runtimes are told apart. */
interface Globals {
  readonly Deno?: unknown;
  readonly FixedLengthStream?: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly document?: unknown;
}

function wayOf({ Deno, FixedLengthStream, process, document }: Globals): Way {
  if (typeof FixedLengthStream === "function") return "fixed";
  return process?.versions?.node !== undefined && Deno === undefined && document === undefined ? "header" : "blob";
}

/** @internal A body of `length` bytes, made of `pieces`. It can be sent once. */
export async function bodyOf(pieces: Pieces, length: number, mayStream: boolean): Promise<Body> {
  if (!mayStream || way === "blob") return { value: await blobOf(pieces), length: undefined, failure: () => undefined };
  let failure: unknown;
  const failed = (error: unknown): never => {
    failure = error ?? new Error("no reason given");
    throw error;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next().catch(failed);
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return()),
    },
    { highWaterMark: 0 },
  );
  const { FixedLengthStream } = globals;
  if (!FixedLengthStream) return { value: stream, length, failure: () => failure };
  const { readable, writable } = new FixedLengthStream(length);
  // Whoever reads the other end is told.
  stream.pipeTo(writable).catch(() => undefined);
  return { value: readable, length: undefined, failure: () => failure };
}

/** @internal All of it. A blob for each piece: their bytes lie outside of the heap, and are not copied again when they are put together. */
export async function blobOf(pieces: Pieces): Promise<Blob> {
  const blobs: Blob[] = [];
  for await (const piece of pieces) blobs.push(new Blob([piece as Uint8Array<ArrayBuffer>]));
  return new Blob(blobs, { type: "application/json" });
}
