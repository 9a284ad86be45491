// What every store takes and says: the same limits everywhere, so that a job that runs on one store runs on each.
import { BatchwiseError, StoreError } from "../errors.js";
import { halfIn } from "../halves.js";

/** Bytes of UTF-8 in a key. */
const KEY_BYTES = 512;
/** Bytes of UTF-8 in a value: what Deno KV keeps, and nobody keeps less. */
const VALUE_BYTES = 65_536;

/** Throws where a key or value is not what stores keep. Null stands for no value. */
export function checkEntry(key: string, value: string | null): void {
  if (key === "" || isLonger(key, KEY_BYTES)) {
    const what = key === "" ? "the key is empty" : `the key ${key.slice(0, 40)}… has ${key.length} characters`;
    throw storeFailed(`${what}: stores take 1 to ${KEY_BYTES} bytes`);
  }
  if (value !== null && isLonger(value, VALUE_BYTES)) {
    throw storeFailed(`the value of ${key} has ${value.length} characters: stores take ${VALUE_BYTES} bytes`);
  }
  if (halfIn(key) >= 0 || (value !== null && halfIn(value) >= 0)) {
    throw storeFailed(`half a character (a lone surrogate) in ${key} or its value: stores take text`);
  }
}

/** The store could not do what it was asked to. */
export function storeFailed(message: string, cause?: unknown): StoreError {
  return new StoreError("store/failed", message, cause === undefined ? {} : { cause });
}

/** Runs `work` on the store called `place`; what it throws becomes an error of this package's that says so. */
export async function reaching<T>(place: string, deed: "read" | "written", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatchwiseError) throw error;
    throw storeFailed(
      `${place} could not be ${deed}: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

/** A value as bytes: stores that keep text as UTF-16 would need twice the room for some. */
export function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** The text of bytes that {@link bytesOf} made; null where there are none. Throws where `value` is something else. */
export function textOf(place: string, key: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  throw storeFailed(`${place} holds something else under ${key}: give jobs a place of their own`);
}

/** Whether text takes more bytes than allowed. One UTF-16 unit is one to three bytes of UTF-8. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}
