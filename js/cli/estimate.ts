// batchwise estimate: a range and a ceiling.
import type { Estimate, EstimateRange, Plan } from "batchwise";
import { describeMerged, partsOf, refuseInvalid } from "./check.js";
import { counted, dollars } from "./format.js";
import { prepare, type RequestOptions } from "./prepare.js";

export async function estimate(path: string, options: RequestOptions & { json?: boolean }): Promise<void> {
  const prepared = await prepare(path, options);
  refuseInvalid(prepared);
  const { plan } = prepared;
  const found = plan.estimate();
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of describeEstimate(plan, found)) process.stdout.write(`${line}\n`);
}

/** The estimate in words. */
export function describeEstimate(plan: Plan, { total, saved, pricesAsOf }: Estimate): string[] {
  const range =
    total.low === null ? "unknown: a model has no known price" : `${dollars(total.low)} to ${dollars(total.high)}`;
  return [
    `requests  ${counted(plan.requestCount, "request")} in ${partsOf(plan)}`,
    ...(plan.merged === 0 ? [] : [`merged    ${describeMerged(plan)}${saving(saved)}`]),
    `cost      ${range}, never more than ${dollars(total.ceiling)}`,
    `prices    for batches, table of ${pricesAsOf}`,
  ];
}

function saving(saved: EstimateRange): string {
  return saved.low === null ? "" : `, which saves ${dollars(saved.low)} to ${dollars(saved.high)}`;
}
