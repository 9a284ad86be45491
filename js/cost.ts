import type { Usage } from "./types.js";
import { messageCost } from "./wasm/batchwise_bg.js";

/**
 * What a message cost in USD, at batch prices and from the usage that the API reported. Null where a model that worked
 * on it has no known price: nothing is guessed.
 */
export function costOf(message: { readonly model: string; readonly usage: Usage }): number | null {
  return messageCost(message.model, JSON.stringify(message.usage)) ?? null;
}
