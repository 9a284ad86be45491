// Runs the registered cases where there is no test runner.
import { cases } from "../harness.js";

/** How a case ended. */
export interface Outcome {
  readonly name: string;
  readonly error: string | null;
}

/** All cases, one after the other. */
export async function run(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let index = 0; index < count(); index++) outcomes.push(await runOne(index));
  return outcomes;
}

/** How many cases there are. */
export function count(): number {
  return cases().length;
}

/** One case: a worker is asked for each in a request of its own. */
export async function runOne(index: number): Promise<Outcome> {
  const found = cases()[index];
  if (!found) throw new Error(`there is no case ${index}`);
  const { name } = found;
  try {
    await found.run();
    return { name, error: null };
  } catch (error) {
    return { name, error: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
  }
}
