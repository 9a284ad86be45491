// The emulator for Cloudflare Workers, which import a compiled module.
import { start } from "../emulator/start.js";
import module from "../wasm/emulator_bg.wasm";

start(module);

export * from "../emulator.js";
