import { BatchwiseError } from "./errors.js";
import { Engine } from "./instance.js";

let given: WebAssembly.Module | undefined;
let current: Engine | undefined;
const words: ((engine: Engine) => void)[] = [];

/** Starts the engine. Two entries in one program must not swap it under live objects: the first one wins. */
export function start(module: WebAssembly.Module): void {
  if (given) return;
  current = new Engine(module);
  given = module;
}

/** Whether the engine was started. */
export function isStarted(): boolean {
  return given !== undefined;
}

/** The engine that is alive: another one, once the last has died. */
export function engine(): Engine {
  if (!given) throw new BatchwiseError("misuse/order", "the engine is not there yet: await init(…) first");
  if (!current || current.isDead) {
    current = new Engine(given);
    for (const word of words) word(current);
  }
  return current;
}

/** Tells the engine, and those that come after it, what holds for the whole process. */
export function tellEveryEngine(word: (engine: Engine) => void): void {
  word(engine());
  words.push(word);
}

/** Bytes of the engine's own memory, which no figure of the runtime's heap holds. It grows, and does not shrink. */
export function memoryBytes(): number {
  return current?.memory.buffer.byteLength ?? 0;
}
