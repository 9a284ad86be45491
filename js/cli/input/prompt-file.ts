// A prompt as a file of its own: Markdown, with what else a request needs in its front matter.
import { dirname, resolve } from "node:path";
import type { MessageParams } from "batchwise";
import { usage } from "../call/exit.js";
import { openFile } from "./file-blob.js";
import { jsonFile } from "./request.js";

/** What a prompt file says. */
export interface PromptFile {
  readonly prompt?: string;
  readonly model?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly system?: string | undefined;
  readonly key?: string | undefined;
  readonly schema?: unknown;
  readonly params?: Partial<MessageParams> | undefined;
}

const FRONT = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

const KNOWN = { model: "string", max_tokens: "number", system: "string", key: "string", params: "object" } as const;

/** Reads a prompt file. A schema may stand in it, or in a JSON file that it names. */
export async function readPromptFile(path: string): Promise<PromptFile> {
  const text = (await openFile(path).text()).replace(/^\uFEFF/, "");
  const front = text.startsWith("---") ? FRONT.exec(text) : null;
  const prompt = (front ? text.slice(front[0].length) : text).trim();
  if (prompt === "") throw usage(`${path} has no prompt: write it below the front matter`);
  if (!front) return { prompt };
  const { frontMatter } = await import("./front-matter.js");
  const matter = frontMatter(path, front[1] ?? "");
  for (const [name, value] of Object.entries(matter)) {
    const wanted = KNOWN[name as keyof typeof KNOWN];
    if (name !== "schema" && wanted === undefined) {
      throw usage(`${path}: front matter has no ${name}; it has ${Object.keys(KNOWN).join(", ")} and schema`);
    }
    if (wanted !== undefined && typeof value !== wanted) throw usage(`${path}: ${name} must be a ${wanted}`);
  }
  const { model, max_tokens, system, key, params, schema } = matter as Record<string, never>;
  const loaded = typeof schema === "string" ? await jsonFile(`schema of ${path}:`, beside(path, schema)) : schema;
  return { prompt, model, maxTokens: max_tokens, system, key, params, schema: loaded };
}

function beside(path: string, name: string): string {
  return resolve(dirname(path), name);
}
