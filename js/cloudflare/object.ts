// A small job in a Durable Object: alarms drive it, and the object's own storage keeps it.
import { DurableObject } from "cloudflare:workers";
import { durableObjectStore } from "../stores/durable-object.js";
import type { BatchwiseBindings } from "./bindings.js";
import { storageOf } from "./bindings.js";
import { apiOf } from "./calls.js";
import { type Cause, causeOf, pauseOf } from "./cause.js";
import { clockOf } from "./clock.js";
import { InputMissing } from "./input.js";
import { dropText, getText, putText } from "./kept-text.js";
import type { OutputObject } from "./output.js";
import { type CheckedSpec, folderOf } from "./spec.js";
import { accountOf, type JobAccount, type JobStatus } from "./status.js";
import { type Kept, PartDriver, type Turned } from "./turn.js";

/** The alarm that wakes the job where this process dies in the middle of a turn. */
const SAFETY_MS = 30_000;
/** An alarm's handler may run for 15 minutes: no turn begins after ten. */
const LONGEST_ALARM_MS = 600_000;

/** What the object knows of its job. */
interface JobRecord {
  readonly id: string;
  /** What it was asked for with lies in so many pieces: prompts may be long. */
  readonly specPieces: number;
  readonly state: JobStatus["state"];
  readonly isCanceled: boolean;
  readonly cause: Cause | null;
  /** Pauses in a row. */
  readonly pauses: number;
  /** The size and etag that the input was planned with. */
  readonly found: { readonly size: number; readonly etag: string } | null;
  /** The number of the turn that comes next. */
  readonly turn: number;
  /** Where the last turn's state lies. */
  readonly kept: { readonly turn: number; readonly pieces: number } | null;
  readonly outputs: readonly OutputObject[];
  readonly account: JobAccount | null;
}

const RECORD = "job";
const SPEC = "spec";

/** One job. Its name is the job's id; a Worker that `objectJobs` makes calls it. */
export class BatchwiseObject extends DurableObject<BatchwiseBindings> {
  readonly #store = durableObjectStore(this.ctx.storage);
  #driver: PartDriver | null = null;
  #isDriving = false;

