/** What both kinds of glue have: a place to put the instance's exports. */
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** What stands on the border between an instance and everything else; see `Engine`. */
interface Guards {
  exports(exports: WebAssembly.Exports): WebAssembly.Exports;
  imports(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports;
}

/**
 * Connects a compiled module with its glue, synchronously. `importName` is the name under which the module asks for it.
 * Gives the memory that the instance works in.
 */
export function instantiate(
  module: WebAssembly.Module,
  importName: string,
  glue: Glue,
  guards?: Guards,
): WebAssembly.Memory {
  const imports = { ...glue } as unknown as WebAssembly.ModuleImports;
  const instance = new WebAssembly.Instance(module, { [importName]: guards?.imports(imports) ?? imports });
  const exports = guards?.exports(instance.exports) ?? instance.exports;
  glue.__wbg_set_wasm(exports);
  const begin = exports["__wbindgen_start"];
  if (typeof begin === "function") begin();
  return exports["memory"] as WebAssembly.Memory;
}
