// A part of a job in turns. A turn begins with what the last one kept, does what the machine asks for, and keeps what it
// came to. It ends before each call that must be known first: whoever dies after that finds the call in what was kept.
import {
  JobMachine,
  type MachineCall,
  type MachineInput,
  type MachineOptions,
  type MachineOutput,
  type MachineSnapshot,
} from "../engine/machine.js";
import type { PlannerOptions, SourcePlan } from "../engine/planner.js";
import type { JobReport } from "../job-types.js";
import { memoryBytes } from "../start.js";
import { admitted } from "./admission.js";
import { type Api, answered, results } from "./calls.js";
import { type Cause, causeOf } from "./cause.js";
import type { JobClock } from "./clock.js";
import { bodyOf, InputMissing, type InputRange, planOf } from "./input.js";
import { type OutputObject, OutputWriter } from "./output.js";
import { changed, type JobStorage } from "./storage.js";

/** What one turn leaves to the next. */
export interface Kept {
  readonly snapshot: MachineSnapshot;
  readonly outputs: readonly OutputObject[];
}

/** What a part is driven with. */
export interface PartSetup {
  readonly storage: JobStorage;
  readonly input: InputRange;
  readonly plan: PlannerOptions;
  readonly machine: MachineOptions;
  /** What the keys of its results begin with. */
  readonly outputs: string;
  /** Asked for at every turn: a key may be replaced. */
  readonly api: () => Api;
  readonly clock: JobClock;
}

/** How a turn ended. */
export type Turned =
  /** Another one at once: it begins with a call that what was kept knows of. */
  | { readonly next: "again" }
  /** Nothing to do before this moment, by the job's clock. */
  | { readonly next: "sleep"; readonly until: number }
  /** Something is in the way. What was kept last counts. */
  | { readonly next: "paused"; readonly cause: Cause }
  | { readonly next: "done"; readonly report: Omit<JobReport, "id"> };

/** Where turns come from and what they leave is kept. */
export interface Turn {
  /** Tells the objects of this turn from those of all others. */
  readonly number: number;
  readonly isCanceled: boolean;
  /** What was kept last; null at first. */
  load(): Promise<Kept | null>;
  keep(kept: Kept): Promise<void>;
}

type Rows = Extract<MachineOutput, { type: "rows" }>;

interface Live {
  readonly plan: SourcePlan;
  readonly machine: JobMachine;
  /** Calls that the machine has asked for. */
  readonly calls: MachineCall[];
  outputs: readonly OutputObject[];
  writer: OutputWriter | null;
  /** Rows that were written and are not safe yet. */
  written: Uint32Array[];
}

/** Memory of the engine above which nothing is held over a sleep. */
const HELD_BYTES = 24 << 20;
/** For a machine that waits for something that never comes by itself. */
const LONGEST_SLEEP_MS = 600_000;

/** Drives one part. Between two turns it holds the machine, as long as the isolate lives; what is kept is enough. */
export class PartDriver {
  readonly #setup: PartSetup;
  #live: Live | null = null;
  #isOver = false;

  constructor(setup: PartSetup) {
    this.#setup = setup;
  }

