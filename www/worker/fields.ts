// The fields of answers that are JSON, as columns to count by.
import type { Outcomes } from "./outcomes.js";
import type { Dimension } from "./sift.js";
import { Values } from "./values.js";

/** Answers that are decoded at once. */
const BLOCK = 256;
/** A longer line has more in it than fields to choose by. */
const MOST_BYTES = 8_000;
const MOST_FIELDS = 20;

/** The fields of all answers so far. */
export class Fields {
  readonly #outcomes: Outcomes;
  readonly #fields = new Map<string, Values>();

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** What answers may be counted by. */
  dimensions(): Dimension[] {
    this.#read();
    return [...this.#fields].flatMap(([name, values]) => values.dimension(`field.${name}`, name) ?? []);
  }

  /** Takes in the answers that have come since. */
  #read(): void {
    const { isFresh, forms, rowCount } = this.#outcomes;
    const wanted: number[] = [];
    for (let row = isFresh.indexOf(1); row >= 0 && row < rowCount; row = isFresh.indexOf(1, row + 1)) {
      isFresh[row] = 0;
      for (const values of this.#fields.values()) values.unset(row);
      if (forms[row] === JSON_TEXT && (this.#outcomes.place(row)?.length ?? 0) <= MOST_BYTES) wanted.push(row);
    }
    for (let from = 0; from < wanted.length; from += BLOCK) {
      const rows = Uint32Array.from(wanted.slice(from, from + BLOCK));
      for (const [at, text] of this.#outcomes.texts.of(rows).entries()) this.#take(rows[at] as number, text);
    }
  }

  #take(row: number, text: string): void {
    for (const [name, value] of Object.entries(objectOf(text))) {
      // What has parts of its own is no value.
      if (typeof value === "object") continue;
      let values = this.#fields.get(name);
      if (!values) {
        if (this.#fields.size === MOST_FIELDS) continue;
        values = new Values(this.#outcomes.rowCount);
        this.#fields.set(name, values);
      }
      if (!values.isLost) values.set(row, String(value));
    }
  }
}

/** As the engine numbers the forms of texts: JSON of any kind. */
const JSON_TEXT = 2;

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
