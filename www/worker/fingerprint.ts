// Whether a file is the one a run was made from, without keeping it.
import type { Fingerprint } from "../shared.js";

/** Longer files are looked at in so many places, evenly spread. */
const PLACES = 16;
const PLACE_BYTES = 1 << 20;

/** Its size, and a digest of all of it or of pieces from all over it. */
export async function fingerprintOf(file: Blob): Promise<Fingerprint> {
  const isShort = file.size <= PLACES * PLACE_BYTES;
  const step = (file.size - PLACE_BYTES) / (PLACES - 1);
  const pieces = isShort
    ? [file]
    : Array.from({ length: PLACES }, (_, n) => file.slice(Math.floor(n * step), Math.floor(n * step) + PLACE_BYTES));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(pieces).arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes: file.size, digest: `sha256-16x1m:${hex}` };
}

/** Whether two files are the same, as far as that is known. */
export function isSameFile(a: Fingerprint, b: Fingerprint): boolean {
  return a.bytes === b.bytes && a.digest === b.digest;
}
