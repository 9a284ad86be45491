// Cloudflare Workers refuse to compile bytes inside a request, and import a compiled module instead.
import { begin } from "../begin.js";
import { start } from "../start.js";
import module from "../wasm/batchwise_bg.wasm";

begin(start, "the module that the import of batchwise_bg.wasm gives", () => module);

export * from "../index.js";
