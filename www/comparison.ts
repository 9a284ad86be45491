// What the page and its worker say to each other of two runs side by side. A is the run that is open, B the other one.
import type { Facet } from "./shared.js";

/** What became of a row in both runs, by number. Rows are joined by their key. */
export const KINDS = [
  "same answer",
  "different answer",
  "only A failed",
  "only B failed",
  "both failed",
  "only in A",
  "only in B",
] as const;

/** One of the two runs; sums are of the rows that match. */
export interface SideFacts {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  /** USD; null where a price is not known. */
  readonly cost: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How often which answer of A met which answer of B; rows are those of A. */
export interface Crossing {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** What a look at two runs gives. */
export interface Comparison {
  readonly a: SideFacts;
  readonly b: SideFacts;
  readonly total: number;
  readonly matching: number;
  /** By kind, of all rows. */
  readonly kinds: readonly number[];
  readonly facets: readonly Facet[];
  /** Null where answers are no labels. */
  readonly crossing: Crossing | null;
  readonly fault: string | null;
}

/** One half of a pair; null where a run has no such row. */
export interface PairSide {
  readonly row: number;
  readonly outcome: string;
  readonly output: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number | null;
}

/** A row of the comparison. */
export interface PairCells {
  readonly key: string;
  readonly kind: (typeof KINDS)[number];
  readonly a: PairSide | null;
  readonly b: PairSide | null;
}

/** A piece of the difference between two texts: in both, or in one of them. */
export interface Piece {
  readonly text: string;
  readonly side: "a" | "b" | "both";
}

/** Everything about a pair. */
export interface PairDetail extends PairCells {
  readonly place: number;
  /** Word by word; null where the texts are too different or too long for that. */
  readonly pieces: readonly Piece[] | null;
  /** Where both answers are JSON objects: their fields. */
  readonly fields: readonly { readonly name: string; readonly a: string; readonly b: string }[] | null;
  /** Cells of the input that differ. */
  readonly inputs: readonly { readonly name: string; readonly a: string; readonly b: string }[];
  readonly input: readonly { readonly name: string; readonly value: string }[];
}
