// Jobs of any size over HTTP: a Workflow for each, and one for each of its parts.
import { workflowJobs } from "batchwise/cloudflare";

export { BatchwiseWorkflow } from "batchwise/cloudflare";
export default workflowJobs();
