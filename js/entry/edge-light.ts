// Edge runtimes built on @edge-runtime mark an import of a compiled module in this way.
import { begin } from "../begin.js";
import { start } from "../start.js";
import module from "../wasm/batchwise_bg.wasm?module";

begin(start, "the module that the import of batchwise_bg.wasm?module gives", () => module);

export * from "../index.js";
