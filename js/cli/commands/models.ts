// batchwise models: which models there are, what they take, what they cost in a batch.
import type { Command } from "commander";
import { listModels } from "../call/api.js";
import { type KeyOptions, needKey } from "../call/key.js";
import { withKey, withPrices, withScreen, withState } from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { count } from "../screen/format.js";
import { priceOf } from "../screen/prices.js";
import { table } from "../screen/table.js";

export function defineModels(program: Command): void {
  const command = program.command("models").description("list the models that the API offers, with batch prices");
  withPrices(withState(withKey(withScreen(command, "them as the API describes them")))).action(models);
}

async function models(options: KeyOptions & PriceOptions & { json?: boolean }): Promise<void> {
  const key = await needKey(options);
  const own = await takePrices(options);
  const all = await listModels(key);
  if (options.json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  const rows = all.map(({ id, lifecycle, max_input_tokens, max_tokens, capabilities }) => {
    const price = priceOf(id, own);
    return [
      id,
      lifecycle ?? "",
      capabilities?.batch?.supported === false ? "no batches" : "batches",
      max_input_tokens === null ? "" : count(max_input_tokens),
      max_tokens === null ? "" : count(max_tokens),
      price === null ? "no known price" : `$${price.input} in, $${price.output} out`,
    ];
  });
  const header = ["model", "lifecycle", "", "reads", "writes", "a million tokens in a batch"];
  for (const line of table([header, ...rows])) process.stdout.write(`${line}\n`);
}
