// What became of each row, as columns: one number each, and texts as bytes.
import { costOf, type MessageBatchIndividualResponse, type SinkRecord } from "batchwise/slim";
import { Texts } from "./texts.js";

/** Outcomes by number; 0 is a row without one. */
export const OUTCOMES = ["waiting", "succeeded", "errored", "canceled", "expired", "missing", "other"] as const;

/** What may be the matter with an answer, by bit. */
export const FLAGS = ["truncated", "refusal", "invalid JSON", "empty"] as const;

const REASONS: Readonly<Record<string, number>> = { max_tokens: 1, refusal: 2 };
const INVALID = 4;
const EMPTY = 8;
/** Answers with more than these are no labels. */
const MOST_LABEL_CHARS = 40;
const MOST_LABELS = 50;

/** Where the raw line of a row lies. */
export interface Place {
  readonly attempt: number;
  readonly start: number;
  readonly length: number;
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
  #areLabels = true;
  readonly #starts: Float64Array;
  readonly #lengths: Uint32Array;

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
    this.texts = new Texts(rowCount);
    this.#starts = new Float64Array(rowCount);
    this.#lengths = new Uint32Array(rowCount);
  }

  /** Whether answers are few enough to count them. */
  get hasLabels(): boolean {
    return this.#areLabels && this.labels.length > 2;
  }

  /** Takes what became of a row. */
  set(
    row: number,
    attempt: number,
    { outcome, result }: Pick<SinkRecord, "outcome" | "result">,
    wantsJson: boolean,
    place: Place,
  ): void {
    const number = OUTCOMES.indexOf(outcome as (typeof OUTCOMES)[number]);
    this.outcome[row] = number < 1 ? OUTCOMES.length - 1 : number;
    this.attempt[row] = attempt;
    this.#starts[row] = place.start;
    this.#lengths[row] = place.length;
    this.flags[row] = 0;
    this.error[row] = 0;
    this.label[row] = 0;
    this.inputTokens[row] = 0;
    this.outputTokens[row] = 0;
    this.cost[row] = 0;
    const said = result as MessageBatchIndividualResponse["result"];
    if (said.type === "succeeded") this.#succeeded(row, said.message, wantsJson);
    else if (said.type === "errored") {
      const { type, message } = said.error.error;
      this.error[row] = this.#errorNumber(type);
      this.texts.set(row, message);
    } else {
      this.texts.set(row, "");
    }
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

  #succeeded(row: number, message: Parameters<typeof costOf>[0] & object, wantsJson: boolean): void {
    const { content, stop_reason, usage } = message as unknown as {
      content: { type: string; text?: string }[];
      stop_reason: string | null;
      usage: Parameters<typeof costOf>[0]["usage"];
    };
    const text = content.flatMap((block) => (block.type === "text" ? [block.text ?? ""] : [])).join("");
    this.texts.set(row, text);
    let flags = REASONS[stop_reason ?? ""] ?? 0;
    if (text.trim() === "") flags |= EMPTY;
    else if (wantsJson && !isJson(text)) flags |= INVALID;
    this.flags[row] = flags;
    this.inputTokens[row] =
      usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
    this.outputTokens[row] = usage.output_tokens;
    this.cost[row] = costOf(message) ?? Number.NaN;
    if (this.#areLabels) this.label[row] = this.#labelNumber(text.trim());
  }

  #errorNumber(type: string): number {
    const known = this.errors.indexOf(type);
    return known < 0 ? this.errors.push(type) - 1 : known;
  }

  #labelNumber(text: string): number {
    if (text.length > MOST_LABEL_CHARS) this.#areLabels = false;
    const known = this.labels.indexOf(text);
    if (known >= 0) return known;
    if (this.labels.length > MOST_LABELS) this.#areLabels = false;
    return this.#areLabels ? this.labels.push(text) - 1 : 0;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
