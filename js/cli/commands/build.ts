// batchwise build: the requests as JSONL, for whoever sends them by other means, or looks at them.
import type { Command } from "commander";
import { withRequests, withSaying } from "../call/options.js";
import { prepare } from "../input/prepare.js";
import type { RequestOptions } from "../input/request.js";
import { proveWritable, writing } from "../output/target.js";
import { counted } from "../screen/format.js";
import { refuseInvalid } from "../screen/plan.js";
import { openScreen } from "../screen/screen.js";

export function defineBuild(program: Command): void {
  const command = program.command("build").description("write the requests as JSONL, without sending them");
  withSaying(withRequests(command).option("-o, --output <file>", "where they go; default stdout")).action(build);
}

async function build(path: string, options: RequestOptions & { output?: string; quiet?: boolean }): Promise<void> {
  const target = { path: options.output === "-" ? null : (options.output ?? null), format: "jsonl" as const };
  proveWritable(target);
  const { input, plan } = await prepare(path, options);
  refuseInvalid(input.name, plan);
  await writing(target, async (drain) => {
    for await (const request of plan.requests()) await drain.write(`${JSON.stringify(request)}\n`);
  });
  if (target.path !== null)
    openScreen(options.quiet ?? false).say(`${target.path}  ${counted(plan.requestCount, "request")}`);
}
