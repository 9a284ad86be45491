// Prices that the user edited: a file of his own, in the shape that `batchwise prices --json` prints.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BatchwiseError, type ModelPrice, usePrices } from "batchwise";
import { openFile } from "../input/file-blob.js";
import type { StateOptions } from "../runs/folder.js";
import { usage } from "./exit.js";

/** Options of commands that price something. */
export interface PriceOptions extends StateOptions {
  prices?: string;
}

/** Takes the prices of `--prices`, or of `prices.json` among the runs, where there is one. Answers them. */
export async function takePrices({ prices, state = ".batchwise" }: PriceOptions): Promise<readonly ModelPrice[]> {
  const path = prices ?? join(state, "prices.json");
  if (prices === undefined && !existsSync(path)) return [];
  try {
    const own = JSON.parse(await openFile(path).text()) as ModelPrice[];
    usePrices(own);
    return own;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw usage(`${path} is no list of prices: ${error.message}`);
    throw error instanceof BatchwiseError ? usage(`${path}: ${error.message}`) : error;
  }
}
