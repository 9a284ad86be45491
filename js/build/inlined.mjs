// A module of JavaScript that holds bytes, for runtimes and bundlers where a file beside the code cannot be relied on.
//
// Base64 spreads each byte over two characters, so that compression no longer finds what repeats: WebAssembly grows by a
// third. Here a byte is a character, if it is one of the commonest, and two if it is not; compressed, that is the file.

/** What no quote, escape, template or tag can come from, in any file that a bundler puts it into. */
const ALPHABET = Array.from({ length: 95 }, (_, nth) => String.fromCharCode(0x20 + nth))
  .filter((char) => !"\"'`\\$<".includes(char))
  .join("");

/** The first characters say that another one follows: enough for the bytes that have no character of their own. */
const PAGES = 2;
const SINGLES = ALPHABET.length - PAGES;

/** The module's text. */
export function inlined(bytes) {
  const order = byFrequency(bytes);
  const written = [];
  for (const [nth, byte] of order.entries()) {
    const rest = nth - SINGLES;
    written[byte] =
      rest < 0
        ? ALPHABET[PAGES + nth]
        : ALPHABET[Math.floor(rest / ALPHABET.length)] + ALPHABET[rest % ALPHABET.length];
  }
  const text = Array.from(bytes, (byte) => written[byte]).join("");
  return `const text = "${text}";
const alphabet = "${ALPHABET}";
const order = [${order}];
export function bytes() {
  const codes = new Uint8Array(128);
  for (let i = 0; i < alphabet.length; i++) codes[alphabet.charCodeAt(i)] = i;
  const out = new Uint8Array(${bytes.length});
  for (let i = 0, at = 0; i < out.length; i++) {
    const code = codes[text.charCodeAt(at++)];
    out[i] = order[code < ${PAGES} ? ${SINGLES} + code * alphabet.length + codes[text.charCodeAt(at++)] : code - ${PAGES}];
  }
  return out;
}
`;
}

/** All 256 bytes, the commonest first. */
function byFrequency(bytes) {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const byte of bytes) counts[byte]++;
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
}
