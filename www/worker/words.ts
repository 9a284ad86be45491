// The difference between two texts, word by word. Loaded when a pair is opened.
import { diffWordsWithSpace } from "diff";
import type { Piece } from "../comparison.js";

/** Texts that are too different take long, and the difference helps nobody. */
const MOST_MS = 150;

/** Null where it takes too long. */
export function pieces(a: string, b: string): Piece[] | null {
  const changes = diffWordsWithSpace(a, b, { timeout: MOST_MS });
  return (
    changes?.map(({ value, added, removed }) => ({ text: value, side: added ? "b" : removed ? "a" : "both" })) ?? null
  );
}
