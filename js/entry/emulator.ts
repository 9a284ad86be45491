// The emulator, its module's bytes part of the code.
import { start } from "../emulator/start.js";
import { bytes } from "../wasm/emulator_bytes.js";

start(new WebAssembly.Module(bytes()));

export * from "../emulator.js";
