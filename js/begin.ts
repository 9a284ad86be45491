import { BatchwiseError } from "./errors.js";

/** What refuses to compile bytes says so in words of its own: Chromium, Firefox, Safari, and Workers. */
const FORBIDDEN = /content security policy|\bCSP\b|unsafe-eval|disallowed by embedder/i;

/**
 * Starts a program's WebAssembly with what `module` gives. `tried` says in words what that is. Where it fails, the error
 * says what was tried, what the runtime said, and what to configure.
 */
export function begin(
  start: (module: WebAssembly.Module) => void,
  tried: string,
  module: () => WebAssembly.Module,
): void {
  try {
    start(module());
  } catch (cause) {
    throw unstartable(tried, cause);
  }
}

/** The error of a WebAssembly that does not start. */
export function unstartable(tried: string, cause: unknown): BatchwiseError {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const words = `the WebAssembly could not be started. Tried: ${tried}. The runtime said: ${said}. To do: ${advice(said)}`;
  return new BatchwiseError("wasm/start", words, { cause });
}

function advice(said: string): string {
  if (typeof WebAssembly === "undefined") {
    return "this runtime has no WebAssembly; a browser in lockdown mode switches it off, and can except a site from that";
  }
  if (FORBIDDEN.test(said)) {
    return "in a page, add 'wasm-unsafe-eval' to script-src of its Content-Security-Policy; in a Worker, have the bundler resolve batchwise with the condition \"workerd\", which imports a compiled module";
  }
  return "install the package anew, or load the module of this version yourself: batchwise/wasm is its file, and init(module) of batchwise/slim takes it. It needs WebAssembly with fixed-width SIMD, which every supported runtime has";
}
