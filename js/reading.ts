// One reading of a results file: chunks in, blocks out, bad lines noted, the end checked.
import { TruncatedResultsError } from "./errors.js";
import { fromFault } from "./fault.js";
import { engine } from "./start.js";
import type { Reader } from "./wasm/batchwise_bg.js";

/** Where the bytes come from: the body of a response, pulled. */
export interface ChunkSource {
  /** The next bytes; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Ends the download, also while `next` is under way. */
  cancel(): void;
}

/** A line of a results file that is no result. */
export interface BadLine {
  /** Its number, from 1, blank lines counted. */
  readonly line: number;
  /** Its first byte in the file, from 0. */
  readonly offset: number;
  /** Its bytes. */
  readonly length: number;
  /** The SHA-256 of these bytes, in hexadecimal. */
  readonly sha256: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** The id it begins with, where that can be read. */
  readonly custom_id?: string | null;
  /** How it begins, at most 100 characters. */
  readonly sample: string;
}

/** Larger chunks are read piece by piece, so that a block stays small whatever the runtime delivers. */
const PIECE_BYTES = 256 * 1024;

/** A file of nothing but bad lines must not fill the memory with their description. */
const KEPT_BAD_LINES = 10_000;

/** A source that can be cancelled at any time and speaks in this package's errors. */
export class Download {
  readonly #source: ChunkSource;
  readonly #signal: AbortSignal | null;
  #cancelled = false;

  constructor(source: ChunkSource, signal: AbortSignal | null) {
    this.#source = source;
    this.#signal = signal;
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#cancelled) return undefined;
    try {
      const chunk = await this.#source.next();
      return this.#cancelled ? undefined : chunk;
    } catch (error) {
      if (this.#cancelled) return undefined;
      throw fromFault(error, this.#signal);
    }
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#source.cancel();
  }
}

/** Totals of a whole file. */
export type Totals = ReturnType<Reader["totals"]>;

/** One reading, from the first byte to the verdict on the last. */
export class Reading {
  readonly #download: Download;
  readonly #expected: number;
  readonly #badLines: BadLine[];
  readonly #reader: Reader;
  #chunk: Uint8Array | undefined;
  #ended = false;
  #closed = false;

  /** `expected` is the number of requests of the batch; bad lines are put into `badLines`. */
  constructor(download: Download, expected: number, badLines: BadLine[]) {
    this.#download = download;
    this.#expected = expected;
    this.#badLines = badLines;
    this.#reader = new (engine().classes.Reader)();
  }

  /** Has rows told as what differs in them; before anything is read. */
  valuesOnly(): this {
    this.#reader.values_only();
    return this;
  }

  /** Whether nothing more comes, and the engine's memory of what came is given back. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * What `take` finds in the next bytes that hold anything for it; undefined at the end. Throws once, after the last row,
   * when requests are not accounted for.
   */
  async next<T>(take: (reader: Reader) => T | undefined): Promise<T | undefined> {
    try {
      while (await this.#advance()) {
        const taken = take(this.#reader);
        if (taken !== undefined) return taken;
      }
      if (!this.#closed) this.#checkEnd();
      this.close();
      return undefined;
    } catch (error) {
      this.close();
      throw fromFault(error);
    }
  }

  /** Reads everything and keeps nothing but the totals; undefined when the reading was closed meanwhile. */
  async totals(): Promise<Totals | undefined> {
    try {
      this.#reader.count_only();
      while (await this.#advance());
      if (this.#closed) return undefined;
      this.#checkEnd();
      return this.#reader.totals();
    } catch (error) {
      throw fromFault(error);
    } finally {
      this.close();
    }
  }

  /** Ends the reading and the download. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#chunk = undefined;
    this.#download.cancel();
    try {
      this.#reader.free();
    } catch {
      // After a trap the engine's object is lost; the trap itself is what the caller hears of.
    }
  }

  /** One piece further; false at the end, or when the reading was closed. */
  async #advance(): Promise<boolean> {
    if (this.#closed || this.#ended) return false;
    this.#chunk ??= await this.#download.next();
    // Whoever closed the reading while a chunk was on its way has freed the reader.
    if (this.#closed) return false;
    this.#feed();
    this.#noteBadLines();
    return true;
  }

  /** Gives the engine one piece, or the end. */
  #feed(): void {
    const chunk = this.#chunk;
    if (chunk) {
      this.#reader.push(chunk.subarray(0, PIECE_BYTES));
      this.#chunk = chunk.length > PIECE_BYTES ? chunk.subarray(PIECE_BYTES) : undefined;
    } else {
      this.#reader.finish();
      this.#ended = true;
    }
  }

  #noteBadLines(): void {
    for (const bad of this.#reader.take_bad_lines() ?? []) {
      if (this.#badLines.length < KEPT_BAD_LINES) this.#badLines.push(bad);
    }
  }

  /** Not every runtime tells a body that was cut from one that ended, so the lines are counted. */
  #checkEnd(): void {
    const rows = this.#reader.records();
    const bad = this.#reader.bad_lines();
    if (rows + bad >= this.#expected) return;
    const lines = bad === 0 ? "" : ` and ${bad} bad ${bad === 1 ? "line" : "lines"}`;
    throw new TruncatedResultsError(
      "results/truncated",
      `the results ended early: ${rows} rows${lines} of ${this.#expected} requests; read them again`,
    );
  }
}
