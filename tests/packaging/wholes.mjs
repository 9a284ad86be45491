// Runtimes that run the whole suite, as `make test` does.
import { findChromium, findFirefox } from "../../js/build/browser.mjs";
import { inBun, inChromium, inDeno, inFirefox, inNode, inWorkerd } from "../../js/build/runtimes.mjs";
import { sharedSuites } from "../../js/build/suites.mjs";
import { ask } from "../../js/build/tools.mjs";

export const wholes = [
  whole("Node", "import", inNode, () => process.versions.node),
  whole("Deno", "node_modules", inDeno, () => ask("deno", ["--version"])),
  whole("Bun", "import", inBun, () => ask("bun", ["--version"])),
  whole("workerd", "modules", inWorkerd, () => ask("workerd", ["--version"])),
  whole("Chromium", "esbuild, strict policy", inChromium, async () => ask(await findChromium(), ["--version"])),
  whole("Firefox", "esbuild, strict policy", inFirefox, async () => ask(await findFirefox(), ["--version"])),
];

function whole(name, way, inRuntime, version) {
  const counted = async () => {
    const said = String(await version());
    return { version: /\d[\d.-]+/.exec(said)?.[0] ?? said, ...(await inRuntime("suites", sharedSuites())) };
  };
  return { name, way, suite: "whole", counted };
}
