// The last words of a run.
import type { JobProgress, JobReport } from "batchwise";
import { count, counted, dollars, duration, tokens } from "./format.js";

/** The summary, line by line. */
export function summarize(
  report: JobReport,
  progress: JobProgress,
  pricesAsOf: string,
  elapsed: { real: number; clock: number },
  places: readonly string[],
): string[] {
  const { outcomes, usage } = report;
  const kinds = Object.entries(outcomes).filter(([kind, n]) => n > 0 || kind === "succeeded" || kind === "errored");
  const scaled = elapsed.clock > 2 * elapsed.real ? ` (${duration(elapsed.clock)} on the emulator's clock)` : "";
  const lines = [
    `requests  ${counted(report.requestCount, "request")} in ${counted(progress.parts.length, "part")}, ${counted(report.rounds, "round")}`,
    `outcomes  ${kinds.map(([kind, n]) => `${count(n)} ${kind}`).join("   ")}`,
    `tokens    ${tokens(inputOf(usage))} in   ${tokens(usage.output_tokens)} out`,
    `cost      ${dollars(report.cost)} computed from reported usage at batch prices of ${pricesAsOf}; not an invoice`,
    `elapsed   ${duration(elapsed.real)}${scaled}`,
    `results   ${places.join(", ")}`,
  ];
  if (report.merged > 0) {
    const all = counted(report.requestCount, "request");
    lines.splice(1, 0, `merged    ${count(report.merged)} of ${all} had the answer of another that is the same`);
  }
  return [...lines, ...oddities(report)];
}

/** What is unusual about it, in a line each. */
function oddities(report: JobReport): string[] {
  const odd = [
    [report.badLines.length, "unreadable line"],
    [report.missing.length, "request without a result"],
    [report.unknownIds.length, "result nobody asked for"],
    [report.duplicateIds.length, "result that came twice"],
  ] as const;
  const lines = odd.flatMap(([n, noun]) => (n > 0 ? [`note      ${count(n)} × ${noun}`] : []));
  for (const { batch, ids } of report.paidTwice) lines.push(`note      ${count(ids.length)} paid twice in ${batch}`);
  if (report.stopped !== null) lines.push(`note      ${report.stopped}`);
  return lines;
}

/** Input tokens, whatever a cache had to do with them. */
function inputOf(usage: JobReport["usage"]): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}
