// The emulator, its module's bytes part of the code.
import { begin } from "../begin.js";
import { start } from "../emulator/start.js";
import { bytes } from "../wasm/emulator_bytes.js";

begin(start, "to compile the emulator's bytes, which are part of the code", () => new WebAssembly.Module(bytes()));

export * from "../emulator.js";
