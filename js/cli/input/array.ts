// A JSON array of rows or requests, or the body of a create call. It is held in memory while it is read.
import { usage } from "../call/exit.js";
import { linesOf } from "./lines.js";

/** The items, one a line, and what they are. */
export async function arrayLines(name: string, blob: Blob): Promise<{ blob: Blob; kind: "rows" | "requests" }> {
  let value: unknown;
  try {
    value = JSON.parse((await blob.text()).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw usage(`${name} cannot be read as JSON: ${(error as Error).message}`);
  }
  const items = Array.isArray(value) ? value : (value as { requests?: unknown } | null)?.requests;
  if (!Array.isArray(items)) throw usage(`${name} holds no list: give an array of objects, or one object a line`);
  if (items.length === 0) throw usage(`${name} is an empty list: there is nothing to send`);
  const odd = items.findIndex((item) => typeof item !== "object" || item === null || Array.isArray(item));
  if (odd >= 0) throw usage(`${name}: item ${odd} is no object; each item is a row or a request`);
  const first = items[0] as object;
  const kind = "custom_id" in first || "params" in first ? "requests" : "rows";
  return { blob: await linesOf(items), kind };
}
