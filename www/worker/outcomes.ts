// What became of each row, as columns: one number each, and texts where the engine keeps them.
import type { NameColumn, ResultColumns, ResultIndex } from "batchwise/slim";
import { Fields } from "./fields.js";
import { Source, Texts } from "./texts.js";

/** Outcomes by number; 0 is a row without one. */
export const OUTCOMES = ["waiting", "succeeded", "errored", "canceled", "expired", "missing", "other"] as const;

/** What may be the matter with an answer, by bit. */
export const FLAGS = ["truncated", "refusal", "invalid JSON", "empty"] as const;

const REASONS: Readonly<Record<string, number>> = { max_tokens: 1, refusal: 2 };
const INVALID = 4;
const EMPTY = 8;
/** As the engine numbers the forms of texts. */
const BLANK = 0;
const JSON_TEXT = 2;
const MOST_LABELS = 50;

/** Where the raw line of a row lies. */
export interface Place {
  readonly attempt: number;
  readonly start: number;
  readonly length: number;
}

/** Whose results come, and what was wished of them. */
export interface Terms {
  /** From 0. */
  readonly attempt: number;
  readonly ids: { rowOf(id: string): number };
  readonly wantsJson: boolean;
  /** Rows that were not sent: whose answer each of them has. */
  readonly rides: ReadonlyMap<number, number>;
}

/** A results file, and what was read in it. */
export interface Brought {
  readonly blob: Blob;
  readonly index: ResultIndex;
}

/** The outcomes of all rows of a run; of a row that was tried again, the last one. */
export class Outcomes {
  readonly rowCount: number;
  readonly outcome: Uint8Array;
  readonly flags: Uint8Array;
  readonly attempt: Uint8Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** USD; NaN where the price is not known. */
  readonly cost: Float64Array;
  readonly texts: Texts;
  readonly errors: string[] = [""];
  readonly error: Uint16Array;
  /** Answers that are few: their words, and per row one of them. */
  readonly labels: string[] = [""];
  readonly label: Uint8Array;
  /** Rows whose answer is that of another one, which was sent in their stead, and that one. */
  readonly sameAs = new Map<number, number>();
  /** By row: the form of its answer as the engine numbers it, and whether it is new to whoever reads fields. */
  readonly forms: Uint8Array;
  readonly isFresh: Uint8Array;
  readonly fields: Fields;
  #areLabels = true;
  readonly #starts: Float64Array;
  readonly #lengths: Uint32Array;
  readonly #sources: Source[] = [];

