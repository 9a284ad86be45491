// One job as a machine: it says what to do, and is told what came of it. It makes no call, sets no timer and reads no
// clock, so a driver may stop between any two steps, and go on from a snapshot in another process.
import { asked } from "../asked.js";
import { AmbiguousCreateError, type BatchwiseError } from "../errors.js";
import { fromFault } from "../fault.js";
import type { JobEvent, JobProgress, JobReport } from "../job-types.js";
import { ResultBlock } from "../row.js";
import { engine } from "../start.js";
import type { RawStep, Steps } from "../wasm/batchwise_bg.js";
import type { SourcePlan } from "./planner.js";

/** How a job is run; see `SubmitOptions` of `batchwise`. */
export interface MachineOptions {
  maxRequests?: number;
  maxBodyBytes?: number;
  rounds?: number;
  concurrency?: number;
  maxQueued?: number;
  maxCost?: number;
  maxResubmitShare?: number;
  maxRetryAfterMs?: number;
  pilot?: number;
  onAmbiguousCreate?: "wait" | "fail" | "resubmit";
  settleMs?: number;
  /** Chance for waits and made ids, a whole number: with the same seed, times and inputs a job takes the same steps. */
  seed?: number;
}

/** A call to make, to the API's address with `path` behind it. */
export interface MachineCall {
  readonly type: "call";
  /** To be handed back with what came of it. */
  readonly id: number;
  readonly endpoint: "create" | "retrieve" | "list" | "cancel" | "delete" | "results";
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** The requests of a create, by their positions in the input. Their body comes from {@link SourcePlan.pieces}. */
  readonly requests: Uint32Array | null;
  /** What begins the ids of a create's body, where ids are made for the wire. */
  readonly prefix: string | null;
  /**
   * Whether {@link JobMachine.snapshot} must be kept before this call leaves. A machine that is restored from an older
   * one knows nothing of the call, and would make it again.
   */
  readonly keepFirst: boolean;
}

/** What to do next. */
export type MachineOutput =
  | MachineCall
  /** The answer to this call is of no use any more. */
  | { readonly type: "abandon"; readonly id: number }
  /** Final rows, and their positions in the input. They come again after a restore until the machine hears that they were taken. */
  | { readonly type: "rows"; readonly block: ResultBlock; readonly requests: Uint32Array }
  | { readonly type: "event"; readonly event: JobEvent }
  /** Nothing to do before this time in milliseconds since 1970, unless a call is answered earlier. May be infinite. */
  | { readonly type: "wait"; readonly until: number }
  /** The job is over: the report is final. */
  | { readonly type: "done" }
  /** The job cannot go on. Its snapshot can be restored once the cause is mended. */
  | { readonly type: "failed"; readonly error: BatchwiseError };

/** What happened. */
export type MachineInput =
  /** A call was answered, and its body read whole; results only where they were refused. */
  | {
      readonly type: "reply";
      readonly id: number;
      readonly status: number;
      readonly headers: Iterable<readonly [string, string]>;
      readonly body: Uint8Array;
    }
  /** A call got no answer, or its body broke off. `sent: "no"` only where not a byte can have reached the server. */
  | {
      readonly type: "lost";
      readonly id: number;
      readonly sent: "no" | "maybe";
      readonly reason: "connection" | "timeout" | "idle" | "aborted";
      readonly message: string;
    }
  /** The body of a create cannot be made any more; nothing left. */
  | { readonly type: "unsendable"; readonly id: number; readonly message: string }
  /** Bytes of results. */
  | { readonly type: "chunk"; readonly id: number; readonly bytes: Uint8Array }
  /** Results ended as far as can be told. */
  | { readonly type: "closed"; readonly id: number }
  /** These rows are kept for good. */
  | { readonly type: "taken"; readonly requests: Uint32Array }
  /** The answer to the event `pilot`. */
  | { readonly type: "proceed"; readonly goOn: boolean }
  /** The batches are to be cancelled at the API. */
  | { readonly type: "cancel" };

/** A job as plain JSON: ids and states, no bodies and no key. */
export interface MachineSnapshot {
  readonly [field: string]: unknown;
}

/**
 * One job. Ask {@link poll} until it answers `wait`, `done` or `failed`; tell what came of it with {@link handle}; and
 * ask again. Calls may be on their way side by side, or one at a time.
 */
export class JobMachine {
  readonly #steps: Steps;

  /** A new job. Throws `SpendLimitError` where it may cost more than `maxCost`. */
  constructor(plan: SourcePlan, options: MachineOptions = {}, saved?: { snapshot: MachineSnapshot; now: number }) {
    this.#steps = asked(
      () => new (engine().classes.Steps)(plan.handle, seeded(options), saved?.snapshot, saved?.now ?? 0),
    );
  }

  /**
   * A job as it was when `snapshot` was taken, over a plan of the same source. A create that was on its way then counts as
   * one whose fate is unknown: it is searched for in the list before anything is sent.
   */
  static restore(plan: SourcePlan, snapshot: MachineSnapshot, now: number, options: MachineOptions = {}): JobMachine {
    return new JobMachine(plan, options, { snapshot, now });
  }

  /** The next thing to do. */
  poll(now: number): MachineOutput {
    return outputOf(
      asked(() => this.#steps.poll(now)),
      (part) => this.#steps.doubt(part) as object,
    );
  }

  /** Takes one thing that happened. What belongs to no call any more is passed over. */
  handle(now: number, input: MachineInput): void {
    asked(() => tell(this.#steps, now, input));
  }

  /** The job as it stands, to be kept. */
  snapshot(): MachineSnapshot {
    return asked(() => this.#steps.snapshot()) as MachineSnapshot;
  }

  /** The job as it stands, to be shown. */
  get progress(): Omit<JobProgress, "id"> {
    return asked(() => this.#steps.progress()) as Omit<JobProgress, "id">;
  }

  /** The account of the job so far. */
  get report(): Omit<JobReport, "id"> {
    return asked(() => this.#steps.report()) as Omit<JobReport, "id">;
  }

  /** Lets go of the memory. */
  free(): void {
    asked(() => this.#steps.free());
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

function seeded(options: MachineOptions): MachineOptions {
  return { seed: Math.floor(Math.random() * 2 ** 32), ...options };
}

function outputOf(step: RawStep, doubt: (part: number) => object): MachineOutput {
  switch (step.type) {
    case "call":
      return { ...step, keepFirst: step.endpoint === "create" || step.endpoint === "cancel" };
    case "rows":
      return { ...step, block: new ResultBlock(step.block) };
    case "event":
      return { ...step, event: step.event as JobEvent };
    case "failed": {
      const error = fromFault(step.error);
      if (error instanceof AmbiguousCreateError) Object.assign(error, doubt(error.at.part ?? 0));
      return { type: "failed", error };
    }
    default:
      return step;
  }
}

function tell(steps: Steps, now: number, input: MachineInput): void {
  switch (input.type) {
    case "reply":
      steps.reply(now, input.id, input.status, [...input.headers].flat(), input.body);
      break;
    case "lost":
      steps.lost(now, input.id, input.sent !== "no", input.reason, input.message);
      break;
    case "unsendable":
      steps.unsendable(now, input.id, input.message);
      break;
    case "chunk":
      steps.chunk(now, input.id, input.bytes);
      break;
    case "closed":
      steps.closed(now, input.id);
      break;
    case "taken":
      steps.taken(now, input.requests);
      break;
    case "proceed":
      steps.proceed(now, input.goOn);
      break;
    case "cancel":
      steps.cancel(now);
      break;
  }
}
