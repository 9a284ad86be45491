// What checkers of packages say: publint, Are the types wrong, and TypeScript from the oldest supported to the newest.
import { at } from "../../js/build/tools.mjs";
import { home, put, sh, tool, versionOf } from "./tools.mjs";

const TARBALL = at("target/npm/batchwise.tgz");

/** From the oldest that is supported, each minor version; the newest is the one that builds the package. */
const COMPILERS = {
  ...Object.fromEntries(["5.6", "5.7", "5.8", "5.9", "6.0"].map((minor) => [minor, compiler(minor)])),
  "7.0": at("node_modules/.bin/tsc"),
};
const RESOLUTIONS = { nodenext: "nodenext", bundler: "esnext" };

export const checks = [
  { name: "publint", way: "strict", suite: "check", run: publint },
  { name: "Are the types wrong?", way: "esm-only", suite: "check", run: attw },
  ...Object.entries(COMPILERS).flatMap(([minor, tsc]) =>
    Object.entries(RESOLUTIONS).map(([resolution, module]) => ({
      name: `TypeScript ${minor}`,
      way: resolution,
      suite: "check",
      run: () => compiled(minor, tsc, module, resolution),
    })),
  ),
];

function compiler(minor) {
  return tool(`typescript${minor.replace(".", "")}/lib/tsc.js`);
}

async function publint() {
  const { publint } = await import(tool("publint/src/index-node.js"));
  const { formatMessage } = await import(tool("publint/src/utils.js"));
  const { messages, pkg } = await publint({ pkgDir: home("node_modules/batchwise"), strict: true, pack: false });
  const error = messages.map((message) => formatMessage(message, pkg, { color: false })).join("\n") || null;
  return { version: versionOf("publint"), outcomes: [{ name: "nothing to complain of", error }] };
}

/** The module is no script, and the command is no library: neither has types. */
async function attw() {
  const args = [
    TARBALL,
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "./wasm",
    "./cli",
    "--no-color",
    "--no-emoji",
  ];
  const said = await sh(process.execPath, [tool("@arethetypeswrong/cli/dist/index.js"), ...args]).then(
    () => null,
    (error) => error.message,
  );
  return { version: versionOf("@arethetypeswrong/cli"), outcomes: [{ name: "types resolve", error: said }] };
}

/** The strictest settings, with the declarations of the package checked as well. */
async function compiled(minor, tsc, module, resolution) {
  const folder = home(`types-${minor}-${resolution}`);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
    module,
    moduleResolution: resolution,
  };
  put(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["user.ts"] }));
  put(`${folder}/package.json`, '{ "type": "module" }');
  put(`${folder}/user.ts`, USER);
  const command = tsc.endsWith(".js") ? [process.execPath, [tsc, "-p", folder]] : [tsc, ["-p", folder]];
  const error = await sh(...command, { cwd: folder }).then(
    () => null,
    (error) => error.message,
  );
  const version = (await sh(command[0], [...command[1].slice(0, -2), "--version"])).replace(/\D*/, "").trim();
  return { version, outcomes: [{ name: "a user's program compiles", error }] };
}

const USER = `import { Batchwise, type BatchRequest, type JobReport, memoryStore, table } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { Planner } from "batchwise/engine";
import { createRelay } from "batchwise/relay";
import { init } from "batchwise/slim";
import { type StoreCase, storeCases } from "batchwise/testing";
import source from "batchwise/wasm";

const emulator = createEmulator();
const client = new Batchwise({ apiKey: "sk-test", fetch: emulator.fetch });
const requests: BatchRequest[] = [
  { custom_id: "a", params: { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user", content: "?" }] } },
];
export const relay: (request: Request) => Promise<Response> = createRelay({ apiKey: "sk-test" });
export const cases: readonly StoreCase[] = storeCases(() => memoryStore());
export const planner = new Planner();
export async function run(): Promise<JobReport> {
  await init(source as WebAssembly.Module);
  const plan = await client.plan(table([{ text: "one" }], { prompt: "{{text}}", model: "claude-haiku-4-5", maxTokens: 8 }));
  const job = await client.submit(plan.requestCount > 0 ? plan : requests);
  for await (const row of job) {
    const text: string = row.text;
    if (row.error) throw new Error(row.error.message + text);
  }
  for await (const batch of client.messages.batches.list()) {
    for await (const line of await client.messages.batches.results(batch.id)) {
      if (line.result.type === "succeeded") line.result.message.content.length.toFixed();
    }
  }
  return job.done();
}
`;
