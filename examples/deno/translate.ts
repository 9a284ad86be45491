// Translates the lines of a text that comes in on standard input.
//
//     deno run --allow-net=api.anthropic.com --allow-env=ANTHROPIC_API_KEY,ANTHROPIC_BASE_URL translate.ts < text.txt
//
// No file is read and nothing is installed: the WebAssembly is part of the package's code.
import { type BatchRequest, Batchwise } from "batchwise";

const text = await new Response(Deno.stdin.readable).text();
const requests: BatchRequest[] = text
  .trim()
  .split("\n")
  .map((line, index) => ({
    custom_id: `line-${index + 1}`,
    params: {
      model: "claude-haiku-5-5",
      max_tokens: 200,
      messages: [{ role: "user", content: `Translate into French, and say nothing else:\n\n${line}` }],
    },
  }));

// With ANTHROPIC_BASE_URL=http://127.0.0.1:8787 this talks to `batchwise emulate`.
const job = await new Batchwise().submit(requests, { maxCost: 1 });
for await (const row of job.results({ order: "input" })) {
  console.log(`${row.custom_id}\t${row.outcome}\t${row.text}`);
}
