import { BatchwiseError } from "./errors.js";
import { halfIn, halvedPath } from "./halves.js";
import type { MessageParams, OpenParams } from "./types.js";
import { written } from "./unwritable.js";
import type { RawTable } from "./wasm/batchwise_bg.js";

/** How the rows of a table become requests. */
export interface TableOptions {
  /** The user's message. `{{column}}` stands for the row's value in that column, `\{{` for the braces themselves. */
  prompt: string;
  /** The system prompt, with columns like the prompt. */
  system?: string | undefined;
  model: string;
  /** The most tokens an answer may have. */
  maxTokens: number;
  /** The column with each row's `custom_id`. Without one, ids are `row-1`, `row-2` and so on. */
  key?: string | undefined;
  /** Further parameters, the same in every request. */
  params?: Partial<MessageParams | OpenParams> | undefined;
  /** Default: what a file's name or type says, else what its first byte looks like, else "csv". */
  format?: "csv" | "tsv" | "jsonl" | undefined;
  /** One ASCII character between two cells. Default `,` in CSV, a tab in TSV. */
  delimiter?: string | undefined;
  /** Whether `"` begins a cell that may hold delimiters and line feeds. Default true, false where a tab delimits. */
  quote?: boolean | undefined;
  /** Whether the first row names the columns. Default true, false where `columns` are given. */
  header?: boolean | undefined;
  /** Names for the columns of a table without a header. Default `1`, `2` and so on. */
  columns?: readonly string[] | undefined;
}

/** Rows: a file, its bytes or text, or plain objects. */
export type TableRows =
  | Blob
  | ReadableStream<Uint8Array>
  | string
  | Iterable<Readonly<Record<string, unknown>>>
  | AsyncIterable<Readonly<Record<string, unknown>>>;

/** A table whose rows are requests. Made by `table`. */
export class TableSource {
  readonly rows: TableRows;
  readonly options: Readonly<TableOptions>;

  /** See `table`. */
  constructor(rows: TableRows, options: TableOptions) {
    for (const name of Object.keys(options)) {
      if (!NAMES.has(name)) {
        throw new BatchwiseError("misuse/option", `a table has no option ${name}; it has ${[...NAMES].join(", ")}`);
      }
    }
    if (options.header && options.columns) {
      throw new BatchwiseError(
        "misuse/option",
        "columns are names for a table without a header: leave one of the two out",
      );
    }
    const { prompt, system, model, key } = options;
    for (const [name, text] of Object.entries({ prompt, system, model, key, rows })) {
      const at = typeof text === "string" ? halfIn(text) : -1;
      if (at >= 0) throw halved(`${name} holds half a character at ${at}`);
    }
    this.rows = rows;
    this.options = Object.freeze({ ...options });
  }
}

const NAMES: ReadonlySet<string> = new Set<keyof TableOptions>([
  "prompt",
  "system",
  "model",
  "maxTokens",
  "key",
  "params",
  "format",
  "delimiter",
  "quote",
  "header",
  "columns",
]);

/**
 * Makes one request of every row: CSV, TSV or JSONL from a file, or plain objects.
 *
 * @example
 * const plan = await client.plan(table(file, { prompt: "Sentiment of: {{review}}", model: "claude-haiku-5-5", maxTokens: 8, key: "id" }));
 */
export function table(rows: TableRows, options: TableOptions): TableSource {
  return new TableSource(rows, options);
}

/** The options as the engine takes them. */
export function rawTable(options: TableOptions, format: "csv" | "tsv" | "jsonl"): RawTable {
  const { prompt, system, model, maxTokens, key, params, delimiter, quote, header, columns } = options;
  return {
    ...{ prompt, system, model, maxTokens, key, quote },
    params: params && jsonOf(params),
    format: format === "jsonl" ? "objects" : "cells",
    delimiter: delimiter ?? (format === "tsv" ? "\t" : ","),
    header: columns ?? header,
  };
}

function jsonOf(params: object): string {
  const json = written(params);
  if (typeof json === "string") {
    const path = halvedPath(json);
    if (path === undefined) return json;
    throw halved(`params${path} holds half a character`);
  }
  throw new BatchwiseError("misuse/option", `params${json.path}: ${json.message}`);
}

function halved(what: string): BatchwiseError {
  return new BatchwiseError("misuse/option", `${what}: cut texts at whole characters, or call toWellFormed() on them`);
}

/** What a file's name or type says about its format, else its first byte. */
export async function formatOf(file: Blob): Promise<"csv" | "tsv" | "jsonl"> {
  const name = "name" in file && typeof file.name === "string" ? file.name : "";
  const told = `${name.slice(name.lastIndexOf(".") + 1)} ${file.type}`.toLowerCase();
  if (/\b(tsv|tab|tab-separated-values)\b/.test(told)) return "tsv";
  if (/\b(jsonl|ndjson|x-jsonl|x-ndjson|json-lines)\b/.test(told)) return "jsonl";
  if (/\bcsv\b/.test(told)) return "csv";
  const start = await file.slice(0, 1024).text();
  return /^\uFEFF?\s*\{/.test(start) ? "jsonl" : "csv";
}
