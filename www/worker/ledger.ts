// The rows of a job's results on their way to disk and into the columns. A row counts once it lies on disk.
import type { Sink, SinkRecord } from "batchwise/slim";
import type { Ids } from "./ids.js";
import { OUTCOMES, type Outcomes } from "./outcomes.js";
import { fileOf, growing } from "./shelf.js";

const encoder = new TextEncoder();

/** What a ledger needs to know. */
export interface LedgerTerms {
  readonly run: string;
  /** From 0. */
  readonly attempt: number;
  readonly ids: Ids;
  readonly outcomes: Outcomes;
  readonly wantsJson: boolean;
  readonly rides: ReadonlyMap<number, number>;
}

/** The name of an attempt's file of results. */
export function resultsName(attempt: number): string {
  return `results-${attempt + 1}.jsonl`;
}

/** Reads what an earlier life of the page, or another tab, has written since it was read last: lines that are whole. */
export async function recall(terms: LedgerTerms): Promise<void> {
  const file = await fileOf(terms.run, resultsName(terms.attempt));
  if (!file) return;
  for (;;) {
    const from = terms.outcomes.end(terms.attempt);
    const bytes = new Uint8Array(await file.slice(from, from + PIECE_BYTES).arrayBuffer());
    // The page died while it wrote the last line, or it is not whole yet: the row comes again.
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    if (whole.length === 0) return;
    terms.outcomes.push(whole, terms);
  }
}

/** A page's answers are short against this, so some line ends in it. */
const PIECE_BYTES = 8 << 20;

/** A sink that writes lines, each row once. */
export class Ledger implements Sink {
  readonly #terms: LedgerTerms;
  readonly #file: FileSystemSyncAccessHandle;
  readonly #changed: () => void;
  #end: number;

  private constructor(terms: LedgerTerms, file: FileSystemSyncAccessHandle, changed: () => void) {
    this.#terms = terms;
    this.#file = file;
    this.#changed = changed;
    this.#end = file.getSize();
  }

  /** Opens the file of an attempt. */
  static async open(terms: LedgerTerms, changed: () => void): Promise<Ledger> {
    const ledger = new Ledger(terms, await growing(terms.run, resultsName(terms.attempt)), changed);
    ledger.#mend();
    return ledger;
  }

  has(id: string): boolean {
    const { ids, outcomes, attempt } = this.#terms;
    const row = ids.rowOf(id);
    return row >= 0 && outcomes.outcome[row] !== OUTCOMES.indexOf("waiting") && outcomes.attempt[row] === attempt;
  }

  put(records: readonly SinkRecord[]): void {
    const fresh = new Map(records.map((record) => [record.custom_id, record]));
    const lines = [...fresh.values()]
      .filter(({ custom_id }) => !this.has(custom_id))
      .map(({ custom_id, result }) => `${JSON.stringify({ custom_id, result })}\n`);
    const bytes = encoder.encode(lines.join(""));
    this.#end += this.#file.write(bytes, { at: this.#end });
    this.#terms.outcomes.push(bytes, this.#terms);
    this.#changed();
  }

  flush(): void {
    this.#file.flush();
  }

  /** Some bytes of the file. */
  read(start: number, length: number): string {
    const bytes = new Uint8Array(length);
    this.#file.read(bytes, { at: start });
    return new TextDecoder().decode(bytes);
  }

  close(): void {
    this.#file.close();
  }

  /** A last line without its end was cut: it goes. */
  #mend(): void {
    const tail = new Uint8Array(TAIL_BYTES);
    while (this.#end > 0) {
      const from = Math.max(0, this.#end - tail.length);
      const bytes = tail.subarray(0, this.#end - from);
      this.#file.read(bytes, { at: from });
      const keep = bytes.lastIndexOf(0x0a) + 1;
      this.#end = from + keep;
      if (keep > 0) break;
    }
    this.#file.truncate(this.#end);
  }
}

const TAIL_BYTES = 64 * 1024;
