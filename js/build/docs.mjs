// make docs: target/docs, the reference of every exported name, from the sources. A link that leads nowhere, or a name
// that is used and not exported, fails it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { at, digest, env, files, run, step } from "./tools.mjs";

const TOOL = "target/typedoc";
const ENTRIES = ["index", "emulator", "engine", "cloudflare", "relay", "testing", "entry/slim"];

await install();
await step("reference", async () => {
  const options = {
    name: "batchwise",
    entryPoints: ENTRIES.map((entry) => at(`js/${entry}.ts`)),
    tsconfig: at(TOOL, "tsconfig.json"),
    out: at("target/docs"),
    readme: at("README.md"),
    // Pages that belong to it; a link from the README to another file of the repository is copied beside it.
    projectDocuments: files("docs")
      .filter((path) => path.endsWith(".md"))
      .map((path) => at(path)),
    basePath: at(),
    disableSources: true,
    hideGenerator: true,
    excludePrivate: true,
    excludeInternal: true,
    sort: ["source-order"],
    // Short names inside one file, and lists that only their types are made of.
    intentionallyNotExported: ["Busy", "Slow", "Params", "KvKey", "ERROR_CODES", "VIOLATION_CODES"],
    validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: false },
    treatWarningsAsErrors: true,
    treatValidationWarningsAsErrors: true,
    logLevel: "Warn",
  };
  const compiler = {
    extends: at("tsconfig.json"),
    compilerOptions: { noEmit: true, skipLibCheck: true, rootDir: at("js") },
  };
  writeFileSync(
    at(TOOL, "tsconfig.json"),
    JSON.stringify({
      ...compiler,
      include: [at("js/**/*.ts")],
      exclude: [at("js/dist"), at("js/build"), at("js/cli"), at("js/emulator/serve.ts")],
    }),
  );
  writeFileSync(at(TOOL, "typedoc.json"), JSON.stringify(options));
  await run(process.execPath, [at(TOOL, "node_modules/typedoc/bin/typedoc"), "--options", at(TOOL, "typedoc.json")], {
    cwd: at(),
  });
  return `target/docs, ${files("target/docs").filter((path) => path.endsWith(".html")).length} pages`;
});

async function install() {
  const stamp = at(TOOL, ".stamp");
  const wanted = digest(["js/build/typedoc/package.json"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  mkdirSync(at(TOOL), { recursive: true });
  copyFileSync(at("js/build/typedoc/package.json"), at(TOOL, "package.json"));
  const args = ["install", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"];
  await step("typedoc", () => run("npm", args, { cwd: at(TOOL), extraEnv: env }).then(() => ""));
  writeFileSync(stamp, wanted);
}
