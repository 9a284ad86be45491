// What loading costs: sizes of the tarball and of each entry as a page gets it, and the times until the package can be used.
import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { entries, sizeOf } from "../../js/build/size.mjs";
import { at } from "../../js/build/tools.mjs";
import { home, put, sh, tool } from "./tools.mjs";

const RUNS = 9;

/** How to start a program of one line in each process runtime. */
const RUNTIMES = {
  "Node 20": [tool("node20/bin/node"), []],
  "Node 22": [tool("node22/bin/node"), []],
  "Node 24": [tool("node24/bin/node"), []],
  Deno: [at("node_modules/deno/deno"), ["run", "--no-config", "--node-modules-dir=manual", "--no-lock", "--no-prompt"]],
  Bun: [at("node_modules/bun/bin/bun.exe"), ["run", "--no-install"]],
};

/** All of it. */
export async function figures() {
  const tarball = statSync(at("target/npm/batchwise.tgz")).size;
  const wasm = readFileSync(home("node_modules/batchwise/js/dist/wasm/batchwise_bg.wasm"));
  const sizes = [["`batchwise/wasm`, the module alone", wasm.length, zipped(wasm)]];
  for (const [name, file] of entries()) {
    const { raw, gzip } = await sizeOf(file);
    sizes.push([`\`${name.replace(",", "`,")}${name.includes(",") ? "" : "`"}`, raw, gzip]);
  }
  const times = [];
  for (const [name, [command, args]] of Object.entries(RUNTIMES)) times.push([name, ...(await timed(command, args))]);
  return { tarball, sizes, times };
}

const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/**
 * Milliseconds of `import "batchwise"`, of the start of its WebAssembly in it, and from before the import to the end of a
 * first call into it: medians of processes of their own.
 */
async function timed(command, args) {
  const script = put(home("timed.mjs"), TIMED);
  const all = [];
  for (let run = 0; run < RUNS; run++) all.push(JSON.parse(await sh(command, [...args, script])));
  const median = (of) =>
    all
      .map(of)
      .sort((a, b) => a - b)
      [Math.floor(RUNS / 2)].toFixed(1);
  return [median(({ whole }) => whole), median(({ start }) => start), median(({ called }) => called)];
}

const TIMED = `let start = 0;
for (const name of ["Module", "Instance"]) {
  WebAssembly[name] = new Proxy(WebAssembly[name], {
    construct(target, args) {
      const began = performance.now();
      const made = Reflect.construct(target, args);
      start += performance.now() - began;
      return made;
    },
  });
}
const began = performance.now();
const { Batchwise } = await import("batchwise");
const whole = performance.now() - began;
const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user", content: "Hi" }] };
const plan = await new Batchwise({ apiKey: "any" }).plan([{ custom_id: "a", params }]);
if (plan.requestCount !== 1) throw new Error("nothing was planned");
console.log(JSON.stringify({ whole, start, called: performance.now() - began }));
`;
