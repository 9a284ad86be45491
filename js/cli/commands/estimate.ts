// batchwise estimate: ranges, a ceiling, and what they rest on.
import type { BatchRequest, Estimate, Plan } from "batchwise";
import type { Command } from "commander";
import { countTokens } from "../call/api.js";
import { type Credentials, type KeyOptions, needKey } from "../call/key.js";
import { whole } from "../call/numbers.js";
import { withKey, withPrices, withRequests, withScreen, withState } from "../call/options.js";
import { type PriceOptions, takePrices } from "../call/prices.js";
import { prepare } from "../input/prepare.js";
import type { RequestOptions } from "../input/request.js";
import { describeEstimate, refuseInvalid } from "../screen/plan.js";
import { sampled } from "../screen/sample.js";

interface EstimateOptions extends RequestOptions, KeyOptions, PriceOptions {
  sample?: number;
  json?: boolean;
}

export function defineEstimate(program: Command): void {
  const command = program.command("estimate").description("say what it could cost, without sending anything");
  withRequests(command).option(
    "--sample <n>",
    "have so many requests counted by the API, for free, to narrow the input",
    whole,
  );
  withPrices(withState(withKey(withScreen(command, "the estimate")))).action(estimate);
}

async function estimate(path: string, options: EstimateOptions): Promise<void> {
  await takePrices(options);
  const { input, plan } = await prepare(path, options);
  refuseInvalid(input.name, plan);
  const rough = plan.estimate();
  const found = options.sample ? await narrowed(plan, rough, options.sample, await needKey(options)) : rough;
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of describeEstimate(plan, found)) process.stdout.write(`${line}\n`);
}

/** The estimate with the input narrowed by counts of requests from all over the plan. */
async function narrowed(plan: Plan, rough: Estimate, size: number, key: Credentials): Promise<Estimate> {
  const every = Math.max(1, Math.floor(plan.requestCount / size));
  const counts: { bytes: number; tokens: number }[] = [];
  let bytes = 0;
  let at = 0;
  for await (const request of plan.requests()) {
    const own = textBytes(request);
    bytes += own;
    if (at++ % every === 0 && counts.length < size)
      counts.push({ bytes: own, tokens: await countTokens(key, request) });
  }
  return sampled(rough, counts, { requests: plan.requestCount, bytes });
}

/** What of a request the model reads, as far as its length says. */
function textBytes({ params }: BatchRequest): number {
  const { messages, system, tools } = params;
  return Buffer.byteLength(JSON.stringify([messages, system, tools]));
}
