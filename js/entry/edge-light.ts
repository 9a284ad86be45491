// Edge runtimes built on @edge-runtime mark an import of a compiled module in this way.
import { start } from "../start.js";
import module from "../wasm/batchwise_bg.wasm?module";

start(module);

export * from "../index.js";
