import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { createGunzip } from "node:zlib";
import { usage } from "../call/exit.js";

/** What a gzip file holds. */
export async function gunzipped(name: string, blob: Blob): Promise<Blob> {
  const gunzip = createGunzip();
  const chunks: BlobPart[] = [];
  try {
    const fed = pipeline(Readable.fromWeb(blob.stream() as NodeStream), gunzip, async (plain) => {
      for await (const chunk of plain) chunks.push(new Uint8Array(chunk as Uint8Array));
    });
    await fed;
  } catch (error) {
    throw usage(`${name} is a broken gzip file (${(error as Error).message}): make or download it again`);
  }
  return new Blob(chunks);
}
