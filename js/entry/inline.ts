// The default: the module's bytes are part of the code. No file, no network, no permission, no top-level await.
import { start } from "../start.js";
import { bytes } from "../wasm/batchwise_bytes.js";

start(new WebAssembly.Module(bytes()));

export * from "../index.js";
