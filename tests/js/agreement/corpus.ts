// The corpus: every seed as it is, and a seeded choice of all that can go wrong with each.
import { type Kind, mutants } from "./mutate.js";
import type { Params } from "./parts.js";
import { SEEDS, type Seed } from "./seeds.js";

/** One request of the corpus. */
export interface Sample {
  readonly seed: Seed;
  /** What was changed, "seed" where nothing was. */
  readonly kind: Kind | "seed";
  /** Where, as a JSON Pointer into the parameters. */
  readonly at: string;
  readonly now: string;
  readonly params: Params;
}

/** Mutants of one seed at the most; the seeds themselves are always in. */
const PER_SEED = 180;

/** The same samples every time. */
export function corpus(): Sample[] {
  const random = randomOf(20_261_121);
  return SEEDS.flatMap((seed) => {
    const first: Sample = { seed, kind: "seed", at: "", now: "", params: seed.params };
    const all = distinct([...mutants(seed.params)].map((mutant): Sample => ({ seed, ...mutant })));
    return [first, ...chosen(all, PER_SEED, random)];
  });
}

/** How a sample is called where it is listed. */
export function title({ seed, kind, at, now }: Sample): string {
  return `${seed.name}: ${kind} ${at} ${now}`.trimEnd();
}

function distinct(samples: readonly Sample[]): Sample[] {
  const seen = new Set<string>();
  return samples.filter(({ params }) => {
    const json = JSON.stringify(params);
    return !seen.has(json) && seen.add(json);
  });
}

/** `count` of them in their order, evenly over the kinds: there are many more wrong types than dropped keys. */
function chosen(samples: readonly Sample[], count: number, random: () => number): Sample[] {
  const kinds = new Map<string, Sample[]>();
  for (const sample of samples) kinds.set(sample.kind, [...(kinds.get(sample.kind) ?? []), sample]);
  const picked = new Set<Sample>();
  const piles = [...kinds.values()];
  while (picked.size < Math.min(count, samples.length)) {
    for (const pile of piles) {
      const [sample] = pile.splice(Math.floor(random() * pile.length), 1);
      if (sample && picked.size < count) picked.add(sample);
    }
  }
  return samples.filter((sample) => picked.has(sample));
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
