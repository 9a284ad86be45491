// Jobs of which each is a Workflow, with its parts.
import { BatchwiseError } from "../errors.js";
import type { BatchwiseBindings, WorkflowBinding } from "./bindings.js";
import { storageOf } from "./bindings.js";
import type { Cause } from "./cause.js";
import { type JobsBackend, type JobsWorker, jobsWorker } from "./http.js";
import { type JobNote, type Manifest, manifestKey, noteKey } from "./job-flow.js";
import { causeOfPart, isThere, partId } from "./part-flow.js";
import { folderOf } from "./spec.js";
import type { JobStatus } from "./status.js";
import { type JobStorage, putJson, textOf } from "./storage.js";

/**
 * A Worker whose jobs are Workflows: `BatchwiseWorkflow`, bound as `BATCHWISE_JOBS`. For jobs of any size.
 *
 * @example
 * export { BatchwiseWorkflow } from "batchwise/cloudflare";
 * export default workflowJobs();
 */
export function workflowJobs(): JobsWorker {
  return jobsWorker((env: BatchwiseBindings): JobsBackend => {
    const flows = env.BATCHWISE_JOBS;
    if (!flows) throw new BatchwiseError("misuse/option", "bind BatchwiseWorkflow as BATCHWISE_JOBS");
    const storage = storageOf(env);
    return {
      create: async (spec) => {
        await putJson(storage, `${folderOf(spec.id)}spec.json`, spec);
        await flows.createBatch([{ id: spec.id, params: { kind: "job", job: spec.id } }]);
        return true;
      },
      status: (id) => statusOf(storage, flows, id),
      cancel: async (id) => {
        if (!(await isThere(storage, `${folderOf(id)}spec.json`))) return null;
        await putJson(storage, `${folderOf(id)}cancel`, true);
        return statusOf(storage, flows, id);
      },
    };
  });
}

async function statusOf(storage: JobStorage, flows: WorkflowBinding, id: string): Promise<JobStatus | null> {
  const spec = await storage.head(`${folderOf(id)}spec.json`);
  if (!spec) return null;
  const canceling = (await storage.head(`${folderOf(id)}cancel`)) !== null;
  const finished = await textOf(storage, manifestKey(id));
  if (finished !== null) {
    const { account, outputs } = JSON.parse(finished) as Manifest;
    return { id, state: "done", canceling, causes: [], outputs, account };
  }
  const text = await textOf(storage, noteKey(id));
  const note = text === null ? null : (JSON.parse(text) as JobNote);
  const causes: (Cause & { part?: number })[] = note?.cause ? [note.cause] : [];
  // A question wakes whoever was asleep in a process that died.
  const own = await ask(flows, id);
  if (own) causes.push(own);
  for (const part of note?.open ?? []) {
    const cause = (await causeOfPart(storage, id, part)) ?? (await ask(flows, partId(id, part)));
    if (cause) causes.push({ ...cause, part });
  }
  return { id, state: causes.length > 0 ? "paused" : "running", canceling, causes, outputs: [], account: null };
}

/** What the engine itself has to say: null while it runs. */
async function ask(flows: WorkflowBinding, id: string): Promise<Cause | null> {
  const { status, error } = await flows.get(id).then(
    (flow) => flow.status(),
    // It is not there yet.
    () => ({ status: "queued", error: null }),
  );
  if (status !== "errored" && status !== "terminated") return null;
  const words = typeof error === "object" && error && "message" in error ? String(error.message) : "";
  return { code: "internal/bug", message: `the Workflow ${id} is ${status}. ${words}`.trim() };
}
