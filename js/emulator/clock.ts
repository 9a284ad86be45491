// The emulator's time: real, faster, or moved by hand. Everything that waits in the emulator waits here.

/** How the virtual clock runs: only by `advance`, with the host's clock, or so many times faster than it. */
export type ClockMode = "manual" | "real" | number;

/** The emulator's clock. Its functions work detached: `{ now: clock.now, sleep: clock.advance }`. */
export interface EmulatorClock {
  /** Milliseconds since 1970, in virtual time. */
  now(): number;
  /** Moves the time, and lets everything that was waiting for a moment on the way happen in its order. */
  advance(ms: number): Promise<void>;
  /** Waits in virtual time; rejects with the signal's reason. Fits the client's `sleep`. */
  sleep(ms: number, signal?: AbortSignal | null): Promise<void>;
}

interface Waiting {
  readonly due: number;
  readonly wake: () => void;
}

/** The longest delay that every host's timer understands. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A clock in one of its modes, which shows `startMs` now. */
export class VirtualClock implements EmulatorClock {
  readonly #scale: number;
  /** What the clock shows while it stands; what it showed at `#since` while it runs. */
  #shown: number;
  #since: number;
  /** In the order in which they are due. */
  readonly #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Calls that were made and have not reached the server yet. */
  readonly #arriving = new Set<Promise<unknown>>();

  constructor(mode: ClockMode, startMs: number) {
    const scale = mode === "manual" ? 0 : mode === "real" ? 1 : mode;
    if (!Number.isFinite(scale) || scale < 0 || (scale === 0 && mode !== "manual")) {
      throw new TypeError(`clock: "manual", "real" or a number above 0 is needed, not ${String(mode)}`);
    }
    this.#scale = scale;
    this.#shown = startMs;
    this.#since = Date.now();
  }

  /** How many times faster than the host's clock; 0 while it stands. */
  get scale(): number {
    return this.#scale;
  }

  readonly now = (): number => {
    const real = Date.now();
    // A host's clock that was put back must not put this one back.
    if (real > this.#since) {
      this.#shown += (real - this.#since) * this.#scale;
      this.#since = real;
    }
    return Math.floor(this.#shown);
  };

  readonly advance = async (ms: number): Promise<void> => {
    if (!(ms >= 0)) throw new TypeError(`advance: a number of milliseconds is needed, not ${String(ms)}`);
    const target = this.now() + ms;
    await this.#turn();
    for (let next = this.#waiting[0]; next && next.due <= target; next = this.#waiting[0]) {
      this.#shown = Math.max(this.#shown, next.due);
      this.#wake();
      // What woke may wait for another moment on the way.
      await this.#turn();
    }
    this.#shown = Math.max(this.#shown, target);
    this.#arm();
    await this.#turn();
  };

  readonly sleep = (ms: number, signal?: AbortSignal | null): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#arm();
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const waiting = { due: this.now() + Math.max(0, ms), wake };
      signal?.addEventListener("abort", abort, { once: true });
      const place = this.#waiting.findLastIndex((other) => other.due <= waiting.due);
      this.#waiting.splice(place + 1, 0, waiting);
      this.#arm();
    });

  /** Time is not moved on while `arrival` is under way: a call that was made before belongs before. */
  hold<T>(arrival: Promise<T>): Promise<T> {
    this.#arriving.add(arrival);
    return arrival.finally(() => this.#arriving.delete(arrival));
  }

  /** Lets everything run that can, before time goes on. */
  async #turn(): Promise<void> {
    while (this.#arriving.size > 0) await Promise.allSettled(this.#arriving);
    await turn();
  }

  /** Wakes everything that is due. */
  #wake(): void {
    const now = this.now();
    while (this.#waiting[0] && this.#waiting[0].due <= now) this.#waiting.shift()?.wake();
  }

  /** Sets the one host timer, to the next moment that anything waits for. */
  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#waiting[0];
    if (!next || this.#scale === 0) return;
    const delay = Math.ceil((next.due - this.now()) / this.#scale);
    this.#timer = setTimeout(
      () => {
        this.#wake();
        this.#arm();
      },
      Math.min(Math.max(0, delay), LONGEST_TIMER_MS),
    );
  }
}

/** A whole turn of the host's loop. */
function turn(): Promise<void> {
  const host = globalThis as { setImmediate?: (work: () => void) => unknown };
  return new Promise((resolve) => {
    if (!host.setImmediate) return void setTimeout(resolve, 0);
    try {
      host.setImmediate(resolve);
    } catch {
      // Next's edge runtime has one that only throws.
      setTimeout(resolve, 0);
    }
  });
}