  constructor(rowCount: number) {
    this.rowCount = rowCount;
    this.outcome = new Uint8Array(rowCount);
    this.flags = new Uint8Array(rowCount);
    this.attempt = new Uint8Array(rowCount);
    this.inputTokens = new Uint32Array(rowCount);
    this.outputTokens = new Uint32Array(rowCount);
    this.cost = new Float64Array(rowCount);
    this.error = new Uint16Array(rowCount);
    this.label = new Uint8Array(rowCount);
    this.forms = new Uint8Array(rowCount);
    this.isFresh = new Uint8Array(rowCount);
    this.fields = new Fields(this);
    this.texts = new Texts(this.#sources, this.attempt);
    this.#starts = new Float64Array(rowCount);
    this.#lengths = new Uint32Array(rowCount);
  }

  /** Whether answers are few enough to count them. */
  get hasLabels(): boolean {
    return this.#areLabels && this.labels.length > 2;
  }

  /** Takes the next whole lines of the results file of an attempt. */
  push(lines: Uint8Array, terms: Terms): void {
    const source = this.#source(terms.attempt);
    const first = source.index.count;
    source.index.push(lines);
    source.end += lines.length;
    this.#take(source, first, terms);
  }

  /** Takes a results file that was read already. */
  adopt({ blob, index }: Brought, terms: Terms): void {
    const source = new Source(index);
    source.end = blob.size;
    this.#sources[terms.attempt] = source;
    this.#take(source, 0, terms);
  }

  /** How many bytes of the results file of an attempt have come. */
  end(attempt: number): number {
    return this.#sources[attempt]?.end ?? 0;
  }

  /** Where the raw line of a row lies; null for a row without one. */
  place(row: number): Place | null {
    const length = this.#lengths[row] ?? 0;
    return length === 0 ? null : { attempt: this.attempt[row] ?? 0, start: this.#starts[row] ?? 0, length };
  }

  /** The words for what is the matter with a row's answer. */
  flagsOf(row: number): string[] {
    return FLAGS.filter((_, bit) => ((this.flags[row] ?? 0) >> bit) & 1);
  }

  #source(attempt: number): Source {
    for (let at = this.#sources.length; at <= attempt; at += 1) this.#sources.push(new Source());
    return this.#sources[attempt] as Source;
  }

  #take(source: Source, first: number, { attempt, ids, wantsJson, rides }: Terms): void {
    const columns = source.index.columns(first);
    const names = source.index.ids(first);
    const words = this.#words(columns);
    source.reserve(first + names.length);
    for (const [at, id] of names.entries()) {
      const row = ids.rowOf(id);
      source.rows[first + at] = row;
      if (row < 0) continue;
      this.texts.set(row, first + at);
      this.attempt[row] = attempt;
      this.#starts[row] = columns.starts[at] as number;
      this.#lengths[row] = columns.lengths[at] as number;
      const leader = rides.get(row);
      // What was not sent has used nothing and cost nothing.
      const share = leader === undefined ? 1 : 0;
      this.inputTokens[row] = share * (columns.inputTokens[at] as number);
      this.outputTokens[row] = share * (columns.outputTokens[at] as number);
      this.cost[row] = share * (columns.cost[at] as number);
      if (leader === undefined) this.sameAs.delete(row);
      else this.sameAs.set(row, leader);
      this.isFresh[row] = 1;
      const outcome = words.types[columns.type.of[at] as number] as number;
      this.outcome[row] = outcome;
      this.forms[row] = OUTCOMES[outcome] === "succeeded" ? (columns.forms[at] as number) : BLANK;
      this.error[row] = words.errors[columns.errorType.of[at] as number] as number;
      this.label[row] = words.labels?.[columns.label?.of[at] as number] ?? 0;
      this.flags[row] = OUTCOMES[outcome] === "succeeded" ? flagsOf(columns, at, words.stops, wantsJson) : 0;
    }
  }

  /** What the names of this file are called here. */
  #words({ type, stopReason, errorType, label }: ResultColumns): Words {
    const numbered = ({ names }: NameColumn, known: string[]): number[] =>
      names.map((name) => {
        const at = known.indexOf(name);
        return at < 0 ? known.push(name) - 1 : at;
      });
    if (!label) this.#areLabels = false;
    const labels = label && this.#areLabels ? numbered(label, this.labels) : null;
    if (this.labels.length > MOST_LABELS + 1) this.#areLabels = false;
    return {
      types: type.names.map((name) => {
        const number = OUTCOMES.indexOf(name as (typeof OUTCOMES)[number]);
        return number < 1 ? OUTCOMES.length - 1 : number;
      }),
      stops: stopReason.names.map((name) => REASONS[name] ?? 0),
      errors: numbered(errorType, this.errors),
      labels: this.#areLabels ? labels : null,
    };
  }
}

interface Words {
  readonly types: readonly number[];
  readonly stops: readonly number[];
  readonly errors: readonly number[];
  readonly labels: readonly number[] | null;
}

function flagsOf(
  { forms, stopReason }: ResultColumns,
  at: number,
  stops: readonly number[],
  wantsJson: boolean,
): number {
  const form = forms[at] as number;
  const flags = stops[stopReason.of[at] as number] ?? 0;
  if (form === BLANK) return flags | EMPTY;
  return wantsJson && form !== JSON_TEXT ? flags | INVALID : flags;
}
