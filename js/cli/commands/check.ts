// batchwise check: what is wrong, grouped by cause, worst first.
import type { Command } from "commander";
import { Exit } from "../call/exit.js";
import { withRequests, withScreen } from "../call/options.js";
import { prepare } from "../input/prepare.js";
import type { RequestOptions } from "../input/request.js";
import { counted, duration } from "../screen/format.js";
import { describeMerged, describeViolations, hasErrors, pageOf, partsOf, verdict } from "../screen/plan.js";

export function defineCheck(program: Command): void {
  const command = program.command("check").description("find what is wrong with the requests, without sending them");
  withScreen(withRequests(command), "the plan").action(check);
}

async function check(path: string, options: RequestOptions & { json?: boolean; quiet?: boolean }): Promise<void> {
  const start = performance.now();
  const { input, plan } = await prepare(path, options);
  if (options.json) {
    const { requestCount, merged, parts, violations, violationCounts } = plan;
    const docs = Object.fromEntries(Object.keys(violationCounts).map((code) => [code, pageOf(code)]));
    const shown = { requestCount, merged, parts, violations, violationCounts, docs };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  } else {
    const lines = options.quiet ? [] : [`${input.name}  ${counted(plan.requestCount, "request")} in ${partsOf(plan)}`];
    if (plan.merged > 0) lines.push(describeMerged(plan));
    lines.push(...describeViolations(plan));
    if (!options.quiet) lines.push(`${verdict(plan)} in ${duration(performance.now() - start)}`);
    for (const line of lines) process.stdout.write(`${line}\n`);
  }
  process.exitCode = hasErrors(plan) ? Exit.invalid : Exit.ok;
}
