// From a command's arguments to a plan: the part that every command that takes a file shares.
import { dirname } from "node:path";
import { type Batchwise, type CellOptions, type Plan, type Source, table } from "batchwise";
import { clientOf, type KeyOptions } from "../call/key.js";
import { markFiles, withFiles } from "./media.js";
import { type Input, openInput } from "./open.js";
import { checkRecipe, type Recipe, type RequestOptions, recipeOf } from "./request.js";

/** A file that was read as requests. */
export interface Prepared {
  readonly client: Batchwise;
  /** The file's rows, beside which results are written. */
  readonly input: Input;
  /** Finished requests that were made of the rows outside of the plan; null where the plan makes them. */
  readonly made: Blob | null;
  readonly recipe: Recipe;
  readonly plan: Plan;
}

/** Opens the file and plans it. What is wrong with its rows is in the plan. */
export async function prepare(path: string, options: RequestOptions & KeyOptions): Promise<Prepared> {
  const recipe = await recipeOf(options);
  // Nothing is sent while planning, so nobody is asked for a key here.
  const client = await clientOf(options);
  const input = await openInput(path, recipe);
  checkRecipe(input, recipe);
  const folder = input.path === null ? "." : dirname(input.path);
  const made = await madeRequests(client, input, recipe, folder);
  return { client, input, made, recipe, plan: await planOf(client, input, made, recipe) };
}

/** The plan of an input. */
export function planOf(client: Batchwise, input: Input, made: Blob | null, recipe: Recipe): Promise<Plan> {
  const source = made ?? sourceOf(input, recipe);
  const { maxRequests, ids, dedupe } = recipe;
  return client.plan(source, { validate: "warn", maxRequests, ids, dedupe });
}

async function madeRequests(client: Batchwise, input: Input, recipe: Recipe, folder: string): Promise<Blob | null> {
  const marked = input.kind === "requests" ? null : markFiles(recipe.prompt ?? "");
  if (!marked) return null;
  const source = sourceOf(input, { ...recipe, prompt: marked.prompt });
  // Ids are looked at when the requests are finished.
  const plan = await client.plan(source, { validate: "off", ids: "nonce" });
  return withFiles(plan, marked.mark, folder);
}

function sourceOf(input: Input, recipe: Recipe): Source {
  if (input.kind === "requests") return input.blob;
  const { prompt = "", system, model = "", maxTokens = 0, key, params } = recipe;
  return table(input.blob, { prompt, system, model, maxTokens, key, params, ...formOf(input, recipe) });
}

/** How the table is written, as far as the caller has said or its name shows. */
export function formOf({ kind }: Input, { delimiter, columns, header }: Recipe): CellOptions {
  if (kind === "rows") return { format: "jsonl" };
  return { format: kind === "tsv" ? "tsv" : "csv", delimiter, columns, header };
}
