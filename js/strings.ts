// Strings as the engine gathers them: many in a page that is decoded once, each then a piece of it. The layout is that of
// `src/jsonl/arena.rs`; a test compares the two lists of constants.

const START_BITS = 12;
const WHOLE = 0x3fffffff;
const JSON_SPAN = 0x80000000;
const IN_LINES = 0x80000000;
const ASCII = 0x40000000;
const START = (1 << START_BITS) - 1;

/** A text may begin with a byte order mark; it is part of the text. */
export const utf8: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text of which it is known to be ASCII. */
const ascii: (bytes: Uint8Array, start: number, end: number) => string = asciiDecoder();

/** What Node and Bun read such text with, at a fraction of what a decoder takes. */
function asciiDecoder(): typeof ascii {
  const plain: typeof ascii = (bytes, start, end) => utf8.decode(bytes.subarray(start, end));
  try {
    const { Buffer } = globalThis as { Buffer?: { prototype: { latin1Slice?: unknown } } };
    const slice = Buffer?.prototype.latin1Slice;
    // Written in JavaScript it would be no faster.
    if (typeof slice !== "function" || !/\[native code\]/.test(Function.prototype.toString.call(slice))) return plain;
    const fast: typeof ascii = (bytes, start, end) => slice.call(bytes, start, end) as string;
    return fast(Uint8Array.of(97, 98, 99, 100), 1, 3) === "bc" ? fast : plain;
  } catch {
    return plain;
  }
}

/** Where the bytes of strings stand. */
export interface StringBytes {
  /** The lines that were read. */
  readonly bytes: Uint8Array;
  /** Strings without their escapes. */
  readonly strings: Uint8Array;
  /** Two words a page. */
  readonly pages: Uint32Array;
}

/** The strings of one block. */
export class Strings {
  readonly #source: StringBytes;
  readonly #pages: (string | undefined)[] = [];

  constructor(source: StringBytes) {
    this.#source = source;
  }

  /** The string that two words tell. */
  at(first: number, second: number): string {
    // With its quotes it is JSON, and JSON.parse knows every escape, surrogates without a partner included.
    if (second >= JSON_SPAN) return JSON.parse(this.line(first, second - JSON_SPAN)) as string;
    const page = this.#pages[first >>> START_BITS] ?? this.#page(first >>> START_BITS);
    if (second === WHOLE) return page;
    const start = first & START;
    return page.substring(start, start + second);
  }

  /** A span of the lines. */
  line(start: number, length: number): string {
    return utf8.decode(this.#source.bytes.subarray(start, start + length));
  }

  #page(index: number): string {
    const source = this.#source;
    const start = source.pages[2 * index] ?? 0;
    const told = source.pages[2 * index + 1] ?? 0;
    const end = start + (told & (ASCII - 1));
    const bytes = told >= IN_LINES ? source.bytes : source.strings;
    const text = (told & ASCII) === 0 ? utf8.decode(bytes.subarray(start, end)) : ascii(bytes, start, end);
    this.#pages[index] = text;
    return text;
  }
}
