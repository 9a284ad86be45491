// The rows of a job's results on their way to disk and into the columns. A row counts once it lies on disk.
import type { Sink, SinkRecord } from "batchwise/slim";
import type { Ids } from "./ids.js";
import { linesOf } from "./intake.js";
import { OUTCOMES, type Outcomes, type Place } from "./outcomes.js";
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
}

/** The name of an attempt's file of results. */
export function resultsName(attempt: number): string {
  return `results-${attempt + 1}.jsonl`;
}

/** Reads what an earlier life of the page, or another tab, has written from this place on. Gives the end of what it could read. */
export async function recall(terms: LedgerTerms, from = 0): Promise<number> {
  const file = await fileOf(terms.run, resultsName(terms.attempt));
  if (!file || file.size <= from) return from;
  let start = from;
  let end = from;
  for await (const line of linesOf(file.slice(from))) {
    const length = encoder.encode(line).length;
    try {
      const record = JSON.parse(line) as SinkRecord;
      note(
        terms,
        { ...record, outcome: record.outcome ?? record.result.type },
        { attempt: terms.attempt, start, length },
      );
      end = start + length + 1;
    } catch {
      // The page died while it wrote this line, or it is not whole yet: the row comes again.
    }
    start += length + 1;
  }
  return end;
}

function note({ ids, outcomes, attempt, wantsJson }: LedgerTerms, record: SinkRecord, place: Place): void {
  const row = ids.rowOf(record.custom_id);
  if (row >= 0) outcomes.set(row, attempt, record, wantsJson, place);
}

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
    const pieces: Uint8Array[] = [];
    let at = this.#end;
    for (const record of records) {
      if (this.has(record.custom_id)) continue;
      const line = encoder.encode(`${JSON.stringify({ custom_id: record.custom_id, result: record.result })}\n`);
      note(this.#terms, record, { attempt: this.#terms.attempt, start: at, length: line.length - 1 });
      pieces.push(line);
      at += line.length;
    }
    for (const piece of pieces) this.#end += this.#file.write(piece, { at: this.#end });
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
