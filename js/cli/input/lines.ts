// Text that is made line by line, and text that is read line by line.

const WRITE_CHARS = 1 << 20;

/** JSONL of values, as a blob. */
export async function linesOf(values: Iterable<unknown> | AsyncIterable<unknown>): Promise<Blob> {
  const pieces: Blob[] = [];
  let text = "";
  for await (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    if (text.length < WRITE_CHARS) continue;
    pieces.push(new Blob([text]));
    text = "";
  }
  return new Blob([...pieces, text]);
}

/** The lines of a blob that are not blank. */
export async function* readLines(blob: Blob): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = blob.stream().getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) if (line.trim() !== "") yield line;
    }
  } finally {
    await reader.cancel();
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield rest;
}
