// What each row is asked: the options of the command, on top of a prompt file where one is given.
import type { MessageParams } from "batchwise";
import { usage } from "../call/exit.js";
import { openFile } from "./file-blob.js";
import { delimiterOf, type Input } from "./open.js";
import { readPromptFile } from "./prompt-file.js";

/** The options of every command that takes a file, as the command line gives them. */
export interface RequestOptions {
  prompt?: string;
  system?: string;
  model?: string;
  maxTokens?: number;
  key?: string;
  params?: string;
  schema?: string;
  ids?: "verbatim" | "nonce";
  dedupe?: boolean;
  maxRequests?: number;
  delimiter?: string;
  header?: boolean;
  columns?: string;
  sheet?: string;
}

/** How rows become requests: plain data, kept with a run. */
export interface Recipe {
  readonly prompt?: string | undefined;
  readonly system?: string | undefined;
  readonly model?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly key?: string | undefined;
  readonly params?: Partial<MessageParams> | undefined;
  readonly ids?: "verbatim" | "nonce" | undefined;
  readonly dedupe?: boolean | undefined;
  readonly maxRequests?: number | undefined;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly sheet?: string | undefined;
}

/** What the options say, with the prompt file behind them read. */
export async function recipeOf(options: RequestOptions): Promise<Recipe> {
  const { prompt, model, maxTokens, key, ids, dedupe, maxRequests, delimiter, columns, sheet, header } = options;
  const file = prompt !== undefined && isPromptFile(prompt) ? await readPromptFile(prompt) : {};
  const params = { ...file.params, ...paramsOf(options.params) };
  const schema = options.schema === undefined ? file.schema : await jsonFile("--schema", options.schema);
  if (schema !== undefined) {
    params.output_config = { ...params.output_config, format: { type: "json_schema", schema } } as never;
  }
  return {
    prompt: file.prompt ?? prompt,
    system: options.system ?? file.system,
    model: model ?? file.model,
    maxTokens: maxTokens ?? file.maxTokens,
    key: key ?? file.key,
    params: Object.keys(params).length > 0 ? params : undefined,
    ids,
    dedupe: dedupe || undefined,
    maxRequests,
    delimiter: delimiter === undefined ? undefined : delimiterOf(delimiter),
    header: header === false ? false : undefined,
    columns: columns?.split(",").map((name) => name.trim()),
    sheet,
  };
}

/** The recipe of a table; what is missing ends the command. Finished requests take nothing of it. */
export function checkRecipe({ kind, name }: Input, recipe: Recipe): void {
  if (kind === "requests") {
    const idle = (["prompt", "system", "model", "maxTokens", "key", "params"] as const).find(
      (option) => recipe[option] !== undefined,
    );
    if (idle) throw usage(`${name} holds finished requests: leave out --${idle === "maxTokens" ? "max-tokens" : idle}`);
    return;
  }
  if (recipe.prompt === undefined) {
    throw usage(`${name} is a table: say what to ask for each row with -p "… {{column}} …", or name a .prompt.md file`);
  }
  if (recipe.model === undefined) throw usage("no model: name one with -m, such as -m claude-haiku-4-5");
  if (recipe.maxTokens === undefined) {
    throw usage("no --max-tokens: say how long an answer may be, such as --max-tokens 64");
  }
}

/** A prompt is text, but for a name that nobody would ask a model. */
function isPromptFile(prompt: string): boolean {
  return /^\S.*\.md$/.test(prompt) && !prompt.includes("{{") && !prompt.includes("\n");
}

function paramsOf(text: string | undefined): Partial<MessageParams> {
  if (text === undefined) return {};
  const value = parsed("--params", text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Partial<MessageParams>;
  throw usage(`--params must be a JSON object, such as '{"stop_sequences":["."]}'`);
}

/** The JSON that a file holds. */
export async function jsonFile(option: string, path: string): Promise<unknown> {
  return parsed(`${option} ${path}`, await openFile(path).text());
}

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${what} is not JSON: ${(error as Error).message}`);
  }
}
