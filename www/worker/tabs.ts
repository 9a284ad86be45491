// Several tabs may have one run open: one of them drives it, the others follow, and the next one takes over when it goes.
import type { Live, Run } from "../shared.js";

/** What tabs tell each other of a run. */
export type Word =
  | { readonly kind: "ask" }
  | { readonly kind: "rows" }
  | { readonly kind: "live"; readonly live: Live }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "proceed"; readonly goOn: boolean }
  | { readonly kind: "cancel" };

/** The tabs that have one run open, as one of them sees them. */
export class Tabs {
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #leaving = new AbortController();
  /** Set while this tab drives. */
  #give: (() => void) | null = null;

  constructor(run: string, hear: (word: Word) => void) {
    this.#name = `batchwise-run-${run}`;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => hear(data as Word);
  }

  /** Whether this tab drives the run. */
  get drives(): boolean {
    return this.#give !== null;
  }

  /** Tells the other tabs. */
  say(word: Word): void {
    if (!this.#leaving.signal.aborted) this.#channel.postMessage(word);
  }

  /** Becomes the tab that drives; false where another one is. */
  async take(): Promise<boolean> {
    return this.drives || this.#request({ ifAvailable: true });
  }

  /** Becomes the tab that drives, once the others are gone or have let go. Rejects when this one is closed. */
  async wait(): Promise<void> {
    await this.#request({ signal: this.#leaving.signal });
  }

  /** Lets another tab drive. */
  give(): void {
    this.#give?.();
    this.#give = null;
  }

  /** Leaves the others alone. */
  close(): void {
    this.#leaving.abort();
    this.#channel.close();
    this.give();
  }

  #request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const held = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock ? new Promise((give) => (this.#give = give)) : undefined;
      };
      navigator.locks.request(this.#name, options, held).catch(reject);
    });
  }
}
