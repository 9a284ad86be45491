// The input of a part: a range of an object, read when it is planned and again when it is sent.
import { BODY_END, Planner, type PlannerOptions, type SourcePiece, type SourcePlan } from "../engine/planner.js";
import { BatchwiseError } from "../errors.js";
import type { Body } from "./calls.js";
import { ByteReader, eachChunk } from "./chunks.js";
import { type JobStorage, refused } from "./storage.js";

/** Which bytes of which object. */
export interface InputRange {
  readonly key: string;
  readonly etag: string;
  /** The bytes of a table's header, which stands before every part of it. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
}

/** Bytes of a body that are made at once. */
const PIECE_BYTES = 1 << 20;
/** What lies between two pieces is read over if it is no longer than this; else it is asked for anew. */
const GAP_BYTES = 4 << 20;

/** There is no such object. */
export class InputMissing extends BatchwiseError {
  constructor(key: string) {
    super("store/failed", `there is no object ${key} in the storage: put it there, and the job goes on`);
  }
}

/** Reads a range and plans it. */
export async function planOf(storage: JobStorage, input: InputRange, options: PlannerOptions): Promise<SourcePlan> {
  const planner = new Planner(options);
  if (input.head > 0) await eachByte(storage, input, 0, input.head, (chunk) => planner.push(chunk));
  await eachByte(storage, input, input.start, input.end, (chunk) => planner.push(chunk));
  return planner.finish();
}

/** The body of a create. */
export function bodyOf(
  storage: JobStorage,
  input: InputRange,
  plan: SourcePlan,
  requests: Uint32Array,
  prefix: string | null,
  length: number,
): Body {
  return {
    length,
    feed: async (write) => {
      const reader = new RangeReader(storage, input);
      for (const piece of plan.pieces(requests, PIECE_BYTES)) {
        await write(plan.body(piece, await reader.take(piece), prefix));
      }
      await reader.close();
      await write(new TextEncoder().encode(BODY_END));
    },
  };
}

/** Hands out the bytes between two places of the object. */
export async function eachByte(
  storage: JobStorage,
  { key, etag }: Pick<InputRange, "key" | "etag">,
  start: number,
  end: number,
  use: (chunk: Uint8Array) => void,
): Promise<void> {
  if (start >= end) return;
  const stream = await storage.get(key, { start, end, etag });
  if (!stream) throw new InputMissing(key);
  let left = end - start;
  let fault: unknown;
  await eachChunk(stream, (chunk) => {
    left -= chunk.length;
    try {
      use(chunk);
    } catch (error) {
      fault = error;
      throw error;
    }
  }).catch((error) => {
    throw fault ?? refused("read", key, error instanceof Error ? error.message : String(error), error);
  });
  if (left > 0) throw refused("read", key, `${left} bytes are missing`);
}

/** Reads pieces that lie one behind the other, in as few calls as their gaps allow. */
class RangeReader {
  readonly #storage: JobStorage;
  readonly #input: InputRange;
  #reader: ByteReader | null = null;
  #at = 0;

  constructor(storage: JobStorage, input: InputRange) {
    this.#storage = storage;
    this.#input = input;
  }

  async take(piece: SourcePiece): Promise<Uint8Array> {
    const { head, start, end, key, etag } = this.#input;
    // The planner was given the header first, so its places are shifted by that.
    const from = piece.start - head + start;
    if (this.#reader && (from < this.#at || from - this.#at > GAP_BYTES)) await this.close();
    if (this.#reader) {
      await this.#reader.skip(from - this.#at);
    } else {
      const stream = await this.#storage.get(key, { start: from, end, etag });
      if (!stream) throw new InputMissing(key);
      this.#reader = new ByteReader(stream);
    }
    const bytes = await this.#reader.take(piece.end - piece.start);
    this.#at = from + bytes.length;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#reader?.cancel();
    this.#reader = null;
  }
}
