// Prompts with pictures and PDFs: `{{file:column}}` stands for the file whose path a row has in that column.
import { extname, resolve } from "node:path";
import type { BatchRequest, Plan } from "batchwise";
import { CommandError, Exit } from "../call/exit.js";
import { openFile } from "./file-blob.js";
import { linesOf } from "./lines.js";

const FILE = /\{\{\s*file:([^{}]+)\}\}/g;

/** The media types that the API takes as base64, by how their bytes begin. */
const TYPES: readonly (readonly [string, "image" | "document", RegExp])[] = [
  ["image/png", "image", /^\x89PNG\r\n/],
  ["image/jpeg", "image", /^\xff\xd8\xff/],
  ["image/gif", "image", /^GIF8[79]a/],
  ["image/webp", "image", /^RIFF[\s\S]{4}WEBP/],
  ["application/pdf", "document", /^%PDF-/],
];

/** The prompt with marks in the place of files: no cell can hold one by chance. Null where it has no files. */
export function markFiles(prompt: string): { prompt: string; mark: string } | null {
  if (!FILE.test(prompt)) return null;
  FILE.lastIndex = 0;
  const mark = `\uE000${crypto.randomUUID()}`;
  return { prompt: prompt.replace(FILE, (_, column: string) => `${mark}<{{${column.trim()}}}>${mark}`), mark };
}

/** The requests of a plan whose prompts have marks, with the files in their place. */
export function withFiles(plan: Plan, mark: string, folder: string): Promise<Blob> {
  const filled = async function* (): AsyncGenerator<BatchRequest> {
    for await (const request of plan.requests()) {
      const [message] = request.params.messages;
      const content = message?.content;
      if (typeof content === "string") {
        Object.assign(message as object, { content: blocksOf(content.split(mark), request.custom_id, folder) });
      }
      yield request;
    }
  };
  return linesOf(filled());
}

/** Text and paths take turns; the first piece is text. */
function blocksOf(pieces: readonly string[], id: string, folder: string): object[] {
  return pieces.flatMap((piece, at) => {
    if (at % 2 === 1) return [blockOf(piece.slice(1, -1), id, folder)];
    return piece.trim() === "" ? [] : [{ type: "text", text: piece }];
  });
}

function blockOf(path: string, id: string, folder: string): object {
  if (path.trim() === "") throw new CommandError(Exit.invalid, `${id}: the column for a file is empty`);
  const bytes = bytesOf(resolve(folder, path.trim()), id);
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  const type = TYPES.find(([, , begins]) => begins.test(start));
  if (type) {
    const [media_type, kind] = type;
    return { type: kind, source: { type: "base64", media_type, data: Buffer.from(bytes).toString("base64") } };
  }
  if ([".txt", ".md"].includes(extname(path).toLowerCase())) {
    const data = new TextDecoder().decode(bytes);
    return { type: "document", source: { type: "text", media_type: "text/plain", data } };
  }
  throw new CommandError(Exit.invalid, `${id}: ${path} is no PNG, JPEG, GIF, WebP, PDF or text file`);
}

function bytesOf(path: string, id: string): Uint8Array {
  try {
    const file = openFile(path);
    return file.takeAll();
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(Exit.invalid, `${id}: ${error.message}`);
    throw error;
  }
}
