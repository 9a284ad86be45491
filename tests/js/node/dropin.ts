// Programs for the official SDK, changed in their import line alone: both versions run against an emulator of their own
// and print the same; both pass the compiler.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { createEmulator, type Emulator, type RawRequest, type Transport } from "batchwise/emulator";
import { transform } from "esbuild";
import { serveEmulator } from "../../../js/emulator/serve.js";
import { assert, test } from "../harness.js";

const PROGRAMS = "tests/js/dropin";
const HOME = "target/tests/dropin";
const run = promisify(execFile);

mkdirSync(HOME, { recursive: true });
const names = readdirSync(PROGRAMS).map((file) => file.replace(".ts", ""));

for (const name of names) {
  test(`the program ${name} does the same with the official SDK and with one import line changed`, async () => {
    const source = readFileSync(`${PROGRAMS}/${name}.ts`, "utf8");
    const [ours, theirs] = await Promise.all([printed(`${name}.ours`, twin(source)), printed(`${name}.sdk`, source)]);
    assert.isAbove(theirs.split("\n").length, 8, theirs);
    assert.equal(ours, theirs);
  });
}

test("the examples that the official SDK publishes of its batches do the same with one import line changed", async () => {
  const source = published();
  const [ours, theirs] = await Promise.all([printed("examples.ours", twin(source)), printed("examples.sdk", source)]);
  for (const endpoint of ENDPOINTS) assert.include(theirs, `\n${endpoint} {`);
  assert.equal(ours, theirs);
});

test("the changed programs pass the compiler, types of the official SDK's namespace among what they use", async () => {
  for (const name of names) {
    writeFileSync(`${HOME}/${name}.ts`, twin(readFileSync(`${PROGRAMS}/${name}.ts`, "utf8")));
  }
  const config = { extends: "../../../tests/js/tsconfig.json", compilerOptions: { paths: {} }, include: ["*.ts"] };
  writeFileSync(`${HOME}/tsconfig.json`, JSON.stringify(config));
  const { stdout } = await run("tsc", ["-p", HOME]).catch((error: { stdout: string }) => error);
  assert.equal(stdout, "");
});

const ENDPOINTS = ["create", "retrieve", "list", "results", "cancel", "delete"];

/**
 * A program of the examples in the SDK's own declarations, each as it is published, on batches that exist; it prints what
 * the examples leave in their variables.
 */
function published(): string {
  const declared = readFileSync("node_modules/@anthropic-ai/sdk/resources/messages/batches.d.ts", "utf8");
  const examples = [...declared.matchAll(/@example\n\s*\* ```ts\n(.*?)\s*\* ```/gs)].map(([, text = ""]) => {
    const code = text.replaceAll(/^\s*\* ?/gm, "").replaceAll("'message_batch_id'", "id");
    const [, endpoint = ""] = /client\.messages\.batches\.(\w+)\(/.exec(code) ?? [];
    const [, name = ""] = /const (\w+)(?: =\n? *await| of )/.exec(code.replace(/const stream = await/, "")) ?? [];
    const print = `console.log("\\n${endpoint}", ${name}); made ??= ${name}.id;`;
    return [endpoint, code.includes("// ...") ? code.replace("// ...", print) : `${code}\n${print}`] as const;
  });
  assert.sameMembers(
    examples.map(([endpoint]) => endpoint),
    ENDPOINTS,
  );
  const example = (endpoint: string): string => `{\n${examples.find(([name]) => name === endpoint)?.[1]}\n}`;
  return `import Anthropic from "@anthropic-ai/sdk";
const client = new Anthropic();
let made: string | undefined;
${example("create")}
const id = made as string;
${example("retrieve")}
${example("list")}
while ((await client.messages.batches.retrieve(id)).processing_status !== "ended");
${example("results")}
${example("delete")}
made = undefined;
${example("create")}
await (async (id: string) => ${example("cancel")})(made as string);
`;
}

/** The program with its import line changed, and nothing else. */
function twin(source: string): string {
  const changed = source.replace(
    /^import Anthropic(?:, \{([^}]*)\})? from "@anthropic-ai\/sdk";$/m,
    (_, more: string | undefined) => `import { Batchwise as Anthropic,${more ?? ""} } from "batchwise";`,
  );
  assert.notEqual(changed, source);
  return changed;
}

/** What a program prints, without what depends on the moment: times, and names of exchanges. */
async function printed(name: string, source: string): Promise<string> {
  const { code } = await transform(source, { loader: "ts", format: "esm", target: "node20.19" });
  const file = `${HOME}/${name}.mjs`;
  writeFileSync(file, code);
  const emulator = createEmulator({ seed: 5, clock: 100, processingMs: 100_000, startMs: 1_793_000_000_000 });
  const { url, close } = await serveEmulator({ emulator: withErrors(emulator) });
  try {
    const env = { ...process.env, NO_COLOR: "1", ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-dropin" };
    const { stdout } = await run(process.execPath, [file], { env });
    return stdout
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)/g, "<time>")
      .replaceAll(/req_\w+/g, "<exchange>")
      .replaceAll(url, "<server>");
  } finally {
    await close();
  }
}

/** The emulator, which answers below /status/<code>[/<cause>] with an error of that status, and below /silent never. */
function withErrors(emulator: Emulator): Emulator {
  const exchange = (request: RawRequest, transport: Transport, signal?: AbortSignal | null): Promise<Response> => {
    const { pathname } = request.url;
    if (pathname.startsWith("/silent/")) return new Promise(() => {});
    const [, code = "0", cause = "made_up"] = /^\/status\/(\d+)\/(?:(\w+)\/v1)?/.exec(pathname) ?? [];
    const status = Number(code);
    if (!status) return emulator.exchange(request, transport, signal);
    const error = { type: "made_up_error", message: `a ${status}`, details: { error_code: cause } };
    const headers = { "request-id": "req_fixed", "anthropic-workspace-id": "wrkspc_1", "x-extra": "kept" };
    return Promise.resolve(Response.json({ type: "error", error, request_id: "req_fixed" }, { status, headers }));
  };
  return { ...emulator, exchange };
}
