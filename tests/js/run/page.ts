// Runs the registered cases in a page; the driver (js/build/browser.mjs) waits for what `run` gives.
import { cases } from "../harness.js";

interface Outcome {
  name: string;
  error: string | null;
}

async function run(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of cases()) {
    const error = await Promise.resolve()
      .then(run)
      .then(
        () => null,
        (error: unknown) => (error instanceof Error ? (error.stack ?? String(error)) : String(error)),
      );
    outcomes.push({ name, error });
  }
  return outcomes;
}

(globalThis as { runSuites?: typeof run }).runSuites = run;
