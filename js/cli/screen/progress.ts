// A job while it runs: drawn again and again on a terminal, told in plain lines elsewhere.
//
// The API says nothing about a batch before the whole of it ends, so nothing here pretends to know more.
import type { BatchCounts, JobProgress, PartProgress } from "batchwise";
import { count, counted, dollars, duration } from "./format.js";
import { paint, type Screen } from "./screen.js";

/** Plain output repeats where things stand after so long without news. */
const HEARTBEAT_MS = 60_000;
const REDRAW_MS = 250;
const MOST_LINES = 12;

/** Follows a job on the screen until `stop`. Times are those of the job's clock. */
export function follow(
  job: { readonly progress: JobProgress; subscribe(listener: () => void): () => void },
  screen: Screen,
  now: () => number,
): { stop(): void } {
  const start = now();
  const told = new Map<number, string>();
  let heard = Date.now();
  let round = 1;

  const tell = (): void => {
    const progress = job.progress;
    if (progress.round > round) {
      round = progress.round;
      screen.say(`round ${round}  sending again what may still succeed`);
    }
    for (const part of progress.parts) {
      if (told.get(part.index) === part.state) continue;
      told.set(part.index, part.state);
      const line = news(part);
      if (line === null) continue;
      heard = Date.now();
      screen.say(line);
    }
    if (Date.now() - heard >= HEARTBEAT_MS) {
      heard = Date.now();
      screen.say(headline(progress, now() - start));
    }
  };
  const draw = (): void => screen.draw(lines(job.progress, now() - start));

  const unsubscribe = job.subscribe(screen.live ? draw : tell);
  const timer = setInterval(screen.live ? draw : tell, screen.live ? REDRAW_MS : HEARTBEAT_MS);
  return {
    stop() {
      clearInterval(timer);
      unsubscribe();
      if (screen.live) screen.clear();
      else tell();
    },
  };
}

/** The line for a part that has got somewhere, or null where its state is of no interest to a person. */
function news(part: PartProgress): string | null {
  const name = `part ${part.index + 1}`.padEnd(8);
  switch (part.state) {
    case "processing":
      return `${name}sent      ${counted(part.requestCount, "request")}  ${part.batchId ?? ""}`;
    case "uncertain":
      return `${name}unknown   no answer to the create: looking for it before sending again`;
    case "done":
      return `${name}done      ${counted(part.requestCount, "request")}  ${tally(part.counts)}`;
    case "dropped":
      return `${name}dropped   ${counted(part.requestCount, "request")} not sent`;
    default:
      return null;
  }
}

function lines(progress: JobProgress, elapsed: number): string[] {
  const shown = progress.parts.filter((part) => part.round === progress.round).slice(-MOST_LINES);
  const hidden = progress.parts.length - shown.length;
  const all = shown.map(partLine);
  if (hidden > 0) all.unshift(paint("dim", `${counted(hidden, "earlier part")}`));
  return [...all, paint("bold", headline(progress, elapsed))];
}

/** A part in a line. */
export function partLine(part: PartProgress): string {
  const state = paint(colourOf(part), wordOf(part).padEnd(12));
  return `part ${String(part.index + 1).padEnd(4)} ${state} ${count(part.requestCount).padStart(7)}  ${detail(part)}`.trimEnd();
}

function headline(progress: JobProgress, elapsed: number): string {
  const ended = progress.parts.filter((part) => part.state === "done").length;
  return [
    `round ${progress.round}`,
    `${ended} of ${counted(progress.parts.length, "part")} done`,
    `${count(progress.finished)} of ${counted(progress.requestCount, "request")} finished`,
    dollars(progress.cost),
    duration(elapsed),
  ].join("   ");
}

function wordOf(part: PartProgress): string {
  return part.canceling ? "canceling" : part.state;
}

function colourOf(part: PartProgress): "dim" | "green" | "yellow" {
  if (part.state === "done") return "green";
  return part.state === "planned" ? "dim" : "yellow";
}

function detail(part: PartProgress): string {
  if (part.state === "processing") return paint("dim", "no news inside a batch");
  return part.state === "done" || part.state === "ended" ? tally(part.counts) : "";
}

/** "3 succeeded  1 errored". */
export function tally(counts: Omit<BatchCounts, "processing"> | null): string {
  if (counts === null) return "";
  const kinds = ["succeeded", "errored", "canceled", "expired"] as const;
  return kinds.flatMap((kind) => (counts[kind] > 0 ? [`${count(counts[kind])} ${kind}`] : [])).join("  ");
}
