// make bench-chaos: builds the comparison of tests/js/chaos against the package as it would be published, and runs it.
import { readFileSync } from "node:fs";
import { bundleScript, installPackage } from "../../js/build/suites.mjs";
import { at, run } from "../../js/build/tools.mjs";

await installPackage();
await bundleScript("tests/js/chaos/table.ts", "target/tests/chaos.js");
const { version } = JSON.parse(readFileSync(at("node_modules/@anthropic-ai/sdk/package.json"), "utf8"));
await run(process.execPath, ["target/tests/chaos.js"], { show: true, extraEnv: { SDK: version } });
