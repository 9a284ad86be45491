// The emulator for Cloudflare Workers, which import a compiled module.
import { begin } from "../begin.js";
import { start } from "../emulator/start.js";
import module from "../wasm/emulator_bg.wasm";

begin(start, "the module that the import of emulator_bg.wasm gives", () => module);

export * from "../emulator.js";
