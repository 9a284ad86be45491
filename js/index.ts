// Everything `batchwise` exports, one line per file, sorted.
export * from "./errors.js";
export type { ErrorCode } from "./generated.js";
export type * from "./types.js";
