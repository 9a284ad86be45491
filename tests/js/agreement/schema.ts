// What the official SDK's types say of a request, as a JSON Schema: generated from them, written by nobody here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";

const require = createRequire(import.meta.url);
/** The parameters as the SDK has them, and as its beta surface has them. */
const SURFACES = { stable: "resources/messages/messages.d.ts", beta: "resources/beta/messages/messages.d.ts" } as const;
const TYPE = "MessageCreateParamsNonStreaming";

export interface SdkTypes {
  readonly version: string;
  /** Whether the types allow it: those of the beta surface for requests with betas. */
  readonly allow: (params: unknown, hasBetas: boolean) => boolean;
}

/** The types of the installed SDK. Reading them takes seconds, so the schema is kept below target/ by version. */
export async function sdkTypes(): Promise<SdkTypes> {
  const home = dirname(require.resolve("@anthropic-ai/sdk"));
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const ajv = new Ajv({ strict: false, logger: false });
  const validators = { stable: await validator("stable"), beta: await validator("beta") };
  return { version, allow: (params, hasBetas) => validators[hasBetas ? "beta" : "stable"](params) };

  async function validator(surface: keyof typeof SURFACES) {
    const folder = fileURLToPath(new URL("../agreement/", import.meta.url));
    const kept = join(folder, `sdk-${version}-${surface}.schema.json`);
    if (!existsSync(kept)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(kept, JSON.stringify(await generated(join(home, SURFACES[surface]), folder)));
    }
    return ajv.compile<unknown>(JSON.parse(readFileSync(kept, "utf8")) as object);
  }
}

async function generated(path: string, folder: string): Promise<object> {
  const { createGenerator } = await import("ts-json-schema-generator");
  const compilerOptions = { lib: ["es2023"], types: [], moduleResolution: "bundler", module: "esnext", strict: true };
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: [] }));
  return createGenerator({
    path,
    tsconfig,
    type: TYPE,
    skipTypeCheck: true,
    additionalProperties: false,
    jsDoc: "none",
  }).createSchema(TYPE);
}
