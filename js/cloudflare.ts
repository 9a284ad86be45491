// `batchwise/cloudflare`: jobs that outlive a Worker.
export type * from "./cloudflare/bindings.js";
export type { Cause } from "./cloudflare/cause.js";
export type { JobsWorker } from "./cloudflare/http.js";
export type { InputRange } from "./cloudflare/input.js";
export type { JobParams } from "./cloudflare/job-flow.js";
export { BatchwiseObject } from "./cloudflare/object.js";
export { objectJobs } from "./cloudflare/object-jobs.js";
export type { OutputObject } from "./cloudflare/output.js";
export type { PartParams } from "./cloudflare/part-flow.js";
export { type BoundBucket, type BoundPart, type BoundUpload, r2Storage } from "./cloudflare/r2.js";
export { type S3Options, s3Storage } from "./cloudflare/s3.js";
export type { CheckedSpec, JobSpec, JobSpecOptions } from "./cloudflare/spec.js";
export type { JobAccount, JobStatus } from "./cloudflare/status.js";
export type { JobStorage, PartedObject, StoredObject, StoredRange } from "./cloudflare/storage.js";
export { BatchwiseWorkflow } from "./cloudflare/workflow.js";
export { workflowJobs } from "./cloudflare/workflow-jobs.js";
