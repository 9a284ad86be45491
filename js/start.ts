import { instantiate } from "./instantiate.js";
import * as glue from "./wasm/batchwise_bg.js";

let started = false;

/** Starts the engine. Two entries in one program must not swap the instance under live objects: the first one wins. */
export function start(module: WebAssembly.Module): void {
  if (started) return;
  instantiate(module, "./batchwise_bg.js", glue);
  started = true;
}

/** Whether the engine runs. */
export function isStarted(): boolean {
  return started;
}
