// Rows out of Parquet; loaded only for such files.
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { usage } from "../call/exit.js";
import { linesOf } from "./lines.js";

/** The rows of a Parquet file as JSONL. Row groups are read one after the other. */
export async function parquetRows(name: string, blob: Blob): Promise<Blob> {
  const file: AsyncBuffer = {
    byteLength: blob.size,
    slice: (start, end) => blob.slice(start, end).arrayBuffer(),
  };
  try {
    return await linesOf(rows(file));
  } catch (error) {
    throw usage(`${name} cannot be read as Parquet: ${(error as Error).message}`);
  }
}

async function* rows(file: AsyncBuffer): AsyncGenerator<object> {
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const options = { file, metadata, compressors, rowStart, rowEnd };
    for (const row of await parquetReadObjects(options)) yield plain(row);
    rowStart = rowEnd;
  }
}

/** What JSON has no word for, as people write it. */
function plain(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === "bigint") return Number.isSafeInteger(Number(part)) ? Number(part) : String(part);
      return part instanceof Uint8Array ? Buffer.from(part).toString("base64") : part;
    }),
  ) as object;
}
