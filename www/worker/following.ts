// A run that another tab drives, as this one shows it.
import type { Live } from "../shared.js";
import { NOT_RUNNING } from "../shared.js";
import type { Tabs } from "./tabs.js";

/** Who is told. */
export interface FollowingEars {
  readonly live: (live: Live) => void;
  /** The other tab is gone, or has let go; this one drives now. */
  readonly over: () => Promise<void>;
}

/** Shows what the tab that drives tells, and waits for its end. */
export class Following {
  readonly #tabs: Tabs;
  readonly #ears: FollowingEars;
  #live: Live | null = null;

  constructor(tabs: Tabs, ears: FollowingEars) {
    this.#tabs = tabs;
    this.#ears = ears;
  }

  /** What the other tab told last; null where nobody is followed. */
  get live(): Live | null {
    return this.#live;
  }

  /** Follows from now on. */
  begin(): void {
    if (this.#live) return;
    this.show({ ...NOT_RUNNING, state: "followed" });
    this.#tabs.say({ kind: "ask" });
  }

  /** Shows what was told. */
  show(live: Live): void {
    const isNew = this.#live === null;
    this.#live = { ...live, isFollowed: true };
    this.#ears.live(this.#live);
    // Whoever closes this tab while it waits wants nothing more.
    if (isNew)
      void this.#tabs.wait().then(
        () => this.#over(),
        () => undefined,
      );
  }

  async #over(): Promise<void> {
    this.#live = null;
    await this.#ears.over();
  }
}
