// Rows out of Parquet; loaded only for such files.
import { usage } from "../call/exit.js";
import { linesOf } from "./lines.js";
import { parquetObjects } from "./parquet-rows.js";

/** The rows of a Parquet file as JSONL. */
export async function parquetRows(name: string, blob: Blob): Promise<Blob> {
  try {
    return await linesOf(parquetObjects(blob));
  } catch (error) {
    throw usage(`${name} cannot be read as Parquet: ${(error as Error).message}`);
  }
}
