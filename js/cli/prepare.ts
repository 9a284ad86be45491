// From a command's arguments to a plan: the part that run, check and estimate share.
import { Batchwise, type CellOptions, type Plan, type Source, table } from "batchwise";
import { usage } from "./exit.js";
import { delimiterOf, type Input, openInput } from "./input.js";

/** Options of every command that takes a file. */
export interface RequestOptions {
  prompt?: string;
  system?: string;
  model?: string;
  maxTokens?: number;
  key?: string;
  ids?: "verbatim" | "nonce";
  dedupe?: boolean;
  maxRequests?: number;
  delimiter?: string;
  header: boolean;
  columns?: string;
}

export interface Prepared {
  readonly client: Batchwise;
  readonly input: Input;
  readonly plan: Plan;
}

/** Opens the file and plans it. What is wrong with its rows is in the plan. */
export async function prepare(path: string, options: RequestOptions): Promise<Prepared> {
  // Nothing is sent while planning, so nobody is asked for a key here.
  const client = new Batchwise();
  const input = await openInput(path, options);
  const plan = await client.plan(sourceOf(path, input, options), {
    validate: "warn",
    maxRequests: options.maxRequests,
    ids: options.ids,
    dedupe: options.dedupe,
  });
  return { client, input, plan };
}

function sourceOf(path: string, input: Input, options: RequestOptions): Source {
  if (input.kind === "requests") {
    const idle = (["prompt", "system", "model", "maxTokens", "key"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (idle) throw usage(`${path} holds finished requests: leave out --${idle === "maxTokens" ? "max-tokens" : idle}`);
    return input.blob;
  }
  const { prompt, model, maxTokens } = options;
  if (prompt === undefined) throw usage(`${path} is a table: say what to ask for each row with -p "… {{column}} …"`);
  if (model === undefined) throw usage("no model: name one with -m, such as -m claude-haiku-4-5");
  if (maxTokens === undefined) throw usage("no --max-tokens: say how long an answer may be, such as --max-tokens 64");
  return table(input.blob, {
    prompt,
    system: options.system,
    model,
    maxTokens,
    key: options.key,
    ...formOf(input, options),
  });
}

/** How the table is written, as far as the caller has said or its name shows. */
export function formOf(input: Input, { delimiter, columns, header }: RequestOptions): CellOptions {
  if (input.kind === "rows") return { format: "jsonl" };
  return {
    format: input.kind === "tsv" ? "tsv" : "csv",
    delimiter: delimiter === undefined ? undefined : delimiterOf(delimiter),
    columns: columns?.split(",").map((name) => name.trim()),
    header: header ? undefined : false,
  };
}
