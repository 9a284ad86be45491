// What things have in a column: few different values are counted by value, many numbers by how large they are.
import type { Dimension } from "./sift.js";

/** More different values than these are no choice for anybody. */
const MOST_VALUES = 50;
const BINS = 8;
export const EMPTY_VALUE = "(empty)";

/** The values of one column, taken one by one. */
export class Values {
  readonly #places = new Map<string, number>();
  /** By thing: which value, from 1; 0 for none. */
  #codes: Uint8Array | null;
  /** By thing: its number; NaN for none. Null once something was no number. */
  #numbers: Float64Array | null;

  constructor(count: number) {
    this.#codes = new Uint8Array(count);
    this.#numbers = new Float64Array(count).fill(Number.NaN);
  }

  /** Whether nothing can be told of this column any more. */
  get isLost(): boolean {
    return this.#codes === null && this.#numbers === null;
  }

  /** Notes the value of a thing; the last one counts. */
  set(thing: number, text: string): void {
    if (this.#codes) this.#code(this.#codes, thing, text);
    if (!this.#numbers || text === "") return;
    const number = Number(text);
    if (Number.isFinite(number) && text.trim() !== "") this.#numbers[thing] = number;
    else this.#numbers = null;
  }

  /** Takes the value of a thing back. */
  unset(thing: number): void {
    if (this.#codes) this.#codes[thing] = 0;
    if (this.#numbers) this.#numbers[thing] = Number.NaN;
  }

  /** Ways to count by it; null where every thing has the same, or too many have something else. */
  dimension(name: string, label: string): Dimension | null {
    if (this.#codes) return this.#places.size < 2 ? null : this.#byValue(this.#codes, name, label);
    return this.#numbers && byBin(this.#numbers, name, label);
  }

  #code(codes: Uint8Array, thing: number, text: string): void {
    const value = text === "" ? EMPTY_VALUE : text;
    let place = this.#places.get(value);
    if (place === undefined) {
      if (this.#places.size === MOST_VALUES || value.length > MOST_CHARS) {
        this.#codes = null;
        return;
      }
      place = this.#places.size + 1;
      this.#places.set(value, place);
    }
    codes[thing] = place;
  }

  #byValue(codes: Uint8Array, name: string, label: string): Dimension {
    const of: Dimension["of"] = (code, take) => code > 0 && take(code - 1);
    return { name, label, values: [...this.#places.keys()], isOpen: true, column: codes, of };
  }
}

const MOST_CHARS = 80;

/** Numbers by ranges of one width, a round one. */
function byBin(numbers: Float64Array, name: string, label: string): Dimension | null {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  if (!(most > least)) return null;
  const width = roundWidth((most - least) / BINS);
  const from = Math.floor(least / width);
  const count = Math.floor(most / width) - from + 1;
  const edge = (bin: number): string => String(Number(((from + bin) * width).toPrecision(12)));
  const values = Array.from({ length: count }, (_, bin) => `${edge(bin)} to ${edge(bin + 1)}`);
  const of: Dimension["of"] = (thing, take) => {
    const number = numbers[thing] as number;
    if (!Number.isNaN(number)) take(Math.floor(number / width) - from);
  };
  return { name, label, values, isRange: true, of };
}

/** The next of 1, 2, 5, 10, 20 … */
function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * (([1, 2, 5] as const).find((step) => step * power >= width) ?? 10);
}
