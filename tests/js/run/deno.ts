// Runs the registered cases under Deno.test, with its checks for leaked timers and streams.
import { cases } from "../harness.js";

interface DenoTests {
  test(name: string, run: () => void | Promise<void>): void;
  env: { get(name: string): string | undefined };
}

const { Deno } = globalThis as unknown as { Deno: DenoTests };
(globalThis as { batchwiseServer?: string | undefined }).batchwiseServer = Deno.env.get("BATCHWISE_TEST_SERVER");
for (const { name, run } of cases()) Deno.test(name, run);
