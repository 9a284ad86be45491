import { instantiate } from "../instantiate.js";
import * as glue from "../wasm/emulator_bg.js";

let started = false;

/** Starts the emulator; as with the engine, the first entry wins. */
export function start(module: WebAssembly.Module): void {
  if (started) return;
  instantiate(module, "./emulator_bg.js", glue);
  started = true;
}
