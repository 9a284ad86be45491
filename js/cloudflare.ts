// `batchwise/cloudflare`: jobs that outlive a Worker.
export type * from "./cloudflare/bindings.js";
export type { Cause } from "./cloudflare/cause.js";
export type { JobsWorker } from "./cloudflare/http.js";
export { BatchwiseObject } from "./cloudflare/object.js";
export { objectJobs } from "./cloudflare/object-jobs.js";
export type { OutputObject } from "./cloudflare/output.js";
export { type BoundBucket, type BoundPart, type BoundUpload, r2Storage } from "./cloudflare/r2.js";
export { type S3Options, s3Storage } from "./cloudflare/s3.js";
export type { CheckedSpec, JobSpec, JobSpecOptions } from "./cloudflare/spec.js";
export type { JobAccount, JobStatus } from "./cloudflare/status.js";
export type { JobStorage, PartedObject, StoredObject, StoredRange } from "./cloudflare/storage.js";
