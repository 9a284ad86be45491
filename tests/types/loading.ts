// The package's own types resolve for a strict consumer that checks its libraries, too.
import * as batchwise from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { init, type ModuleSource } from "batchwise/slim";
import source from "batchwise/wasm";

export const all: object = batchwise;
export const loaded: Promise<void> = init(source);
export const given: ModuleSource = source;
export const client: batchwise.Batchwise = new batchwise.Batchwise({ fetch: createEmulator().fetch });
