// The faults of a chaos run: at every call one of them strikes with the given chance, each as likely as the others.
import type { EmulatorFaults, FaultSettings } from "batchwise/emulator";

/** So many times faster than the host's clock: a settle window of 15 minutes takes seven seconds and a half. */
export const SPEED = 120;
/** What both sides give an answer to begin, in real time: our default of 10 minutes, at that speed. */
export const TIMEOUT_MS = 600_000 / SPEED;
/** Longer than anybody waits. */
const FOR_EVER_MS = 1e10;
const LATE_MS = 60_000;

/** Sets the weather to chance `p`. */
export function strike(faults: EmulatorFaults, p: number): void {
  for (const endpoint of ["create", "retrieve", "list"] as const) faults.set(endpoint, onReplies(p / 8));
  faults.set("results", onResults(p / 10));
}

function onReplies(rate: number): FaultSettings {
  return {
    reset: [
      { rate, when: "before" },
      { rate, when: "after" },
    ],
    status: [
      { rate, code: 529 },
      { rate, code: 504, when: "after" },
    ],
    stall: { rate, when: "after", ms: FOR_EVER_MS },
    slow: { rate, ms: LATE_MS },
    cutReply: { rate, ending: "clean" },
    html: { rate, when: "after" },
  };
}

function onResults(rate: number): FaultSettings {
  return {
    reset: { rate },
    status: { rate, code: 529 },
    stall: { rate, ms: FOR_EVER_MS },
    slow: { rate, ms: LATE_MS },
    html: { rate },
    // A short clean end and a stall in the middle of a line.
    cutAtLine: { rate, ending: "clean" },
    cutMidLine: { rate, ending: "stall", ms: FOR_EVER_MS },
    badLine: { rate },
    blankLines: { rate },
    duplicateId: { rate },
  };
}
