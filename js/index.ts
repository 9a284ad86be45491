// Everything `batchwise` exports, one line per file, sorted.
export {};
