// Jobs over HTTP, each in a Durable Object of its own: it wakes when there is something to do, and outlives every deploy.
import { objectJobs } from "batchwise/cloudflare";

export { BatchwiseObject } from "batchwise/cloudflare";
export default objectJobs();
