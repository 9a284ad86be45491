// Finds words in texts that lie one behind the other as bytes.

const encoder = new TextEncoder();

/** From the most common in text to the rarest: what is looked for first is the rarest byte of the words. */
const COMMON = " etaoinshrdlucmfwygpbvkxqjz";

/** Calls `hit` with each text that has `needle` in it, in order; letters of ASCII match in both cases. */
export function search(bytes: Uint8Array, ends: Uint32Array, needle: string, hit: (entry: number) => void): void {
  const wanted = encoder.encode(needle.toLowerCase());
  if (wanted.length === 0) return;
  const rare = rarest(wanted);
  const byte = wanted[rare] as number;
  for (const variant of new Set([byte, upper(byte)])) scan(bytes, ends, wanted, rare, variant, hit);
}

function scan(
  bytes: Uint8Array,
  ends: Uint32Array,
  wanted: Uint8Array,
  rare: number,
  byte: number,
  hit: (entry: number) => void,
): void {
  let entry = 0;
  let at = bytes.indexOf(byte, rare);
  while (at >= 0) {
    const start = at - rare;
    let next = at + 1;
    if (isThere(bytes, start, wanted)) {
      entry = entryAt(ends, start, entry);
      const end = ends[entry] as number;
      // A hit across two texts is none; one in a text is enough.
      if (start + wanted.length <= end) {
        hit(entry);
        next = Math.max(next, end);
      }
    }
    at = bytes.indexOf(byte, next);
  }
}

/** The text that has this byte, looked for from a known one on. */
function entryAt(ends: Uint32Array, position: number, from: number): number {
  let low = from;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isThere(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) {
    const byte = bytes[start + at] as number;
    if (byte !== wanted[at] && lower(byte) !== wanted[at]) return false;
  }
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

function rarest(wanted: Uint8Array): number {
  const commonness = (byte: number): number => {
    const at = COMMON.indexOf(String.fromCharCode(byte));
    return at < 0 ? 0 : COMMON.length - at;
  };
  let best = 0;
  for (let at = 1; at < wanted.length; at += 1) {
    if (commonness(wanted[at] as number) < commonness(wanted[best] as number)) best = at;
  }
  return best;
}
