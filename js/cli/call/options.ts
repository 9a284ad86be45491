// Options that several commands have, described once.
import { type Command, Option } from "commander";
import { amount, whole } from "./numbers.js";

/** What turns a file into requests. */
export function withRequests(command: Command): Command {
  return command
    .argument("<file>", "CSV, TSV, JSONL, JSON, Parquet or XLSX, plain or as .gz; JSONL requests; - reads stdin")
    .option("-p, --prompt <text>", "the prompt for each row, with {{column}} in it, or a .md file that holds it")
    .option("-s, --system <text>", "the system prompt for each row, with {{column}} in it")
    .option("-m, --model <name>", "the model")
    .option("--max-tokens <n>", "the most tokens an answer may have", whole)
    .option("--key <column>", "the column that names each row; default row-1, row-2, …")
    .option("--params <json>", "further parameters of each request, as a JSON object")
    .option("--schema <file>", "a JSON schema that every answer must follow")
    .addOption(
      new Option(
        "--ids <kind>",
        "verbatim: send your own ids; nonce: send made ones, and yours may be any text",
      ).choices(["verbatim", "nonce"]),
    )
    .option("--dedupe", "send rows once that make the same request; each gets the answer")
    .option("--max-requests <n>", "requests in one batch at the most", whole)
    .option("--delimiter <character>", "what stands between two cells, such as , ; or tab")
    .option("--no-header", "the first row is data; columns are called 1, 2, …")
    .option("--columns <names>", "names for the columns of a file without a header, such as label,text")
    .option("--sheet <name>", "the sheet of a workbook, by name or number; default the first");
}

/** Where the key comes from. */
export function withKey(command: Command): Command {
  return command
    .option("--key-file <path>", "a file that holds the API key; default ANTHROPIC_API_KEY")
    .option("--key-stdin", "read the API key from stdin");
}

/** Where runs lie. */
export function withState(command: Command): Command {
  return command.option("--state <folder>", "where runs are kept", ".batchwise");
}

/** Prices of the user's own. */
export function withPrices(command: Command): Command {
  return command.option(
    "--prices <file>",
    "prices of your own, as prices --json prints them; default prices.json of --state",
  );
}

/** How a job is driven. */
export function withDriving(command: Command): Command {
  return command
    .option("--max-cost <usd>", "refuse to send what could cost more", amount)
    .option("--rounds <n>", "passes over what failed and may succeed, the first one included", whole);
}

/** What is printed. `data` is what stdout gets with `--json`. */
export function withScreen(command: Command, data: string): Command {
  return withSaying(command.option("--json", `print ${data} as JSON on stdout`));
}

/** How much is said, and whether anything is asked. */
export function withSaying(command: Command): Command {
  return command
    .addOption(new Option("-q, --quiet", "say nothing but errors").conflicts("verbose"))
    .option("--verbose", "also say every call that is made, and what stands behind an error")
    .option("--no-input", "never ask; what needs an answer ends the command");
}

/** Consent beforehand. */
export function withYes(command: Command, what = "send without asking"): Command {
  return command.option("-y, --yes", what);
}

/** For an emulator with the same `--speed`. */
export function withSpeed(command: Command): Command {
  return command.addOption(
    new Option("--speed <n>", "for an emulator with the same --speed: waits are n times shorter").argParser(amount),
  );
}
