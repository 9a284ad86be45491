// What a Worker of this package is bound to. The names are those of `wrangler.jsonc` and of the secrets.
import { BatchwiseError } from "../errors.js";
import type { ObjectStorage } from "../stores/durable-object.js";
import { type BoundBucket, r2Storage } from "./r2.js";
import { s3Storage } from "./s3.js";
import type { JobStorage } from "./storage.js";

/** The way to the API. */
export interface ApiBindings {
  /** A secret. */
  readonly ANTHROPIC_API_KEY?: string;
  /** Default https://api.anthropic.com. */
  readonly ANTHROPIC_BASE_URL?: string;
  /** For an emulator whose time runs faster: its speed and a moment, such as `600@1793000000000`. */
  readonly BATCHWISE_CLOCK?: string;
}

/** Where inputs and results lie: a bucket that is bound, or an endpoint that speaks the protocol of S3. */
export interface StorageBindings {
  readonly BUCKET?: BoundBucket;
  readonly S3_ENDPOINT?: string;
  readonly S3_BUCKET?: string;
  /** Default `auto`. */
  readonly S3_REGION?: string;
  /** A secret. */
  readonly S3_ACCESS_KEY_ID?: string;
  /** A secret. */
  readonly S3_SECRET_ACCESS_KEY?: string;
}

/** All bindings of a Worker with jobs. */
export interface BatchwiseBindings extends ApiBindings, StorageBindings {
  /** A secret: what callers send as `Authorization: Bearer …`. */
  readonly ACCESS_TOKEN?: string;
  /** The namespace of `BatchwiseObject`. */
  readonly BATCHWISE_OBJECTS?: ObjectNamespace;
  /** The Workflow of `BatchwiseWorkflow`. */
  readonly BATCHWISE_JOBS?: WorkflowBinding;
}

/** The part of a `Workflow` that is used. */
export interface WorkflowBinding {
  get(id: string): Promise<WorkflowHandle>;
  /** Names that are taken are passed over. */
  createBatch(instances: { id: string; params: unknown }[]): Promise<unknown>;
}

/** The part of a `WorkflowInstance` that is used. */
export interface WorkflowHandle {
  status(): Promise<{ readonly status: string; readonly error?: unknown }>;
  sendEvent(event: { type: string; payload: unknown }): Promise<void>;
}

/** The part of a `WorkflowStep` that is used. */
export interface WorkflowSteps {
  do<T>(
    name: string,
    config: { retries: { limit: number; delay: number }; timeout: number },
    work: () => Promise<T>,
  ): Promise<T>;
  sleep(name: string, ms: number): Promise<void>;
  waitForEvent(name: string, options: { type: string; timeout: number }): Promise<unknown>;
}

/** The part of a `DurableObjectNamespace` that is used. */
export interface ObjectNamespace {
  getByName(name: string): unknown;
}

/** The part of a `DurableObjectState` that is used. */
export interface ObjectContext {
  readonly storage: ObjectStorage & {
    setAlarm(time: number): Promise<void>;
    deleteAlarm(): Promise<void>;
  };
}

/** The storage that the bindings name. Throws where they name none. */
export function storageOf(env: StorageBindings): JobStorage {
  if (env.BUCKET) return r2Storage(env.BUCKET);
  const { S3_ENDPOINT, S3_BUCKET, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = env;
  if (!S3_ENDPOINT || !S3_BUCKET || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) {
    const message = "bind a bucket as BUCKET, or set S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY";
    throw new BatchwiseError("misuse/option", `the Worker has no storage: ${message}`);
  }
  return s3Storage({
    endpoint: S3_ENDPOINT,
    bucket: S3_BUCKET,
    region: S3_REGION,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
  });
}
