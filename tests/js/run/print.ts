// Runs the registered cases in a process and prints how each of them ended: one line of JSON, the last one.
import { run } from "./plain.js";

const { process } = globalThis as unknown as { process: { env: Record<string, string | undefined> } };
(globalThis as { batchwiseServer?: string | undefined }).batchwiseServer = process.env["BATCHWISE_TEST_SERVER"];
// biome-ignore lint/suspicious/noConsole: what it is for.
console.log(JSON.stringify(await run()));
