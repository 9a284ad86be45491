// A plan in words: how it is cut, what is wrong with it, and what it may cost.
import type { Estimate, EstimateRange, Plan, Violation } from "batchwise";
import { CommandError, Exit } from "../call/exit.js";
import { bytes, count, counted, dollars, dollarsAtMost } from "./format.js";
import { paint } from "./screen.js";

/** Places named for one cause. */
const EXAMPLES = 3;

/** Ends the command where the plan has errors, with all of them by cause. */
export function refuseInvalid(name: string, plan: Plan): void {
  if (!hasErrors(plan)) return;
  for (const line of describeViolations(plan)) process.stderr.write(`${line}\n`);
  throw new CommandError(Exit.invalid, `${verdict(plan)} in ${name}; nothing was sent`);
}

/** "6 parts (largest 1.2 MB)". */
export function partsOf(plan: Plan): string {
  const largest = plan.parts.reduce((most, part) => Math.max(most, part.bodyBytes), 0);
  return `${counted(plan.parts.length, "part")} (largest ${bytes(largest)})`;
}

/** "3 of 10 requests get the answer of another that is the same". */
export function describeMerged(plan: Plan): string {
  return `${count(plan.merged)} of ${counted(plan.requestCount, "request")} get the answer of another that is the same`;
}

export function hasErrors({ violations }: Plan): boolean {
  return violations.some((violation) => violation.severity === "error");
}

/** Where the page about a code is: it comes with the package, so that it is of the same version and needs no network. */
export function pageOf(code: string): string {
  return `${new URL("docs/errors.md", import.meta.resolve("batchwise/package.json"))}#${code}`;
}

/** For each cause how bad, which code, how often, what, where, and what to do; below it the page that says more. */
export function describeViolations({ violations, violationCounts }: Plan): string[] {
  const groups = new Map<string, Violation[]>();
  for (const violation of violations) {
    const group = groups.get(violation.code);
    if (group) group.push(violation);
    else groups.set(violation.code, [violation]);
  }
  const sorted = [...groups].sort(
    ([, [a]], [, [b]]) => Number(b?.severity === "error") - Number(a?.severity === "error"),
  );
  return sorted.flatMap(([code, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const word = first.severity === "error" ? paint("red", "error") : paint("yellow", "warn ");
    const total = violationCounts[code] ?? group.length;
    const places = group
      .slice(0, EXAMPLES)
      .map(placeOf)
      .filter((place) => place !== "");
    const where = places.length === 0 ? "" : `  ${places.join(", ")}${total > places.length ? ", …" : ""}`;
    const hint = first.hint ? `  ${first.hint}` : "";
    return [
      `  ${word}  ${code.padEnd(24)} ${count(total).padStart(7)}  ${first.message}${where}${hint}`,
      `         ${pageOf(code)}`,
    ];
  });
}

function placeOf(violation: Violation): string {
  if (typeof violation.line === "number") return `line ${violation.line}`;
  return typeof violation.index === "number" ? `request ${violation.index}` : "";
}

/** How many problems there are. */
export function verdict(plan: Plan): string {
  const total = Object.values(plan.violationCounts).reduce((sum, n) => sum + n, 0);
  return total === 0 ? "no problems found" : counted(total, "problem");
}

/** The estimate in words: what is likely, what it can be at the most, and what the figures rest on. */
export function describeEstimate(plan: Plan, estimate: Estimate): string[] {
  const { input, output, total, saved, pricesAsOf, basis, models } = estimate;
  const tokensOf = (kind: "inputTokens" | "outputTokens", end: "low" | "high"): number =>
    models.reduce((sum, model) => sum + (model[kind][end] ?? 0), 0);
  const spread = (kind: "inputTokens" | "outputTokens"): string =>
    `${count(Math.round(tokensOf(kind, "low")))} to ${count(Math.round(tokensOf(kind, "high")))} tokens`;
  return [
    `requests  ${counted(plan.requestCount, "request")} in ${partsOf(plan)}`,
    ...(plan.merged === 0 ? [] : [`merged    ${describeMerged(plan)}${saving(saved)}`]),
    `input     ${rangeOf(input)}   ${spread("inputTokens")}, estimated`,
    `output    ${rangeOf(output)}   ${spread("outputTokens")}, at most`,
    `cost      ${rangeOf(total)}, ceiling ${dollarsAtMost(total.ceiling)}`,
    `basis     ${basis}`,
    `prices    for batches, table of ${pricesAsOf}${oldness(pricesAsOf)}`,
  ];
}

function rangeOf(range: EstimateRange): string {
  return range.low === null ? "unknown: a model has no known price" : `${dollars(range.low)} to ${dollars(range.high)}`;
}

function saving(saved: EstimateRange): string {
  return saved.low === null ? "" : `, which saves ${dollars(saved.low)} to ${dollars(saved.high)}`;
}

/** Prices that nobody has looked at for a month are told as such. */
function oldness(asOf: string): string {
  const days = Math.floor((Date.now() - Date.parse(asOf)) / 86_400_000);
  return days > 30 ? ` (${days} days old: check them with batchwise prices)` : "";
}
