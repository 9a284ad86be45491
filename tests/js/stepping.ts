// A driver of the engine as a durable one would be: one call at a time, state kept as text, death at any step.
import type { BatchRequest } from "batchwise";
import type { Emulator } from "batchwise/emulator";
import {
  BODY_END,
  JobMachine,
  type MachineCall,
  type MachineInput,
  type MachineOptions,
  type MachineOutput,
  Planner,
  type PlannerOptions,
  type SourcePlan,
} from "batchwise/engine";

/** A source that lies somewhere as bytes. */
export interface Stored {
  readonly bytes: Uint8Array;
  plan(): SourcePlan;
}

/** Requests as the lines of a file. */
export function stored(requests: readonly BatchRequest[], options?: PlannerOptions): Stored {
  const bytes = new TextEncoder().encode(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  return { bytes, plan: () => planned(bytes, options) };
}

/** A plan of bytes that come in small chunks. */
export function planned(bytes: Uint8Array, options?: PlannerOptions): SourcePlan {
  const planner = new Planner(options);
  for (let at = 0; at < bytes.length; at += 100) planner.push(bytes.slice(at, at + 100));
  return planner.finish();
}

/** The death of a driver. */
export class Death extends Error {}

/** What outlives a driver. */
export interface Kept {
  snapshot: string | null;
  readonly rows: Map<string, string>;
}

/** How a driver behaves. */
export interface Habits {
  readonly options?: MachineOptions;
  /** The step after which the driver dies; a step is a wait, a call that left, or an answer that came. */
  readonly diesAt?: number;
  /** Whether the snapshot is kept before a call that asks for it. Default true. */
  readonly careful?: boolean;
  /** Told of all that the machine says. */
  readonly heard?: (output: MachineOutput) => void;
}

/** Drives a job to its end, or to the driver's death. Gives the number of steps. */
export async function drive(source: Stored, emulator: Emulator, kept: Kept, habits: Habits = {}): Promise<number> {
  const { options, diesAt, careful = true, heard } = habits;
  const { clock } = emulator;
  const plan = source.plan();
  const machine = kept.snapshot
    ? JobMachine.restore(plan, JSON.parse(kept.snapshot), clock.now(), options)
    : new JobMachine(plan, options);
  const keep = () => {
    kept.snapshot = JSON.stringify(machine.snapshot());
  };
  let steps = 0;
  const step = () => {
    if (++steps === diesAt) throw new Death(`after step ${steps}`);
  };
  const tell = (input: MachineInput) => machine.handle(clock.now(), input);
  try {
    for (;;) {
      const output = machine.poll(clock.now());
      heard?.(output);
      switch (output.type) {
        case "call":
          if (careful && output.keepFirst) keep();
          for (const input of await performed(emulator, output, plan, source.bytes, step)) tell(input);
          step();
          break;
        case "rows":
          for (let i = 0; i < output.block.length; i++) kept.rows.set(output.block.id(i), output.block.text(i));
          tell({ type: "taken", requests: output.requests });
          break;
        case "wait":
          await clock.advance(output.until - clock.now());
          step();
          break;
        case "failed":
          throw output.error;
        case "done":
          return steps;
        default:
      }
    }
  } finally {
    machine.free();
  }
}

/** Makes a call, and gives what the machine is to be told. */
async function performed(
  emulator: Emulator,
  call: MachineCall,
  plan: SourcePlan,
  bytes: Uint8Array,
  step: () => void,
): Promise<MachineInput[]> {
  const { id } = call;
  const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21", "content-type": "application/json" };
  const body = call.requests && bodyOf(plan, call.requests, bytes, call.prefix);
  try {
    const init = { method: call.method, headers, ...(body ? { body } : {}) };
    const response = await emulator.fetch(`https://api.anthropic.com${call.path}`, init);
    step();
    const answer = new Uint8Array(await response.arrayBuffer());
    if (call.endpoint === "results" && response.ok) {
      return [
        { type: "chunk", id, bytes: answer },
        { type: "closed", id },
      ];
    }
    return [{ type: "reply", id, status: response.status, headers: response.headers, body: answer }];
  } catch (error) {
    if (error instanceof Death) throw error;
    return [{ type: "lost", id, sent: "maybe", reason: "connection", message: String(error) }];
  }
}

/** The body of a create, from pieces of the source. */
export function bodyOf(
  plan: SourcePlan,
  requests: Uint32Array,
  bytes: Uint8Array,
  prefix: string | null = null,
): string {
  const utf8 = new TextDecoder();
  const pieces = plan.pieces(requests, 700);
  const parts = pieces.map((piece) => utf8.decode(plan.body(piece, bytes.subarray(piece.start, piece.end), prefix)));
  return parts.join("") + BODY_END;
}
