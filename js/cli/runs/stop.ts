// The ways a command is stopped by its user.
import { Exit } from "../call/exit.js";
import type { Screen } from "../screen/screen.js";

/** Ctrl-C once: stop watching and write what is here. Twice: at once. */
export function stopSignal(screen: Screen): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(Exit.interrupted);
    screen.clear();
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