  /** Begins the job. False where there is one already. */
  async create(spec: CheckedSpec): Promise<boolean> {
    if (await this.#read()) return false;
    const nothing = { found: null, kept: null, outputs: [], account: null, cause: null, pauses: 0 };
    const specPieces = await putText(this.#store, SPEC, JSON.stringify(spec));
    await this.#write({ id: spec.id, specPieces, state: "running", isCanceled: false, turn: 0, ...nothing });
    await this.ctx.storage.setAlarm(Date.now());
    return true;
  }

  /** The job as it stands; null where there is none. */
  async status(): Promise<JobStatus | null> {
    const record = await this.#read();
    if (!record) return null;
    const { id, state, isCanceled, cause, outputs, account } = record;
    return { id, state, canceling: isCanceled, causes: cause ? [cause] : [], outputs, account };
  }

  /** Ends its batches at the API. What they have answered by then is collected. */
  async cancel(): Promise<JobStatus | null> {
    const record = await this.#read();
    if (record && record.state !== "done") {
      await this.#write({ ...record, isCanceled: true });
      await this.ctx.storage.setAlarm(Date.now());
    }
    return this.status();
  }

  /** Called by the runtime, and again by it after a crash. */
  async alarm(): Promise<void> {
    // Before anything else: whoever dies from here on is woken by it.
    await this.ctx.storage.setAlarm(Date.now() + SAFETY_MS);
    if (this.#isDriving) return;
    this.#isDriving = true;
    try {
      const wake = await this.#drive(Date.now() + LONGEST_ALARM_MS);
      if (wake === null) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(wake);
    } finally {
      this.#isDriving = false;
    }
  }

  /** Turn after turn, until the job waits. Answers when it is to be woken; null where it is over. */
  async #drive(latest: number): Promise<number | null> {
    for (;;) {
      const before = await this.#read();
      if (!before || before.state === "done") return null;
      const turned = await this.#turn(before);
      const record = await this.#read();
      if (!record) return null;
      const settled = settle(record, turned);
      await this.#write(settled);
      if (turned.next === "paused" || turned.next === "done") this.#letGo();
      if (turned.next === "done") {
        await this.#drop(record.kept);
        return null;
      }
      // The wish came during the turn.
      if (settled.isCanceled && !before.isCanceled) continue;
      if (turned.next === "again" && Date.now() < latest) {
        await this.ctx.storage.setAlarm(Date.now() + SAFETY_MS);
        continue;
      }
      if (turned.next === "again") return Date.now();
      const clock = clockOf(this.env.BATCHWISE_CLOCK);
      return clock.real(turned.next === "sleep" ? turned.until : clock.now() + pauseOf(before.pauses));
    }
  }

  async #turn(record: JobRecord): Promise<Turned> {
    try {
      this.#driver ??= await this.#open(record);
    } catch (error) {
      return { next: "paused", cause: causeOf(error) };
    }
    return this.#driver.turn({
      number: record.turn,
      isCanceled: record.isCanceled,
      load: async () => {
        const { kept } = (await this.#read()) ?? record;
        return kept && (JSON.parse(await getText(this.#store, `kept/${kept.turn}`, kept.pieces)) as Kept);
      },
      keep: async (kept) => {
        const { turn } = record;
        const pieces = await putText(this.#store, `kept/${turn}`, JSON.stringify(kept));
        // Read again: it may have been canceled meanwhile.
        const last = await this.#read();
        // From here on this is what counts.
        await this.#write({ ...(last ?? record), kept: { turn, pieces }, turn: turn + 1, outputs: kept.outputs });
        await this.#drop(last?.kept ?? null);
      },
    });
  }

  async #open(record: JobRecord): Promise<PartDriver> {
    const spec = JSON.parse(await getText(this.#store, SPEC, record.specPieces)) as CheckedSpec;
    const storage = storageOf(this.env);
    const found = record.found ?? (await storage.head(spec.input));
    if (!found) throw new InputMissing(spec.input);
    if (!record.found) await this.#write({ ...((await this.#read()) ?? record), found });
    return new PartDriver({
      storage,
      input: { key: spec.input, etag: found.etag, head: 0, start: 0, end: found.size },
      plan: spec.planner,
      machine: spec.machine,
      outputs: `${folderOf(spec.id)}results/`,
      api: () => apiOf(this.env),
      clock: clockOf(this.env.BATCHWISE_CLOCK),
    });
  }

  #letGo(): void {
    this.#driver?.free();
    this.#driver = null;
  }

  async #read(): Promise<JobRecord | null> {
    const text = (await this.#store.getItem(RECORD)) as string | null;
    return text === null ? null : (JSON.parse(text) as JobRecord);
  }

  async #write(record: JobRecord): Promise<void> {
    await this.#store.setItem(RECORD, JSON.stringify(record));
  }

  async #drop(kept: JobRecord["kept"]): Promise<void> {
    if (kept) await dropText(this.#store, `kept/${kept.turn}`, kept.pieces);
  }
}

/** The record after a turn. */
function settle(record: JobRecord, turned: Turned): JobRecord {
  switch (turned.next) {
    case "paused":
      // An input that cannot be planned was sent nowhere: another object may take its place.
      return {
        ...record,
        state: "paused",
        cause: turned.cause,
        pauses: record.pauses + 1,
        // A turn that kept nothing may have written objects: the next one has other names for its own.
        turn: record.turn + 1,
        found: record.kept ? record.found : null,
      };
    case "done":
      return { ...record, state: "done", cause: null, pauses: 0, account: accountOf(turned.report) };
    default:
      return { ...record, state: "running", cause: null, pauses: 0 };
  }
}
