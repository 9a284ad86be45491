// The way from the engine to a job, which outlives the job on the engine's side.

import type { JobEvent } from "./job-types.js";
import type { Plan } from "./plan.js";
import type { Body } from "./sending.js";
import type { RawBlock } from "./wasm/batchwise_bg.js";

/** What the engine asks of a job. */
export interface Host {
  body(requests: Uint32Array, prefix: string | undefined, length: number, mayStream: boolean): Promise<Body>;
  rows(raw: RawBlock, requests: Uint32Array): Promise<void> | undefined;
  settle(): Promise<void> | undefined;
  event(event: JobEvent): void;
  changed(): void;
}

/** The way from the engine to a job, which is cut when the job has ended. */
export interface Line {
  host: Host | undefined;
  readonly plan: Plan;
}

/**
 * The host as the engine holds it: where no garbage collector looks, and until the engine's side is freed. Were it the
 * job's own, a job would keep itself alive for good.
 */
export function through(line: { readonly host: Host | undefined }): Host {
  return {
    body: async (...asked) => {
      if (line.host) return line.host.body(...asked);
      throw new Error("the job has ended");
    },
    rows: (raw, requests) => line.host?.rows(raw, requests),
    settle: () => line.host?.settle(),
    event: (event) => line.host?.event(event),
    changed: () => line.host?.changed(),
  };
}
