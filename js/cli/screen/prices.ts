import { type ModelPrice, PRICES } from "batchwise";

/** What a model costs in a batch: by the user's own prices, else by the table. Null where neither knows it. */
export function priceOf(model: string, own: readonly ModelPrice[]): ModelPrice | null {
  const undated = model.replace(/-\d{8}$/, "");
  const fits = ({ models }: ModelPrice): boolean => models.includes(model) || models.includes(undated);
  return own.findLast(fits) ?? PRICES.find(fits) ?? null;
}
