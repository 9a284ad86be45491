// Part of make test-deep: builds the kills of tests/js/kill against the package as it would be published, and runs them.
import { bundleScript, installPackage } from "../../js/build/suites.mjs";
import { at, run } from "../../js/build/tools.mjs";

await installPackage();
await bundleScript("tests/js/kill/child.ts", "target/tests/kill-child.js");
await bundleScript("tests/js/kill/table.ts", "target/tests/kills.js");
await run(process.execPath, ["target/tests/kills.js", at("target/tests/kill-child.js"), at("target/tests/kills")], {
  show: true,
});
