// Runs the registered cases where there is no test runner.
import { cases } from "../harness.js";
import { hearLoose, said } from "../loose.js";

/** How a case ended. */
export interface Outcome {
  readonly name: string;
  readonly error: string | null;
}

/** Rejections that nobody handled and that are in no outcome yet. */
const loose: string[] = [];
hearLoose((reason) => loose.push(said(reason)));

/** All cases, one after the other. */
export async function run(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let index = 0; index < count(); index++) outcomes.push(await runOne(index));
  // One more turn for what was rejected last.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return [...outcomes, ...late()];
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
    // A rejection may stem from a case before this one; it is told here all the same.
    const [first] = late();
    return { name, error: first?.error ?? null };
  } catch (error) {
    return { name, error: said(error) };
  }
}

/** A failed outcome for what was rejected since the last one, and heard by nobody. */
export function late(): Outcome[] {
  const heard = loose.splice(0);
  return heard.length === 0 ? [] : [{ name: "every rejection is handled", error: heard.join("\n") }];
}
