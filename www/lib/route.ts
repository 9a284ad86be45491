// The address says where one is: `#/r/<run>/<step>?…`.
import { computed, signal } from "@preact/signals-core";

/** Steps of a run, in their order. */
export const STEPS = ["data", "prompt", "check", "estimate", "run", "results", "compare"] as const;

export type Step = (typeof STEPS)[number];

/** A place in the page. */
export interface Route {
  readonly place: "start" | "runs" | "settings" | "run";
  readonly run: string | null;
  readonly step: Step;
  readonly query: URLSearchParams;
}

const address = signal(location.hash);

addEventListener("hashchange", () => {
  address.value = location.hash;
});

/** Where one is. */
export const route = computed(() => read(address.value));

/** Goes to another place; the way back stays open. */
export function go(to: string): void {
  location.hash = to;
  address.value = location.hash;
}

/** The address of a step of a run. */
export function stepAddress(run: string, step: Step): string {
  return `#/r/${run}/${step}`;
}

/** Changes the query of this place, without a way back to the old one. */
export function requery(change: Readonly<Record<string, string | null>>): void {
  const { query } = route.value;
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  const hash = location.hash.split("?")[0] + (text === "" ? "" : `?${text}`);
  history.replaceState(null, "", hash);
  address.value = hash;
}

function read(hash: string): Route {
  const [path = "", text = ""] = hash.replace(/^#\/?/, "").split("?");
  const [place, run, step] = path.split("/");
  const query = new URLSearchParams(text);
  if (place === "r" && run) {
    return { place: "run", run, step: STEPS.find((known) => known === step) ?? "data", query };
  }
  if (place === "runs" || place === "settings") return { place, run: null, step: "data", query };
  return { place: "start", run: null, step: "data", query };
}
