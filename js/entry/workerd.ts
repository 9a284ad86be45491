// Cloudflare Workers refuse to compile bytes inside a request, and import a compiled module instead.
import { start } from "../start.js";
import module from "../wasm/batchwise_bg.wasm";

start(module);

export * from "../index.js";
