// Keys as names of files: reversible, below one folder, and the same on systems that do not tell A from a.

/** Names may have 255 bytes; a suffix must fit, too. */
const CHUNK = 180;

/**
 * The path of a key below the store's folder. What is no small letter, digit, `_` or `-` is written as `%` and two
 * hexadecimal digits, so no name is `..`, hidden, reserved or cut. A long key continues in folders.
 */
export function nameOf(key: string): string {
  let text = "";
  for (const byte of new TextEncoder().encode(key)) {
    const char = String.fromCharCode(byte);
    text += /[a-z0-9_-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
  }
  const chunks: string[] = [];
  for (let start = 0; start < text.length; start += CHUNK) chunks.push(text.slice(start, start + CHUNK));
  const last = chunks.pop() ?? "";
  return [...chunks.map((chunk) => `+${chunk}`), `=${last}`].join("/");
}

/** The key of a path that {@link nameOf} has made; null for any other file. */
export function keyOf(path: string): string | null {
  const match = /^((?:\+[a-z0-9_%-]+\/)*)=([a-z0-9_%-]+)$/.exec(path);
  if (!match) return null;
  try {
    return decodeURIComponent(`${match[1]?.replace(/[+/]/g, "")}${match[2]}`);
  } catch {
    return null;
  }
}
