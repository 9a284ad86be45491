// Which of many things match what was chosen, and how many would if something else were.
import type { Facet, Query } from "../shared.js";

/** What things are counted by. */
export interface Dimension {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  /** By thing, what `of` is asked about; many things have the same. Without it, `of` is asked about the thing itself. */
  readonly column?: Uint8Array | Uint16Array;
  /** Whether values stand as they were met, and are shown by how many have them. */
  readonly isOpen?: boolean;
  /** Whether values are neighbouring ranges of numbers. */
  readonly isRange?: boolean;
  /** The values of a thing, as positions. */
  readonly of: (asked: number, take: (value: number) => void) => void;
}

/** What matches, in the order in which it came, and the facets. */
export interface Sifted {
  readonly matching: Uint32Array;
  readonly facets: readonly Facet[];
  readonly counts: readonly Uint32Array[];
}

/** Misses by more than one dimension. */
const MANY = 255;

/** Sifts things. A facet counts what the others leave: so its other values can be seen and chosen. */
export function sifted(things: Uint32Array, dimensions: readonly Dimension[], { facets }: Query): Sifted {
  // By thing: which dimension it misses, from 1; 0 for none. Null where nothing is chosen.
  let missed: Uint8Array | null = null;
  for (const [at, dimension] of dimensions.entries()) {
    const chosen = facets[dimension.name] ?? [];
    if (chosen.length === 0) continue;
    missed ??= new Uint8Array(things.length);
    const isHit = hitsOf(dimension, chosen);
    for (let place = 0; place < things.length; place += 1) {
      if (!isHit(things[place] as number)) missed[place] = missed[place] === 0 ? at + 1 : MANY;
    }
  }
  const counts = dimensions.map((dimension, at) => counted(dimension, left(things, missed, at + 1)));
  const shown = dimensions.map(({ name, label, values, isOpen = false, isRange = false }, at): Facet => {
    const listed = values.map((value, index) => ({ value, count: counts[at]?.[index] ?? 0 }));
    const kept = listed.filter(({ value, count }) => count > 0 || facets[name]?.includes(value));
    return { name, label, isRange, values: isOpen ? kept.sort((a, b) => b.count - a.count) : kept };
  });
  return { matching: left(things, missed, 0), facets: shown, counts };
}

/** The things that miss nothing, or this dimension alone. */
function left(things: Uint32Array, missed: Uint8Array | null, dimension: number): Uint32Array {
  if (!missed) return things;
  const kept = new Uint32Array(things.length);
  let count = 0;
  for (let place = 0; place < things.length; place += 1) {
    if (missed[place] === 0 || missed[place] === dimension) kept[count++] = things[place] as number;
  }
  return kept.subarray(0, count);
}

/** Whether a thing has one of the values. */
function hitsOf({ values, column, of }: Dimension, chosen: readonly string[]): (thing: number) => boolean {
  const wanted = new Uint8Array(values.length);
  for (const value of chosen) if (values.includes(value)) wanted[values.indexOf(value)] = 1;
  let isHit = false;
  const take = (value: number): void => {
    isHit ||= wanted[value] === 1;
  };
  const has = (asked: number): boolean => {
    isHit = false;
    of(asked, take);
    return isHit;
  };
  if (!column) return has;
  const known = Uint8Array.from({ length: codesOf(column) }, (_, code) => Number(has(code)));
  return (thing) => known[column[thing] as number] === 1;
}

function counted({ values, column, of }: Dimension, things: Uint32Array): Uint32Array {
  const counts = new Uint32Array(values.length);
  let times = 1;
  const take = (value: number): void => {
    counts[value] = (counts[value] as number) + times;
  };
  if (!column) {
    for (let place = 0; place < things.length; place += 1) of(things[place] as number, take);
    return counts;
  }
  // A call for each of the few codes, not for each of the many things.
  const codes = new Uint32Array(codesOf(column));
  for (let place = 0; place < things.length; place += 1) {
    const code = column[things[place] as number] as number;
    codes[code] = (codes[code] as number) + 1;
  }
  for (const [code, count] of codes.entries()) {
    times = count;
    if (count > 0) of(code, take);
  }
  return counts;
}

function codesOf(column: Uint8Array | Uint16Array): number {
  return 1 << (8 * column.BYTES_PER_ELEMENT);
}
