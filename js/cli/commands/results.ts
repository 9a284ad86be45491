// batchwise results: the rows of a run with what became of them, as far as it has come. Asks nobody.
import { type Command, Option } from "commander";
import { withSaying, withState } from "../call/options.js";
import { FORMATS, type Format, proveWritable, targetOf } from "../output/target.js";
import { select, where } from "../output/where.js";
import { writeTable } from "../output/write.js";
import { Runs, type StateOptions } from "../runs/folder.js";
import { withMerged } from "../runs/merged-run.js";
import { counted } from "../screen/format.js";
import { openScreen } from "../screen/screen.js";

interface ResultsOptions extends StateOptions {
  where: string[];
  select?: string;
  format?: Format;
  output?: string;
  quiet?: boolean;
}

export function defineResults(program: Command): void {
  const command = program
    .command("results")
    .description("print the rows of a run with their results")
    .argument("[run]", "its name, or how it begins; default the newest")
    .option(
      "--where <condition>",
      "rows that fit, such as outcome=errored, outcome!=succeeded, text~refund, output_tokens>100; may be repeated",
      (condition: string, before: string[]) => [...before, condition],
      [],
    )
    .option("--select <columns>", "these columns alone, such as custom_id,text")
    .addOption(new Option("--format <kind>", "how rows are written; default by the name of the file").choices(FORMATS))
    .option("-o, --output <file>", "a file instead of stdout")
    .option("--json", "print JSONL on stdout, which is the default");
  withState(withSaying(command)).action(results);
}

async function results(name: string | undefined, options: ResultsOptions): Promise<void> {
  const runs = new Runs(options);
  const run = runs.find(name);
  const target = targetOf(options.output, options.format);
  proveWritable(target);
  const wanted = options.select?.split(",").map((column) => column.trim());
  const rows = await withMerged(runs, run, (table) => writeTable(select(where(table, options.where), wanted), target));
  const screen = openScreen(options.quiet ?? false);
  if (target.path !== null) screen.say(`${target.path}  ${counted(rows, "row")} of run ${run.id}`);
  if (!run.record.report) screen.say(`note      run ${run.id} is unfinished: rows without a result count as missing`);
}
