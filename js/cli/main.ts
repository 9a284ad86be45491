// The command `batchwise`. Data goes to stdout, all else to stderr; the exit code says how it ended (exit.ts).
import { Command, CommanderError, Option } from "commander";
import { check } from "./check.js";
import { emulate } from "./emulate.js";
import { estimate } from "./estimate.js";
import { Exit, explain } from "./exit.js";
import { amount, share, whole } from "./numbers.js";
import { run } from "./run.js";

declare const VERSION: string;

function describe(): Command {
  const program = new Command("batchwise")
    .description("Run a prompt over every row of a table with Anthropic's Message Batches API.")
    .version(VERSION, "-V, --version", "print the version")
    .showSuggestionAfterError()
    .showHelpAfterError("(batchwise --help shows every command)")
    .exitOverride();

  requests(program.command("run").description("check, price, send, wait and write the results"))
    .option("-o, --output <file>", "where results go: .csv (and the raw .jsonl beside it) or .jsonl; default stdout")
    .option("--max-cost <usd>", "refuse to send what could cost more", amount)
    .option("--rounds <n>", "passes over what failed and may succeed, the first one included", whole)
    .option("-y, --yes", "send without asking")
    .option("--json", "print the final report as JSON on stdout")
    .option("-q, --quiet", "say nothing but errors")
    .addOption(
      new Option("--speed <n>", "for an emulator with the same --speed: waits are n times shorter").argParser(amount),
    )
    .action(run);

  requests(program.command("check").description("find what is wrong with the requests, without sending them"))
    .option("--json", "print the plan as JSON on stdout")
    .action(check);

  requests(program.command("estimate").description("say what it could cost, without sending anything"))
    .option("--json", "print the estimate as JSON on stdout")
    .action(estimate);

  program
    .command("emulate")
    .description("serve a model of the API on this machine, for free")
    .option("--port <n>", "0 takes a free one", whole, 8787)
    .option("--seed <n>", "decides every id, text and failure", whole, 1)
    .option("--speed <n>", "how many times faster its time runs", amount, 1)
    .option("--errored <share>", "how many requests fail, such as 5% or 0.05", share, 0)
    .action(emulate);
  return program;
}

/** What the commands that take a file have in common. */
function requests(command: Command): Command {
  return command
    .argument("<file>", "CSV, TSV or JSONL rows, or JSONL requests; - reads stdin")
    .option("-p, --prompt <text>", "the prompt for each row, with {{column}} in it; \\{{ stands for itself")
    .option("-s, --system <text>", "the system prompt for each row, with {{column}} in it")
    .option("-m, --model <name>", "the model")
    .option("--max-tokens <n>", "the most tokens an answer may have", whole)
    .option("--key <column>", "the column that names each row; default row-1, row-2, …")
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
    .option("--columns <names>", "names for the columns of a file without a header, such as label,text");
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    await describe().parseAsync(argv);
    return Number(process.exitCode ?? Exit.ok);
  } catch (error) {
    // commander has said what is wrong with the call, or printed the help it was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
    const { exit, line } = explain(error);
    process.stderr.write(`error: ${line}\n`);
    return exit;
  }
}

// Whoever reads our stdout may stop reading; that is no error.
process.stdout.on("error", (error: { code?: string }) => {
  if (error.code === "EPIPE") process.exit(Exit.ok);
  throw error;
});

process.exitCode = await main(process.argv);
