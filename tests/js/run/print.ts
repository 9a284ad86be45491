// Runs the registered cases in a process and prints how each of them ended: one line of JSON, the last one. Then the
// process ends, whatever cases have left running that play dead owners of a job.
import { run } from "./plain.js";

const { process } = globalThis as unknown as {
  process: {
    env: Record<string, string | undefined>;
    exit(): never;
    stdout: { write(text: string, then: () => void): void };
  };
};
(globalThis as { batchwiseServer?: string | undefined }).batchwiseServer = process.env["BATCHWISE_TEST_SERVER"];
const outcomes = await run();
process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit());
