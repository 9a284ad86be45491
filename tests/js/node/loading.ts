// How the package is loaded, and what it says where it cannot be.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const root = fileURLToPath(new URL(".", import.meta.url));
const home = join(root, "node_modules/batchwise");

/** What a program prints that lies beside the package. */
async function printed(code: string, cwd = root, flags: string[] = []): Promise<string> {
  const args = [...flags, "--no-warnings", "--input-type=module", "--eval", code];
  return (await promisify(execFile)(process.execPath, args, { cwd })).stdout.trim();
}

const SHOW = "const show = (error) => console.log([error.name, error.code, error.message].join('|'));";

test("a module that cannot be compiled is an error that says what was tried and what to do", async () => {
  const folder = mkdtempSync(join(root, "broken-"));
  try {
    cpSync(home, join(folder, "node_modules/batchwise"), { recursive: true });
    for (const [file, entry] of [
      ["batchwise_bytes.js", "batchwise"],
      ["emulator_bytes.js", "batchwise/emulator"],
    ] as const) {
      const path = join(folder, "node_modules/batchwise/js/dist/wasm", file);
      writeFileSync(path, "export const bytes = () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 9, 9]);\n");
      const said = await printed(`${SHOW} await import("${entry}").catch(show);`, folder);
      assert.match(said, /^BatchwiseError\|wasm\/start\|.*Tried: to compile.*CompileError.*To do: install/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a runtime without WebAssembly is told apart", async () => {
  const said = await printed(`${SHOW} delete globalThis.WebAssembly; await import("batchwise").catch(show);`);
  assert.match(said, /^BatchwiseError\|wasm\/start\|.*this runtime has no WebAssembly/);
});

test("what is no module is refused by init in words, and init can be called again", async () => {
  const module = JSON.stringify(join(home, "js/dist/wasm/batchwise_bg.wasm"));
  const said = await printed(`${SHOW}
    import { readFileSync } from "node:fs";
    import { Batchwise, init } from "batchwise/slim";
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    for (const wrong of [undefined, null, 7, {}, new Uint8Array(3), empty, new Response("no", { status: 404 }),
      Promise.resolve("http://127.0.0.1:1/x.wasm"), "no address"]) await init(wrong).catch(show);
    try { new Batchwise({ apiKey: "any" }); } catch (error) { show(error); }
    const bytes = readFileSync(${module});
    await Promise.all([init(bytes), init(new WebAssembly.Module(bytes))]);
    await init(undefined);
    console.log((await new Batchwise({ apiKey: "any" }).plan([], { validate: "warn" })).requestCount);`);
  const lines = said.split("\n");
  const codes = lines.map((line) => line.split("|")[1]);
  const wrong = ["misuse/option", "misuse/option", "misuse/option", "misuse/option", "wasm/start"];
  assert.deepEqual(codes.slice(0, 9), [...wrong, "wasm/start", "wasm/start", "wasm/start", "wasm/start"]);
  assert.match(lines[0] ?? "", /init takes a WebAssembly.Module, its bytes, a Response, or an address/);
  assert.match(lines[6] ?? "", /status 404/);
  assert.match(lines[7] ?? "", /init with the address http:\/\/127.0.0.1:1\/x.wasm/);
  assert.match(lines[9] ?? "", /misuse\/order\|.*init/);
  assert.equal(lines[10], "0");
});

test("entries that one program loads in several ways share one engine, whichever comes first", async () => {
  const loads = [
    'import("batchwise")',
    'import("batchwise/slim")',
    'require("batchwise")',
    'require("batchwise/slim")',
  ];
  for (let first = 0; first < loads.length; first++) {
    const order = [...loads.slice(first), ...loads.slice(0, first)];
    const said = await printed(`
      import { createRequire } from "node:module";
      import { readFileSync } from "node:fs";
      let made = 0;
      WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
        construct(target, args) { made++; return new target(...args); },
      });
      const require = createRequire(${JSON.stringify(join(root, "any.js"))});
      const module = readFileSync(${JSON.stringify(join(home, "js/dist/wasm/batchwise_bg.wasm"))});
      const entries = [];
      let plan;
      for (const load of [${order.map((load) => `async () => ${load}`).join(", ")}]) {
        const entry = await load();
        entries.push(entry);
        await entry.init?.(module);
        plan ??= await new entry.Batchwise({ apiKey: "any" }).plan([], { validate: "warn" });
      }
      console.log(made, new Set(entries.map((entry) => entry.Batchwise)).size, plan.estimate().total.low);`);
    assert.equal(said, "1 1 0", order.join(", "));
  }
});

/** Files of the package with code in the bundle of a program. */
async function carried(contents: string): Promise<string[]> {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return inputs.flatMap(([path]) => path.split("batchwise/js/dist/")[1] ?? []).sort();
}

test("an import that is not used carries the start of the engine and nothing else", async () => {
  const start = ["begin.js", "entry/inline.js", "errors.js", "instance.js", "instantiate.js", "start.js"];
  const allowed = [...start, "engine.js", "wasm/batchwise_bg.js", "wasm/batchwise_bytes.js"];
  for (const unused of ['import "batchwise";', 'import { Batchwise, table } from "batchwise";']) {
    const files = await carried(unused);
    assert.includeMembers(files, ["entry/inline.js", "wasm/batchwise_bytes.js"]);
    assert.deepEqual(
      files.filter((file) => !allowed.includes(file)),
      [],
    );
  }
});

test("a stack from a bundle leads to the sources in TypeScript", async () => {
  const { build } = await import("esbuild");
  const folder = mkdtempSync(join(root, "mapped-"));
  try {
    const outfile = join(folder, "program.mjs");
    const contents = 'import { Batchwise } from "batchwise"; new Batchwise({ apiKey: "any", baseURL: "ftp://x" });';
    await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      platform: "node",
      format: "esm",
      sourcemap: "inline",
      outfile,
    });
    const failed = promisify(execFile)(process.execPath, ["--enable-source-maps", outfile]);
    const { stderr } = (await failed.then(
      () => ({ stderr: "it did not fail" }),
      (error: unknown) => error,
    )) as { stderr: string };
    const [, file, line] = /new _?Batchwise \((?:file:\/\/)?(\S+?client\.ts):(\d+)/.exec(stderr) ?? [];
    assert.match(file ?? stderr, /js\/client\.ts$/);
    const source = readFileSync("js/client.ts", "utf8").split("\n")[Number(line) - 1];
    assert.include(source, "fromFault(");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every map of the package has its source in it", async () => {
  const { readdirSync } = await import("node:fs");
  const files = readdirSync(join(home, "js/dist"), { recursive: true, encoding: "utf8" });
  const maps = files.filter((file) => file.endsWith(".map"));
  const compiled = files.filter((file) => file.endsWith(".js") && !/^(wasm\/|www\/|vendor\/|cli[/.])/.test(file));
  assert.sameMembers(
    maps.map((file) => file.replace(/\.map$/, "")),
    compiled,
  );
  for (const file of maps) {
    const map = JSON.parse(readFileSync(join(home, "js/dist", file), "utf8")) as { sourcesContent?: string[] };
    assert.isAbove(map.sourcesContent?.[0]?.length ?? 0, 0, file);
  }
});
