// Requests in as bytes, a plan out. The plan holds no request: bodies are made from pieces of the source again.
import { asked } from "../asked.js";
import { type Estimate, type PlanOptions, type PlanPart, partsOf, refusal, type Violation } from "../plan.js";
import { engine } from "../start.js";
import { rawTable, type TableOptions } from "../table.js";
import type { Planner as Engine, PlanHandle } from "../wasm/batchwise_bg.js";

/** How a source is read. */
export interface PlannerOptions extends Omit<PlanOptions, "dedupe"> {
  /** The source is a table, and this is how its rows become requests. Without it, each line is a request as JSON. */
  table?: TableOptions & { format: "csv" | "tsv" | "jsonl" };
}

/** Takes the bytes of a source, chunk by chunk, and ends as a plan. */
export class Planner {
  readonly #engine: Engine;

  /** Throws for options and templates that cannot be used. */
  constructor(options: PlannerOptions = {}) {
    const { table, ...rest } = options;
    this.#engine = asked(
      () => new (engine().classes.Planner)({ ...rest, table: table && rawTable(table, table.format) }),
    );
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    asked(() => this.#engine.push(chunk));
  }

  /** The plan. Throws `InvalidRequestsError` where requests cannot be sent; the planner is spent either way. */
  finish(): SourcePlan {
    const handle = asked(() => {
      try {
        return this.#engine.finish();
      } catch (error) {
        throw refusal(error) ?? error;
      }
    });
    return new SourcePlan(handle);
  }
}

/** A piece of the source from which requests of a body are made. */
export interface SourcePiece {
  /** Its first byte in the source. */
  readonly start: number;
  /** The byte behind its last. */
  readonly end: number;
  /** The requests in it, by their positions in the input. */
  readonly requests: Uint32Array;
  /** How many requests of the body come before them. */
  readonly before: number;
}

/** Requests, checked, priced and cut into parts. */
export class SourcePlan {
  readonly requestCount: number;
  readonly parts: readonly PlanPart[];
  /** The first hundred of each code. */
  readonly violations: readonly Violation[];
  /** All of them, by code. */
  readonly violationCounts: Readonly<Record<string, number>>;
  readonly #handle: PlanHandle;

  /** @internal Made by {@link Planner.finish}. */
  constructor(handle: PlanHandle) {
    this.requestCount = handle.requestCount;
    this.parts = partsOf(handle);
    this.violations = handle.violations() as Violation[];
    this.violationCounts = handle.violationCounts();
    this.#handle = handle;
  }

  /** What it may cost. */
  estimate(): Estimate {
    return asked(() => this.#handle.estimate());
  }

  /** The pieces of the source to read for a body with these requests, in order; none is longer than `mostBytes` unless one request is. */
  pieces(requests: Uint32Array, mostBytes: number = 8 << 20): SourcePiece[] {
    const flat = asked(() => this.#handle.runs(requests, mostBytes));
    const pieces: SourcePiece[] = [];
    let before = 0;
    for (let at = 0; at < flat.length; at += 3) {
      const [start, end, count] = flat.subarray(at, at + 3) as unknown as [number, number, number];
      pieces.push({ start, end, requests: requests.subarray(before, before + count), before });
      before += count;
    }
    return pieces;
  }

  /**
   * The bytes of the body that a piece stands for; `source` is what lies between its `start` and `end`, and `prefix` that
   * of the call. All of them in turn, and {@link BODY_END} behind the last, are the body. Throws where the source has
   * changed since it was planned.
   */
  body(piece: SourcePiece, source: Uint8Array, prefix: string | null = null): Uint8Array {
    const { requests, before, start } = piece;
    return asked(() => this.#handle.append(requests, before, prefix ?? undefined, source, start));
  }

  /** @internal The engine's side of the plan. */
  get handle(): PlanHandle {
    return this.#handle;
  }
}

/** What ends the body of a create. */
export const BODY_END = "]}";
