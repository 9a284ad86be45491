// Rows out of Parquet, for the command and the page.
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** The rows of a Parquet file as JSON values. Row groups are read one after the other. */
export async function* parquetObjects(blob: Blob): AsyncGenerator<object> {
  const file: AsyncBuffer = {
    byteLength: blob.size,
    slice: (start, end) => blob.slice(start, end).arrayBuffer(),
  };
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
      return part instanceof Uint8Array ? base64(part) : part;
    }),
  ) as object;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
