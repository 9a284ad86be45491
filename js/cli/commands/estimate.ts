// batchwise estimate: ranges, a ceiling, and what they rest on.
import type { Command } from "commander";
import type { KeyOptions } from "../call/key.js";
import { withKey, withRequests, withScreen } from "../call/options.js";
import { prepare } from "../input/prepare.js";
import type { RequestOptions } from "../input/request.js";
import { describeEstimate, refuseInvalid } from "../screen/plan.js";

export function defineEstimate(program: Command): void {
  const command = program.command("estimate").description("say what it could cost, without sending anything");
  withKey(withScreen(withRequests(command), "the estimate")).action(estimate);
}

async function estimate(path: string, options: RequestOptions & KeyOptions & { json?: boolean }): Promise<void> {
  const { input, plan } = await prepare(path, options);
  refuseInvalid(input.name, plan);
  const found = plan.estimate();
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of describeEstimate(plan, found)) process.stdout.write(`${line}\n`);
}
