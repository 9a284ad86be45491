// Everything `batchwise` exports, one line per file, sorted.
export { costOf } from "./cost.js";
export * from "./errors.js";
export type { ErrorCode } from "./generated.js";
export type * from "./types.js";
