// What the views show. They read these signals; actions write them.
import { batch, computed, signal } from "@preact/signals-core";
import type { Comparison } from "./comparison.js";
import type { ColumnFacts, Facts, Live, Look, Query, Run } from "./shared.js";
import { NOT_RUNNING } from "./shared.js";

export const run = signal<Run | null>(null);
/** The first rows of a run's table, by its id: they are known before all of it is read. */
export const firstRows = signal<{ readonly id: string; readonly rows: readonly (readonly string[])[] } | null>(null);
export const columns = signal<readonly ColumnFacts[]>([]);
export const facts = signal<Facts | null>(null);
export const isChecking = signal(false);
export const live = signal<Live>(NOT_RUNNING);
export const look = signal<Look | null>(null);
/** The open run beside another one. */
export const comparison = signal<Comparison | null>(null);
/** Grows with every change of the results, so that whoever shows some of them asks again. */
export const resultsVersion = signal(0);
export const runs = signal<readonly Run[]>([]);
/** What is under way, in words; null when nothing is. */
export const busy = signal<string | null>(null);
/** What went wrong last, for the bar below the header. */
export const problem = signal<{ readonly title: string; readonly message: string } | null>(null);
/** The last thing that happened, for those who do not see the page. */
export const news = signal("");
export const isOnline = signal(navigator.onLine);

/** Has all that is known of the open run put back later, as it is now. */
export function remembered(): () => void {
  const undo = [run, columns, facts, live, look, comparison].map((known) => {
    const { value } = known;
    return (): void => {
      known.value = value;
    };
  });
  return () =>
    batch(() => {
      for (const put of undo) put();
    });
}

/** Where calls go. */
export interface Connection {
  readonly mode: "demo" | "relay";
  readonly label: "Demo" | "Local" | "Worker" | "Direct";
  readonly baseURL: string;
  readonly maxBodyBytes: number | null;
}

const isServedWithRelay = document.querySelector<HTMLMetaElement>("meta[name=batchwise-mode]")?.content === "relay";

export const connection = signal<Connection>({
  mode: isServedWithRelay ? "relay" : "demo",
  label: isServedWithRelay ? "Local" : "Demo",
  baseURL: "",
  maxBodyBytes: null,
});

/** Whether there is no way to the API now. The demo needs none. */
export const isCut = computed(() => !isOnline.value && connection.value.label !== "Demo");

/** Whether this browser keeps runs when the tab is closed. */
export const isLasting = signal(true);

/** The address of a relay that wants its token again; calls wait for it. */
export const awaited = signal<string | null>(null);

/** The emulator's clock and switches, as its drawer shows them. */
export interface DemoState {
  readonly now: number;
  readonly speed: number;
  readonly rates: {
    readonly errored: number;
    readonly expired: number;
    readonly truncated: number;
    readonly refusal: number;
  };
  readonly invalidJson: number;
  /** What befalls the next create: its answer is lost, or it is refused with 429, 529 or 500. */
  readonly lostResponse: boolean;
  readonly limited: boolean;
  readonly overloaded: boolean;
  readonly failing: boolean;
  /** Whether no call gets through. */
  readonly isOff: boolean;
  /** What answers are JSON of; null: they are words. */
  readonly schema: string | null;
  readonly seed: number;
}

export const demo = signal<DemoState | null>(null);

/** Whether a job of this run has been sent. */
export const isSent = computed(() => (run.value?.attempts.length ?? 0) > 0);

/** The attempt that was sent last. */
export const lastAttempt = computed(() => run.value?.attempts.at(-1) ?? null);

/** Whether a job runs in this tab or another one. */
export const isRunning = computed(() => ["starting", "running", "pilot", "followed"].includes(live.value.state));

export const NO_QUERY: Query = { facets: {}, text: "", sort: "" };