  /** One turn. Never rejects: what is in the way is its outcome. */
  async turn(turn: Turn): Promise<Turned> {
    let live = this.#live;
    // Whatever goes wrong from here on, the next turn begins with what was kept.
    this.#live = null;
    try {
      live ??= await this.#open(await turn.load());
      const turned = await this.#drive(live, turn);
      await turn.keep({ snapshot: live.machine.snapshot(), outputs: live.outputs });
      if (this.#isOver) return turned;
      if (turned.next === "again" || (turned.next === "sleep" && memoryBytes() <= HELD_BYTES)) {
        this.#live = live;
        live = null;
      }
      return turned;
    } catch (error) {
      await live?.writer?.abandon();
      return { next: "paused", cause: causeOf(error) };
    } finally {
      if (live) release(live);
    }
  }

  /** Lets go of what is held between two turns. A turn that is still under way sends nothing more that must be known. */
  free(): void {
    this.#isOver = true;
    if (this.#live) release(this.#live);
    this.#live = null;
  }

  async #open(kept: Kept | null): Promise<Live> {
    const { storage, input, plan: options, machine, clock } = this.#setup;
    const plan = await planOf(storage, input, options);
    const restored = kept
      ? JobMachine.restore(plan, kept.snapshot, clock.now(), machine)
      : new JobMachine(plan, machine);
    return { plan, machine: restored, calls: [], outputs: kept?.outputs ?? [], writer: null, written: [] };
  }

  async #drive(live: Live, turn: Turn): Promise<Turned> {
    const { machine } = live;
    // A call that waits here was asked for in the last turn, so what was kept knows of it.
    let known = live.calls.shift();
    for (;;) {
      if (!known && turn.isCanceled && !machine.progress.canceling) machine.handle(this.#now(), { type: "cancel" });
      const call = known ?? live.calls.shift();
      const output = call ?? machine.poll(this.#now());
      switch (output.type) {
        case "call": {
          if (output !== known && (output.keepFirst || output.endpoint === "results")) {
            live.calls.unshift(output);
            await this.#secure(live);
            return { next: "again" };
          }
          known = undefined;
          const cause = await this.#perform(live, output, turn);
          if (cause) return { next: "paused", cause };
          break;
        }
        case "rows":
          await this.#write(live, output, turn);
          break;
        case "abandon":
          forget(live, output.id);
          break;
        case "failed":
          return { next: "paused", cause: causeOf(output.error) };
        case "wait":
          if (await this.#secure(live)) break;
          return { next: "sleep", until: Math.min(output.until, this.#now() + LONGEST_SLEEP_MS) };
        case "done":
          if (await this.#secure(live)) break;
          return { next: "done", report: machine.report };
        default:
      }
    }
  }

  /** Makes a call. Answers what is in the way where it did not leave. */
  async #perform(live: Live, call: MachineCall, turn: Turn): Promise<Cause | null> {
    const { machine } = live;
    const api = this.#setup.api();
    if (call.endpoint === "results") {
      await admitted(() => results(api, call, (input) => this.#told(live, call.id, input, turn)));
      return null;
    }
    if (call.endpoint !== "create") {
      machine.handle(this.#now(), await answered(api, call));
      return null;
    }
    const trouble = await this.#inputTrouble();
    if (trouble) {
      const lost = { type: "lost", sent: "no", reason: "connection", message: trouble.message } as const;
      machine.handle(this.#now(), { ...lost, id: call.id });
      return trouble;
    }
    const body = this.#body(live, call);
    const send = () => {
      if (this.#isOver) throw new Error("this turn is over");
      return answered(api, call, body);
    };
    machine.handle(this.#now(), await admitted(send));
    return null;
  }

  #body(live: Live, { requests, prefix }: MachineCall) {
    const { storage, input } = this.#setup;
    // Creates go one at a time.
    const length = live.machine.progress.parts.find(({ state }) => state === "sending")?.bodyBytes ?? 0;
    return bodyOf(storage, input, live.plan, requests ?? new Uint32Array(), prefix, length);
  }

  /** A look at the input before a create leaves: what is found out later has an unknown fate. */
  async #inputTrouble(): Promise<Cause | null> {
    const { storage, input } = this.#setup;
    try {
      const found = await storage.head(input.key);
      if (!found) throw new InputMissing(input.key);
      if (found.etag !== input.etag) throw changed(input.key);
      return null;
    } catch (error) {
      return causeOf(error);
    }
  }

  /** Tells of results, and takes the rows that come of it. Whether more of this file is wanted. */
  async #told(live: Live, id: number, input: MachineInput, turn: Turn): Promise<boolean> {
    const { machine } = live;
    machine.handle(this.#now(), input);
    let isWanted = true;
    for (;;) {
      const output = machine.poll(this.#now());
      if (output.type === "rows") await this.#write(live, output, turn);
      else if (output.type === "call") live.calls.push(output);
      else if (output.type === "abandon" && output.id === id) isWanted = false;
      else if (output.type === "abandon") forget(live, output.id);
      else if (output.type !== "event") return isWanted;
    }
  }

  async #write(live: Live, { block, requests }: Rows, turn: Turn): Promise<void> {
    live.writer ??= new OutputWriter(this.#setup.storage, `${this.#setup.outputs}${turn.number}.jsonl`);
    await live.writer.write(block);
    live.written.push(requests);
  }

  /** Ends the object that rows were written to, and says so. Whether there was one. */
  async #secure(live: Live): Promise<boolean> {
    if (!live.writer) return false;
    const output = await live.writer.finish();
    live.writer = null;
    if (output) live.outputs = [...live.outputs, output];
    for (const requests of live.written) live.machine.handle(this.#now(), { type: "taken", requests });
    live.written = [];
    return true;
  }

  #now(): number {
    return this.#setup.clock.now();
  }
}

function forget(live: Live, id: number): void {
  const at = live.calls.findIndex((call) => call.id === id);
  if (at >= 0) live.calls.splice(at, 1);
}

/** Gives memory back. An engine that has died takes nothing any more, and needs nothing. */
function release({ machine, plan }: Live): void {
  try {
    machine.free();
    plan.handle.free();
  } catch {}
}
