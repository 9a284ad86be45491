// The title of the tab says how the run stands, for those who look at another one meanwhile.
import type { Live, Run } from "../shared.js";

const NAME = "batchwise";

/** What the tab is called while this run is open. */
export function titleOf(run: Run | null, { state, progress }: Live): string {
  if (!run) return NAME;
  const badge = badgeOf(run, state, progress);
  return `${badge === "" ? "" : `${badge} · `}${run.name} · ${NAME}`;
}

function badgeOf({ attempts }: Run, state: Live["state"], progress: Live["progress"]): string {
  const last = attempts.at(-1);
  if (!last) return "";
  if (state === "pilot") return "Pilot finished";
  if (state === "failed" || (last.failure && last.failure.code !== "")) return "! Stopped";
  if (last.report) {
    const isWhole = last.report.outcomes.succeeded === last.report.requestCount;
    return isWhole ? "✓ Finished" : "! Finished, some failed";
  }
  if (!progress) return "";
  const done = progress.parts.filter((part) => part.state === "done").length;
  return `${done}/${progress.parts.length}`;
}
