import { pieces } from "./pieces.js";
import { engine } from "./start.js";
import { textsOf, wordsOf } from "./texts.js";
import type { ResultIndex as EngineIndex } from "./wasm/batchwise_bg.js";

/** What became of each request, a column each, by the number of the result. */
export interface ResultColumns {
  /** The first byte of the result's line in the file, and its bytes without the line feed. */
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
  /** Tokens in, those written to and read from a cache too, and tokens out. 0 where nothing was answered. */
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** USD at batch prices; NaN where a model's price is not known, 0 where nothing was answered. */
  readonly cost: Float64Array;
  /** What the text is: 0 nothing but white space, 1 words, 2 JSON throughout. */
  readonly forms: Uint8Array;
  /** Which `result.type`. */
  readonly type: NameColumn;
  /** Which `stop_reason`. */
  readonly stopReason: NameColumn;
  /** Which type of error. */
  readonly errorType: NameColumn;
  /** Which answer, where all answers are so short and so few that they are labels: 50 of 40 characters. */
  readonly label: NameColumn | null;
}

/** Texts that are few: for each result the position of its text in `names`; "" is at 0. */
export interface NameColumn {
  readonly names: readonly string[];
  readonly of: Uint16Array;
}

/**
 * The results of a file in memory, outside of JavaScript's heap: columns, texts, and a search over all of them. Results are
 * numbered from 0, in the order of their lines; a line that is none is passed over.
 *
 * @example
 * const results = await ResultIndex.of(file);
 * const { outputTokens } = results.columns();
 * const hits = results.find("refund"); // 1 for each result that has it
 */
export class ResultIndex {
  readonly #engine: EngineIndex;

  /** An index that has seen nothing. */
  constructor() {
    this.#engine = new (engine().classes.ResultIndex)();
  }

  /** Reads all of a results file. */
  static async of(source: Blob | ReadableStream<Uint8Array>): Promise<ResultIndex> {
    const index = new ResultIndex();
    for await (const piece of pieces(source)) index.push(piece);
    index.finish();
    return index;
  }

  /** Takes the next bytes of the file, cut anywhere. Results that end in them can be asked for at once. */
  push(chunk: Uint8Array): void {
    this.#engine.push(chunk);
  }

  /** Says that the file has ended. */
  finish(): void {
    this.#engine.finish();
  }

  /** How many results there are. */
  get count(): number {
    return this.#engine.count();
  }

  /** Lines that are no result. */
  get badLines(): number {
    return this.#engine.badLines();
  }

  /** The columns of all results from number `first` on. */
  columns(first = 0): ResultColumns {
    const { types, stops, errors, labels, ...numbers } = this.#engine.columns(first);
    const named = (column: string, of: Uint16Array): NameColumn => ({ names: this.#engine.names(column), of });
    return {
      ...numbers,
      type: named("types", types),
      stopReason: named("stops", stops),
      errorType: named("errors", errors),
      label: labels ? named("labels", labels) : null,
    };
  }

  /** The `custom_id`s of results from number `first` on. */
  ids(first = 0, count: number = this.count - first): string[] {
    return textsOf(this.#engine.ids(first, count));
  }

  /** The answers of some results, for a failed one its error's message; of each the first `most` characters. */
  texts(results: readonly number[] | Uint32Array, most?: number): string[] {
    return textsOf(this.#engine.texts(wordsOf(results), most));
  }

  /**
   * A byte for each result: 1 where its text holds `words`, else 0. Letters match in both cases, in every script that has
   * two.
   */
  find(words: string): Uint8Array {
    return this.#engine.find(words);
  }

  /** Gives the memory back now; without it, the garbage collector does some time. */
  dispose(): void {
    this.#engine.free();
  }

  /** For `using`: {@link ResultIndex.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
