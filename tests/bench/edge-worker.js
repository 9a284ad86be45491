// The Worker of examples/jobs-workflow, which besides says how much memory its WebAssembly has: no other figure holds it.

import { memoryBytes } from "batchwise/engine";
import jobs from "../../examples/jobs-workflow/src/index.js";

export { BatchwiseWorkflow } from "../../examples/jobs-workflow/src/index.js";

export default {
  fetch: (request, env) =>
    new URL(request.url).pathname === "/memory" ? Response.json(memoryBytes()) : jobs.fetch(request, env),
};
