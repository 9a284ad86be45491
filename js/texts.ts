import type { RawTexts } from "./wasm/batchwise_bg.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The texts, one by one. One long text is decoded faster than many short ones. */
export function textsOf({ text, ends }: RawTexts): string[] {
  const all = decoder.decode(text);
  const texts: string[] = new Array(ends.length);
  let start = 0;
  for (let at = 0; at < ends.length; at += 1) {
    const end = ends[at] as number;
    texts[at] = all.slice(start, end);
    start = end;
  }
  return texts;
}

/** Numbers as the engine takes them. */
export function wordsOf(numbers: readonly number[] | Uint32Array): Uint32Array {
  return numbers instanceof Uint32Array ? numbers : Uint32Array.from(numbers);
}
