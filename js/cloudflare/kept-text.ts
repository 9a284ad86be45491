// Long texts in a store that takes short values: in pieces, under a name of their own for each text.
import type { SwapStore } from "../store.js";

/** Characters of a piece: a store takes 65,536 bytes, and a character has three of them at most. */
const PIECE = 20_000;

/** Keeps `text` under `name`, which must not be taken. Answers how many pieces it has. */
export async function putText(store: SwapStore, name: string, text: string): Promise<number> {
  let pieces = 0;
  for (let at = 0; at < text.length; pieces++) {
    // No pair of halves is torn apart.
    const isTorn = /[\ud800-\udbff]/.test(text.charAt(at + PIECE - 1));
    const end = at + PIECE - (isTorn ? 1 : 0);
    await store.setItem(`${name}/${pieces}`, text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** The text of `pieces` pieces. */
export async function getText(store: SwapStore, name: string, pieces: number): Promise<string> {
  const texts = await Promise.all(Array.from({ length: pieces }, (_, at) => store.getItem(`${name}/${at}`)));
  return texts.join("");
}

/** Lets go of a text. */
export async function dropText(store: SwapStore, name: string, pieces: number): Promise<void> {
  for (let at = 0; at < pieces; at++) await store.removeItem(`${name}/${at}`);
}
