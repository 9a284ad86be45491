// The Worker of the example with a fault in one step of each job: its name says in which. `part-turn_3-after` lets the
// fourth turn of each part do its work and then lose what it came to, as a runtime does that goes away.
import { BatchwiseWorkflow as Jobs, workflowJobs } from "batchwise/cloudflare";

/** Steps that each job has begun, each once. */
const steps = new Map();

export class BatchwiseWorkflow extends Jobs {
  run(event, step) {
    const { kind, job } = event.payload;
    const [ofKind, ofStep, when] = job.split("-");
    const seen = steps.get(job) ?? new Set();
    steps.set(job, seen);
    const failing = Object.create(step, {
      do: {
        value: (name, config, work) => {
          seen.add(`${kind}-${slug(name)}`);
          const isFailing = kind === ofKind && slug(name) === ofStep;
          return step.do(name, config, async () => {
            if (isFailing && when === "before") throw new Error("cut short before its work");
            const result = await work();
            if (isFailing) throw new Error("cut short after its work");
            return result;
          });
        },
      },
      sleep: { value: (...args) => step.sleep(...args) },
      waitForEvent: { value: (...args) => step.waitForEvent(...args) },
    });
    return super.run(event, failing);
  }
}

/** A name as a part of a job's id. */
const slug = (name) => name.replaceAll(/\W/g, "_");

const jobs = workflowJobs();

export default {
  fetch: (request, env) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/steps") return jobs.fetch(request, env);
    return Response.json([...(steps.get(searchParams.get("job")) ?? [])]);
  },
};
