/** What both glue modules have: a place to put the instance's exports. */
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/**
 * Connects a compiled module with its glue, synchronously. `importName` is the name under which the module asks for it.
 * Gives the memory that the instance works in.
 */
export function instantiate(module: WebAssembly.Module, importName: string, glue: Glue): WebAssembly.Memory {
  const { exports } = new WebAssembly.Instance(module, { [importName]: { ...glue } });
  glue.__wbg_set_wasm(exports);
  const begin = exports["__wbindgen_start"];
  if (typeof begin === "function") begin();
  return exports["memory"] as WebAssembly.Memory;
}
