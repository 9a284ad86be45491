// Front matter is YAML; loaded only for prompt files that have some.
import { parse } from "yaml";
import { usage } from "../call/exit.js";

/** The names and values of the front matter of the file at `path`. */
export function frontMatter(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw usage(`${path}: the front matter is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usage(`${path}: the front matter must be names and values, such as model: claude-haiku-4-5`);
}
