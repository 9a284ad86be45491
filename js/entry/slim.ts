// For programs that load the module themselves: nothing runs before `init`.
import { isStarted, start } from "../start.js";

export * from "../index.js";

/** A compiled module, its bytes, a response with them, or the address to fetch them from. */
export type ModuleSource = WebAssembly.Module | BufferSource | Response | URL | string;

/**
 * Starts the engine from `source`, once; later calls do nothing. Must be awaited before anything else of this package
 * is used. `batchwise/wasm` is the module that belongs to this version.
 */
export async function init(source: ModuleSource | Promise<ModuleSource>): Promise<void> {
  const given = await source;
  if (!isStarted()) start(await compiled(given));
}

async function compiled(source: ModuleSource): Promise<WebAssembly.Module> {
  if (typeof source === "string" || source instanceof URL) return compiled(await fetch(source));
  if ("arrayBuffer" in source) return WebAssembly.compile(await source.arrayBuffer());
  if ("byteLength" in source) return WebAssembly.compile(source);
  // A module from another realm is one all the same, so there is no `instanceof` here.
  return source;
}
