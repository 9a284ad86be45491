// The question between a pilot and the rest.
import type { JobReport, Plan } from "batchwise";
import { count, counted, dollars, dollarsAtMost } from "./format.js";
import type { Screen } from "./screen.js";

/** The question as a driving of the run takes it. */
export interface Pilot {
  readonly onPilot: (report: JobReport) => Promise<boolean>;
  /** Ends the driving where nobody can be asked: that is no answer, and the question stays open. */
  readonly until: () => Promise<never>;
}

/** Tells what the pilot brought and what the rest may cost by that, and asks. */
export function asksAfterPilot(screen: Screen, plan: Plan, agree: (question: string) => Promise<boolean>): Pilot {
  let unanswered: (error: unknown) => void = () => undefined;
  const end = new Promise<never>((_, fail) => {
    unanswered = fail;
  });
  const asked = (report: JobReport): Promise<boolean> => {
    const { outcomes, usage, cost } = report;
    const done = Object.values(outcomes).reduce((sum: number, n) => sum + (n ?? 0), 0);
    const rest = plan.requestCount - done;
    const each = outcomes.succeeded === 0 ? null : usage.output_tokens / outcomes.succeeded;
    screen.clear();
    screen.say(`pilot     ${counted(done, "request")}: ${count(outcomes.succeeded)} succeeded   ${dollars(cost)}`);
    if (each !== null) screen.say(`          ${each.toFixed(1)} output tokens for each on average`);
    screen.say(`estimate  ${likely(plan, report, done)}`);
    return screen.whileAsking(() => agree(`Send the other ${counted(rest, "request")}?`));
  };
  end.catch(() => undefined);
  const onPilot = (report: JobReport): Promise<boolean> =>
    asked(report).catch((error: unknown) => {
      unanswered(error);
      return new Promise(() => undefined);
    });
  return { onPilot, until: () => end };
}

/** The rest at the pilot's average, 30 % up and down: counted on few, so a range all the same. */
function likely(plan: Plan, { cost }: JobReport, done: number): string {
  const { ceiling } = plan.estimate().total;
  if (cost === null || done === 0) return `ceiling ${dollarsAtMost(ceiling)} in all`;
  const all = (cost / done) * plan.requestCount;
  return `${dollars(0.7 * all)} to ${dollars(1.3 * all)} in all, by the pilot's ${dollars(cost)}; ceiling ${dollarsAtMost(ceiling)}`;
}
