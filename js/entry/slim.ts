// For programs that load the module themselves: nothing runs before `init`.
import { begin, unstartable } from "../begin.js";
import { BatchwiseError } from "../errors.js";
import { isStarted, start } from "../start.js";

export * from "../index.js";

/** A compiled module, its bytes, a response with them, or the address to fetch them from. */
export type ModuleSource = WebAssembly.Module | BufferSource | Response | URL | string;

/**
 * Starts the engine from `source`, once; later calls do nothing. Must be awaited before anything else of this package
 * is used. `batchwise/wasm` is the module that belongs to this version. Rejects with `wasm/start` where it is no such
 * module, and can be called again then.
 */
export async function init(source: ModuleSource | Promise<ModuleSource>): Promise<void> {
  const given = await source;
  if (isStarted()) return;
  const { tried, module } = await compiled(given);
  // Any module can be instantiated that asks for nothing; then every call would fail.
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === MADE_FIRST)) {
    throw unstartable(tried, "the module is not that of batchwise");
  }
  // Another call may have come first meanwhile.
  if (!isStarted()) begin(start, tried, () => module);
}

/** An export that every program needs. */
const MADE_FIRST = "client_new";

interface Compiled {
  readonly tried: string;
  readonly module: WebAssembly.Module;
}

async function compiled(source: ModuleSource): Promise<Compiled> {
  if (typeof source === "string" || source instanceof URL) return fetched(String(source));
  if (typeof source !== "object" || source === null) throw misused(source === null ? "null" : typeof source);
  if ("arrayBuffer" in source) return answered(source);
  if ("byteLength" in source) return fromBytes(`init with ${source.byteLength} bytes`, source);
  // A module from another realm is one all the same, so there is no `instanceof` here.
  if (Object.prototype.toString.call(source) !== "[object WebAssembly.Module]") throw misused("an object");
  return { tried: "init with a compiled module", module: source };
}

function misused(given: string): BatchwiseError {
  const words = `init takes a WebAssembly.Module, its bytes, a Response, or an address, and was given ${given}`;
  return new BatchwiseError("misuse/option", words);
}

async function fetched(address: string): Promise<Compiled> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw unstartable(`init with the address ${address}`, cause);
  }
  return answered(response);
}

async function answered(response: Response): Promise<Compiled> {
  const tried = `init with the response of ${response.url || "a request"}`;
  if (response.ok === false) throw unstartable(tried, `status ${response.status}`);
  try {
    return fromBytes(tried, await response.arrayBuffer());
  } catch (cause) {
    throw cause instanceof BatchwiseError ? cause : unstartable(tried, cause);
  }
}

async function fromBytes(tried: string, bytes: BufferSource): Promise<Compiled> {
  try {
    return { tried, module: await WebAssembly.compile(bytes) };
  } catch (cause) {
    throw unstartable(tried, cause);
  }
}
