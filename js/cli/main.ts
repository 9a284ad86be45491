// The command `batchwise`. Data goes to stdout, all else to stderr; the exit code says how it ended (call/exit.ts).
import { Command, CommanderError } from "commander";
import { Exit, explain } from "./call/exit.js";
import { beVerbose, trace } from "./call/trace.js";
import { defineAdopt } from "./commands/adopt.js";
import { defineBuild } from "./commands/build.js";
import { defineCancel } from "./commands/cancel.js";
import { defineCheck } from "./commands/check.js";
import { defineCompletion } from "./commands/completion.js";
import { defineDemo } from "./commands/demo.js";
import { defineDiff } from "./commands/diff.js";
import { defineDoctor } from "./commands/doctor.js";
import { defineEmulate } from "./commands/emulate.js";
import { defineEstimate } from "./commands/estimate.js";
import { defineLs } from "./commands/ls.js";
import { defineModels } from "./commands/models.js";
import { definePrices } from "./commands/prices.js";
import { defineResults } from "./commands/results.js";
import { defineResume } from "./commands/resume.js";
import { defineRetry } from "./commands/retry.js";
import { defineRm } from "./commands/rm.js";
import { defineRun } from "./commands/run.js";
import { defineStatus } from "./commands/status.js";
import { defineSubmit } from "./commands/submit.js";
import { defineUi } from "./commands/ui.js";
import { defineWatch } from "./commands/watch.js";

declare const VERSION: string;

/** In the order of the help: the page, what begins a run, what shows and changes one, what helps. */
const COMMANDS = [
  ...[defineDemo, defineUi],
  ...[defineRun, defineCheck, defineEstimate, defineBuild, defineSubmit],
  ...[defineLs, defineStatus, defineWatch, defineResume, defineResults, defineRetry, defineDiff],
  ...[defineCancel, defineRm, defineAdopt],
  ...[defineEmulate, defineModels, definePrices, defineDoctor, defineCompletion],
];

function describe(): Command {
  const program = new Command("batchwise")
    .description("Run a prompt over every row of a table with Anthropic's Message Batches API.")
    .version(VERSION, "-V, --version", "print the version")
    .showSuggestionAfterError()
    .showHelpAfterError("(batchwise --help shows every command)")
    .exitOverride();
  for (const define of COMMANDS) define(program);
  program.hook("preAction", (_, command) => {
    if (command.opts()["verbose"]) beVerbose();
  });
  return program;
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
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) trace(cause.stack ?? cause.message);
    return exit;
  }
}

// Whoever reads our stdout may stop reading; that is no error.
process.stdout.on("error", (error: { code?: string }) => {
  if (error.code === "EPIPE") process.exit(Exit.ok);
  throw error;
});

process.exitCode = await main(process.argv);
