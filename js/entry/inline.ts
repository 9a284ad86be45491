// The default: the module's bytes are part of the code. No file, no network, no permission, no top-level await.
import { begin } from "../begin.js";
import { start } from "../start.js";
import { bytes } from "../wasm/batchwise_bytes.js";

begin(start, "to compile the bytes that are part of the code", () => new WebAssembly.Module(bytes()));

export * from "../index.js";
