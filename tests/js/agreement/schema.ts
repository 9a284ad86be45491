// What the official SDK's types say of a request, as a JSON Schema: generated from them, written by nobody here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";

const require = createRequire(import.meta.url);
const TYPE = "MessageCreateParamsNonStreaming";

export interface SdkTypes {
  readonly version: string;
  /** Whether the types allow it. */
  readonly allow: (params: unknown) => boolean;
}

/** The types of the installed SDK. Reading them takes seconds, so the schema is kept below target/ by version. */
export async function sdkTypes(): Promise<SdkTypes> {
  const home = dirname(require.resolve("@anthropic-ai/sdk"));
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const folder = fileURLToPath(new URL("../agreement/", import.meta.url));
  const kept = join(folder, `sdk-${version}.schema.json`);
  if (!existsSync(kept)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(kept, JSON.stringify(await generated(home, folder)));
  }
  const ajv = new Ajv({ strict: false, logger: false });
  const validate = ajv.compile<unknown>(JSON.parse(readFileSync(kept, "utf8")) as object);
  return { version, allow: (params) => validate(params) };
}

async function generated(home: string, folder: string): Promise<object> {
  const { createGenerator } = await import("ts-json-schema-generator");
  const compilerOptions = { lib: ["es2023"], types: [], moduleResolution: "bundler", module: "esnext", strict: true };
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: [] }));
  const path = join(home, "resources/messages/messages.d.ts");
  return createGenerator({
    path,
    tsconfig,
    type: TYPE,
    skipTypeCheck: true,
    additionalProperties: false,
    jsDoc: "none",
  }).createSchema(TYPE);
}
