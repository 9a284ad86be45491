// What JSON cannot hold. `JSON.stringify` turns some of it into null without a word; a request changed like that must
// not be sent.

/** A value that cannot be written as JSON: where it stands, as a JSON Pointer, and what it is. */
export interface Unwritable {
  readonly path: string;
  readonly message: string;
}

/** `value` as JSON on one line, or what stands in the way. */
export function written(value: unknown): string | Unwritable {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    return (
      found(value) ?? { path: "", message: `JSON.stringify says: ${error instanceof Error ? error.message : error}` }
    );
  }
  if (text === undefined) return { path: "", message: `this is ${named(value)}, not a request` };
  // Only a null can be a number that was not finite.
  return (text.includes("null") && found(value)) || text;
}

/** The first value in `root` that JSON cannot hold. */
function found(root: unknown): Unwritable | undefined {
  const above = new Set<unknown>();
  const look = (value: unknown, path: string): Unwritable | undefined => {
    if (typeof value === "bigint") return { path, message: "a BigInt is not JSON: make it a number or a string" };
    if (typeof value === "number" && !Number.isFinite(value)) return { path, message: `${value} is not JSON` };
    if (typeof value !== "object" || value === null) return undefined;
    if (above.has(value)) return { path, message: "this object contains itself" };
    above.add(value);
    for (const [key, member] of Object.entries(asJson(value))) {
      const problem = look(member, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
      if (problem) return problem;
    }
    above.delete(value);
    return undefined;
  };
  try {
    return look(root, "");
  } catch {
    return undefined;
  }
}

/** What `JSON.stringify` looks at instead of `value`. */
function asJson(value: object): object {
  if (!("toJSON" in value) || typeof value.toJSON !== "function") return value;
  const json: unknown = value.toJSON();
  return typeof json === "object" && json !== null ? json : { "": json };
}

function named(value: unknown): string {
  return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}
