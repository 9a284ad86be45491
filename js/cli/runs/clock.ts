// The time of a run: the machine's, or one that keeps pace with an emulator's.
import { setTimeout as pause } from "node:timers/promises";
import { baseUrl } from "../call/env.js";
import { usage } from "../call/exit.js";
import type { RunRecord } from "./record.js";

export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real API must not be asked more often than it should be. */
const HERE = /^http:\/\/(?:127\.|localhost\b|\[::1\])/;

/** What a run keeps of `--speed`: whoever takes it up again must not find himself in its past. */
export function anchorOf(speed: number | undefined): RunRecord["clock"] {
  if (speed === undefined) return null;
  if (HERE.test(baseUrl())) return { speed, at: Date.now() };
  throw usage("--speed is for an emulator on this machine: set ANTHROPIC_BASE_URL to its address");
}

/** The machine's clock, or one that has run faster since a moment. */
export function clockOf(anchor: RunRecord["clock"]): Clock {
  const { speed, at } = anchor ?? { speed: 1, at: 0 };
  return {
    now: () => Math.round(at + (Date.now() - at) * speed),
    sleep: async (ms, signal) => {
      try {
        await pause(ms / speed, undefined, signal ? { signal } : {});
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
    },
  };
}
