// batchwise prices: the dated table that estimates and limits rest on, and where one's own go.
import { join } from "node:path";
import { PRICES } from "batchwise";
import type { Command } from "commander";
import { withPrices, withScreen, withState } from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { table } from "../screen/table.js";

const SOURCE = "https://platform.claude.com/docs/en/about-claude/pricing";

export function definePrices(program: Command): void {
  const command = program.command("prices").description("show what a million tokens cost in a batch, and as of when");
  withPrices(withState(withScreen(command, "them"))).action(prices);
}

async function prices(options: PriceOptions & { json?: boolean; quiet?: boolean }): Promise<void> {
  const own = await takePrices(options);
  const known = PRICES.filter(
    ({ models }) => !own.some((price) => models.every((model) => price.models.includes(model))),
  );
  const all = [...own, ...known];
  if (options.json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  const rows = all.map(({ models, input, cacheWrite5m, cacheRead, output, asOf }) => [
    models.join(", "),
    ...[input, output, cacheWrite5m, cacheRead].map((usd) => `$${usd}`),
    `${asOf}${own.some((price) => price.models === models) ? " (yours)" : ""}`,
  ]);
  const header = ["model", "input", "output", "cache write", "cache read", "as of"];
  for (const line of table([header, ...rows])) process.stdout.write(`${line}\n`);
  if (options.quiet) return;
  const place = options.prices ?? join(options.state ?? ".batchwise", "prices.json");
  process.stderr.write(`source    ${SOURCE}\nedit      batchwise prices --json > ${place}, which outranks the table\n`);
}
