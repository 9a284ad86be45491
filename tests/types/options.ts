// What the options and accounts of a job may and may not be.
import type { Estimate, JobReport, Plan, PlanOptions, ResumeOptions, SubmitOptions } from "batchwise";

export const planning: PlanOptions = { ids: "nonce", dedupe: true, maxRequests: 10 };
export const submitting: SubmitOptions = { ...planning, ids: "verbatim", dedupe: false };
export const undecided: PlanOptions = { ids: undefined, dedupe: undefined };

// @ts-expect-error ids are one of two words.
export const invented: PlanOptions = { ids: "random" };
// @ts-expect-error dedupe is yes or no.
export const vague: SubmitOptions = { dedupe: "yes" };
// @ts-expect-error A job is taken up again from its source.
export const sourceless: ResumeOptions = { ids: "nonce" };

export function merged(plan: Plan, estimate: Estimate, report: JobReport): readonly (number | null)[] {
  return [plan.merged, estimate.merged, estimate.saved.low, report.merged];
}
