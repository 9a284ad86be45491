// batchwise check: what is wrong, grouped by cause, worst first.
import type { Plan, Violation } from "batchwise";
import { CommandError, Exit } from "./exit.js";
import { bytes, count, counted, duration } from "./format.js";
import { type Prepared, prepare, type RequestOptions } from "./prepare.js";
import { paint } from "./screen.js";

/** Places named for one cause. */
const EXAMPLES = 3;

export async function check(path: string, options: RequestOptions & { json?: boolean }): Promise<void> {
  const start = performance.now();
  const { input, plan } = await prepare(path, options);
  if (options.json) {
    const { requestCount, merged, parts, violations, violationCounts } = plan;
    process.stdout.write(`${JSON.stringify({ requestCount, merged, parts, violations, violationCounts }, null, 2)}\n`);
  } else {
    process.stdout.write(`${input.name}  ${counted(plan.requestCount, "request")} in ${partsOf(plan)}\n`);
    if (plan.merged > 0) process.stdout.write(`${describeMerged(plan)}\n`);
    for (const line of describeViolations(plan)) process.stdout.write(`${line}\n`);
    process.stdout.write(`${verdict(plan)} in ${duration(performance.now() - start)}\n`);
  }
  process.exitCode = hasErrors(plan) ? Exit.invalid : Exit.ok;
}

/** Ends the command where the plan has errors, with all of them by cause. */
export function refuseInvalid({ input, plan }: Prepared): void {
  if (!hasErrors(plan)) return;
  for (const line of describeViolations(plan)) process.stderr.write(`${line}\n`);
  throw new CommandError(Exit.invalid, `${verdict(plan)} in ${input.name}; nothing was sent`);
}

/** "6 parts (largest 1.2 MB)". */
export function partsOf(plan: Plan): string {
  const largest = Math.max(0, ...plan.parts.map((part) => part.bodyBytes));
  return `${counted(plan.parts.length, "part")} (largest ${bytes(largest)})`;
}

/** "3 of 10 requests get the answer of another that is the same". */
export function describeMerged(plan: Plan): string {
  return `${count(plan.merged)} of ${counted(plan.requestCount, "request")} get the answer of another that is the same`;
}

function hasErrors({ violations }: Plan): boolean {
  return violations.some((violation) => violation.severity === "error");
}

/** One line a cause: how bad, which code, how often, what, where, and what to do. */
function describeViolations({ violations, violationCounts }: Plan): string[] {
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
    return [`  ${word}  ${code.padEnd(24)} ${count(total).padStart(7)}  ${first.message}${where}${hint}`];
  });
}

function placeOf(violation: Violation): string {
  if (typeof violation.line === "number") return `line ${violation.line}`;
  return typeof violation.index === "number" ? `request ${violation.index}` : "";
}

function verdict(plan: Plan): string {
  const total = Object.values(plan.violationCounts).reduce((sum, n) => sum + n, 0);
  return total === 0 ? "no problems found" : counted(total, "problem");
}
