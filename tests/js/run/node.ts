// Runs the registered cases under node:test.
import { test } from "node:test";
import { cases } from "../harness.js";

(globalThis as { batchwiseServer?: string | undefined }).batchwiseServer = process.env["BATCHWISE_TEST_SERVER"];
for (const { name, run } of cases()) test(name, run);
