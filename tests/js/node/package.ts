// The package as it would be published: what is in it, and that every entry leads somewhere.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { assert, test } from "../harness.js";

const home = new URL("node_modules/batchwise/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as {
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  dependencies?: Record<string, string>;
};

test("every address in the package's exports is a file in the package", () => {
  const targets = Object.values(manifest.exports).flatMap((to) => (typeof to === "string" ? [to] : Object.values(to)));
  for (const target of [...targets, ...Object.values(manifest.bin)]) {
    assert.isTrue(existsSync(new URL(target, home)), `${target} is missing from the package`);
  }
});

test("conditions are in the order that resolvers need: types first, default last", () => {
  for (const conditions of Object.values(manifest.exports)) {
    if (typeof conditions === "string") continue;
    const names = Object.keys(conditions);
    assert.equal(names[0], "types");
    assert.equal(names.at(-1), "default");
  }
});

test("the package installs nothing else", () => {
  assert.isUndefined(manifest.dependencies);
});

test("the package carries no name section and no machine path in its wasm", () => {
  for (const name of ["batchwise", "emulator"]) {
    const wasm = readFileSync(new URL(`js/dist/wasm/${name}_bg.wasm`, home));
    assert.deepEqual(WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "name"), []);
    for (const path of [process.cwd(), homedir()]) assert.notInclude(wasm.toString("latin1"), path);
  }
});
