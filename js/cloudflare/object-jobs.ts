// Jobs of which each is a Durable Object.

import { BatchwiseError } from "../errors.js";
import type { BatchwiseBindings } from "./bindings.js";
import { type JobsBackend, type JobsWorker, jobsWorker } from "./http.js";

/** A stub of `BatchwiseObject`, as far as it is called. */
type Stub = {
  create(...spec: Parameters<JobsBackend["create"]>): Promise<boolean>;
  status(): ReturnType<JobsBackend["status"]>;
  cancel(): ReturnType<JobsBackend["cancel"]>;
};

/**
 * A Worker whose jobs are Durable Objects: `BatchwiseObject`, bound as `BATCHWISE_OBJECTS`. For jobs whose plan fits into
 * one isolate: up to some 100,000 requests.
 *
 * @example
 * export { BatchwiseObject } from "batchwise/cloudflare";
 * export default objectJobs();
 */
export function objectJobs(): JobsWorker {
  return jobsWorker((env: BatchwiseBindings): JobsBackend => {
    const namespace = env.BATCHWISE_OBJECTS;
    if (!namespace) throw new BatchwiseError("misuse/option", "bind BatchwiseObject as BATCHWISE_OBJECTS");
    const stub = (id: string) => namespace.getByName(id) as Stub;
    return {
      create: (spec) => stub(spec.id).create(spec),
      status: (id) => stub(id).status(),
      cancel: (id) => stub(id).cancel(),
    };
  });
}
