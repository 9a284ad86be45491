// Half a character: JavaScript counts an emoji as two, and what was cut between them is no text for anybody else. JSON
// written by it has an escape there, which the API refuses together with the whole batch.

/** Where half a character stands in `text`; -1 where there is none. */
export function halfIn(text: string): number {
  const known = text as string & { isWellFormed?(): boolean };
  return known.isWellFormed?.() ? -1 : text.search(/\p{Surrogate}/u);
}

/** The JSON Pointer of a string or key with half a character in it, in JSON that `JSON.stringify` wrote. */
export function halvedPath(json: string): string | undefined {
  // Whole characters are written as they are, halves as escapes; a text that speaks of escapes has two backslashes.
  return json.includes("\\ud") ? find(JSON.parse(json), "") : undefined;
}

function find(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return halfIn(value) < 0 ? undefined : path;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const at = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const found = halfIn(key) < 0 ? find(member, at) : at;
    if (found !== undefined) return found;
  }
  return undefined;
}
