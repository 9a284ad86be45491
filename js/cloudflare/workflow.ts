// Jobs of any size as Cloudflare Workflows: one for the job, and one for each of its parts.
import { WorkflowEntrypoint } from "cloudflare:workers";
import type { BatchwiseBindings, WorkflowSteps } from "./bindings.js";
import { type JobParams, runJob } from "./job-flow.js";
import { type PartParams, runPart } from "./part-flow.js";

/** A job or a part of one. Its instances are begun by a Worker that `workflowJobs` makes, and by each other. */
export class BatchwiseWorkflow extends WorkflowEntrypoint<BatchwiseBindings, JobParams | PartParams> {
  /** Called by the runtime: at first, after every long wait, and after a crash. */
  override async run(
    event: { readonly payload: Readonly<JobParams | PartParams> },
    step: WorkflowSteps,
  ): Promise<void> {
    const params = event.payload;
    if (params.kind === "part") await runPart(this.env, params, step);
    else await runJob(this.env, params, step);
  }
}
