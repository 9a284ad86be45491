import { instantiate } from "./instantiate.js";
import * as glue from "./wasm/batchwise_bg.js";

let memory: WebAssembly.Memory | undefined;

/** Starts the engine. Two entries in one program must not swap the instance under live objects: the first one wins. */
export function start(module: WebAssembly.Module): void {
  memory ??= instantiate(module, "./batchwise_bg.js", glue);
}

/** Whether the engine runs. */
export function isStarted(): boolean {
  return memory !== undefined;
}

/** Bytes of the engine's own memory, which no figure of the runtime's heap holds. It grows, and does not shrink. */
export function memoryBytes(): number {
  return memory?.buffer.byteLength ?? 0;
}
