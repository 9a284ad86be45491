// The package as it would be published: what is in it, and that every entry leads somewhere.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const home = new URL("node_modules/batchwise/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as {
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  dependencies?: Record<string, string>;
  scripts?: Record<string, string>;
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

test("the package can be required, too: it has no top-level await", async () => {
  const required = createRequire(import.meta.url)("batchwise") as object;
  assert.sameMembers(Object.keys(required), Object.keys(await import("batchwise")));
});

test("slim starts from a module that the program loads itself, and only then", async () => {
  const script = `
    import { readFile } from "node:fs/promises";
    import { Batchwise, init } from "batchwise/slim";
    const early = (() => { try { new Batchwise({ apiKey: "any" }); } catch { return "not started"; } })();
    await init(readFile(new URL(import.meta.resolve("batchwise/wasm"))));
    const plan = await new Batchwise({ apiKey: "any" }).plan([], { validate: "warn" });
    console.log(early, plan.requestCount);`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: dirname(fileURLToPath(import.meta.url)),
  });
  assert.equal(stdout, "not started 0\n");
});

test("the package installs nothing else, and runs nothing when it is installed", () => {
  assert.isUndefined(manifest.dependencies);
  assert.isUndefined(manifest.scripts);
  assert.isFalse(existsSync(new URL("binding.gyp", home)));
});

test("the package holds what was built and its papers, and nothing else", () => {
  // Three have the licences of what the command, the page and the library carry inside.
  const papers = [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "docs/errors.md",
    "package.json",
    "js/dist/cli.licenses.txt",
    "js/dist/vendor/licenses.txt",
    "js/dist/www/app.css",
    "js/dist/www/icon.svg",
    "js/dist/www/index.html",
    "js/dist/www/licenses.txt",
  ];
  const all = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = all.map((entry) => relative(fileURLToPath(home), join(entry.parentPath, entry.name)));
  const strange = paths.filter(
    (path) => !papers.includes(path) && !/^js\/dist\/[\w/-]+(\.d)?\.(js|ts|wasm)(\.map)?$/.test(path),
  );
  assert.deepEqual(strange, []);
  for (const paper of papers) assert.include(paths, paper);
});

test("the package carries no name section, no machine path and no bug made on purpose in its wasm", () => {
  for (const name of ["batchwise", "emulator"]) {
    const wasm = readFileSync(new URL(`js/dist/wasm/${name}_bg.wasm`, home));
    const named = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "name");
    assert.isEmpty(
      named,
      `${name}_bg.wasm was built with BATCHWISE_QUICK=1; "make pack" without it builds what is published`,
    );
    for (const text of [process.cwd(), homedir(), "mutant:"]) assert.notInclude(wasm.toString("latin1"), text);
  }
});

test("the bytes that are part of the code are those of the wasm file, written in signs that every bundler keeps", async () => {
  for (const name of ["batchwise", "emulator"]) {
    const file = new URL(`js/dist/wasm/${name}_bytes.js`, home);
    const { bytes } = (await import(file.href)) as { bytes: () => Uint8Array };
    const wasm = readFileSync(new URL(`js/dist/wasm/${name}_bg.wasm`, home));
    assert.equal(Buffer.compare(bytes(), wasm), 0);
    assert.match(readFileSync(file, "utf8"), /^const text = "[ !#%&(-;=-[\]-_a-~]+";\n/);
  }
});

test("a program that takes one store carries none of the others, and nothing of one runtime", async () => {
  const { build } = await import("esbuild");
  const contents = 'import { indexedDbStore } from "batchwise"; console.log(indexedDbStore);';
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const stores = Object.entries(output?.inputs ?? {}).filter(([path, { bytesInOutput }]) => {
    return path.includes("/stores/") && bytesInOutput > 0;
  });
  assert.sameMembers(
    stores.map(([path]) => path.replace(/^.*\//, "")),
    ["entry.js", "indexed-db.js"],
  );
  assert.notInclude(outputFiles[0]?.text, "node:");
});
