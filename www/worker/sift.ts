// Which of many things match what was chosen, and how many would if something else were.
import type { Facet, Query } from "../shared.js";

/** What things are counted by. */
export interface Dimension {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  /** The values of a thing, as positions. */
  readonly of: (thing: number, take: (value: number) => void) => void;
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
  // By thing: which dimension it misses, from 1; 0 for none.
  const missed = new Uint8Array(things.length);
  for (const [at, { name, values, of }] of dimensions.entries()) {
    const chosen = facets[name] ?? [];
    if (chosen.length === 0) continue;
    const wanted = new Uint8Array(values.length);
    for (const value of chosen) if (values.includes(value)) wanted[values.indexOf(value)] = 1;
    let isHit = false;
    const take = (value: number): void => {
      isHit ||= wanted[value] === 1;
    };
    for (let place = 0; place < things.length; place += 1) {
      isHit = false;
      of(things[place] as number, take);
      if (!isHit) missed[place] = missed[place] === 0 ? at + 1 : MANY;
    }
  }
  const counts = dimensions.map(({ values, of }, at) => {
    const count = new Uint32Array(values.length);
    const take = (value: number): void => {
      count[value] = (count[value] as number) + 1;
    };
    for (let place = 0; place < things.length; place += 1) {
      if (missed[place] === 0 || missed[place] === at + 1) of(things[place] as number, take);
    }
    return count;
  });
  const shown = dimensions.map(({ name, label, values }, at): Facet => {
    const listed = values.map((value, index) => ({ value, count: counts[at]?.[index] ?? 0 }));
    return { name, label, values: listed.filter(({ value, count }) => count > 0 || facets[name]?.includes(value)) };
  });
  return { matching: things.filter((_, place) => missed[place] === 0), facets: shown, counts };
}
