// The emulator from inside: what a test asserts on and no HTTP call shows.
import type { Emulator as Server } from "../wasm/emulator_bg.js";
import type { EmulatorClock } from "./clock.js";
import type { EndpointName } from "./faults.js";

/** One batch as the emulator knows it. */
export interface EmulatedBatch {
  readonly id: string;
  readonly requestCount: number;
  readonly status: "in_progress" | "canceling" | "ended";
  readonly createdMs: number;
  /** When it ends or ended, as things stand. */
  readonly endsMs: number;
  readonly deleted: boolean;
}

/** What became of one `custom_id` over all batches. */
export interface Fate {
  /** In how many batches it was taken. */
  readonly committed: number;
  /** In how many of them it succeeded (as things stand) and would be paid for. */
  readonly billed: number;
}

/** Batches and counters, each read when asked for. */
export interface EmulatorState {
  /** Every batch that took effect, oldest first, deleted ones too. */
  readonly batches: readonly EmulatedBatch[];
  /** How many creates took effect, whether their reply arrived or not. */
  readonly commits: number;
  /** Calls by endpoint, faulty ones too. */
  readonly calls: Readonly<Record<EndpointName, number>>;
  /** How often each fault struck, by its name. */
  readonly faults: Readonly<Record<string, number>>;
  /** What became of every `custom_id`: the proof that nothing was sent or paid twice. */
  requests(): Map<string, Fate>;
  /** The ids of one batch's requests, as they were sent. */
  customIds(batchId: string): string[];
  /** Everything as text, for the option `state` of another emulator. */
  export(): string;
}

interface Overview extends Pick<EmulatorState, "batches" | "commits" | "calls" | "faults"> {}

/** The state of `server`. */
export function stateOf(server: Server, clock: EmulatorClock): EmulatorState {
  const overview = () => JSON.parse(server.state(clock.now())) as Overview;
  return {
    get batches() {
      return overview().batches;
    },
    get commits() {
      return overview().commits;
    },
    get calls() {
      return overview().calls;
    },
    get faults() {
      return overview().faults;
    },
    requests: () => new Map(Object.entries(JSON.parse(server.fates()) as Record<string, Fate>)),
    customIds: (batchId) => server.custom_ids(batchId),
    export: () => JSON.stringify({ now: clock.now(), server: server.export_state() }),
  };
}
