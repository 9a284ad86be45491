// The time of a run, and the ways it is stopped.
import { setTimeout as pause } from "node:timers/promises";
import { Exit, usage } from "./exit.js";
import type { Screen } from "./screen.js";

/** The clock of a run: the machine's, or one that keeps pace with an emulator's. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real API must not be asked more often than it should be. */
const HERE = /^http:\/\/(?:127\.|localhost\b|\[::1\])/;

/** The machine's clock, or one `speed` times as fast. */
export function clockOf(speed: number | undefined): Clock {
  if (speed !== undefined && !HERE.test(process.env["ANTHROPIC_BASE_URL"] ?? "")) {
    throw usage("--speed is for an emulator on this machine: set ANTHROPIC_BASE_URL to its address");
  }
  const start = Date.now();
  const scale = speed ?? 1;
  return {
    now: () => start + (Date.now() - start) * scale,
    sleep: async (ms, signal) => {
      try {
        await pause(ms / scale, undefined, signal ? { signal } : {});
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
    },
  };
}

/** Ctrl-C once: stop watching and write what is here. Twice: at once. */
export function stopSignal(screen: Screen): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(Exit.interrupted);
    screen.say("stopping: writing what has arrived (again to stop at once)");
    controller.abort();
  };
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      // Whatever ended the run, nobody is left to wait for the rest.
      controller.abort();
      for (const name of names) process.off(name, onSignal);
    },
  };
}
