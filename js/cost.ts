import { BatchwiseError } from "./errors.js";
import type { ModelPrice } from "./generated.js";
import { engine, tellEveryEngine } from "./start.js";
import type { Usage } from "./types.js";

/**
 * What a message cost in USD, at batch prices and from the usage that the API reported. Null where a model that worked
 * on it has no known price: nothing is guessed.
 */
export function costOf(message: { readonly model: string; readonly usage: Usage }): number | null {
  return engine().classes.messageCost(message.model, JSON.stringify(message.usage)) ?? null;
}

/**
 * Prices of your own, for models that are not in {@link PRICES}, or for what you pay by contract. They outrank the table
 * in every estimate, limit and account of this process; tell them before the first plan. Rejected by their first mistake.
 */
export function usePrices(prices: readonly ModelPrice[]): void {
  for (const { models, input, cacheWrite5m, cacheWrite1h, cacheRead, output, asOf } of prices) {
    const rates = { input, cacheWrite5m, cacheWrite1h, cacheRead, output };
    for (const [name, rate] of Object.entries(rates)) {
      if (typeof rate === "number" && Number.isFinite(rate) && rate >= 0) continue;
      throw new BatchwiseError("misuse/option", `the price of ${models}: ${name} must be USD for a million tokens`);
    }
    if (!Number.isFinite(Date.parse(asOf))) {
      throw new BatchwiseError("misuse/option", `the price of ${models}: asOf must be its day, such as 2026-11-21`);
    }
    const names = [...models];
    tellEveryEngine(({ classes }) => classes.addPrice(names, Float64Array.from(Object.values(rates)), asOf));
  }
}
