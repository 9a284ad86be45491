// Deleting what a job left at the API.
import { fromFault } from "./fault.js";
import type { PartProgress } from "./job-types.js";
import type { Client } from "./wasm/batchwise_bg.js";

/** Runs a purge so that it is not forgotten half-way. */
export type Purging = (purge: () => Promise<void>) => Promise<void>;

/** Deletes the batches of these parts. One that is gone counts as deleted. */
export async function deleteBatches(client: Client, parts: readonly PartProgress[]): Promise<void> {
  for (const { batchId } of parts) {
    if (batchId === null) continue;
    try {
      await client.call("delete", batchId, null, null, {});
    } catch (fault) {
      const error = fromFault(fault);
      if (error.code !== "api/404") throw error;
    }
  }
}
