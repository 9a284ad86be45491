// make pack: target/npm/batchwise.tgz, the package exactly as it would be published.
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { at, run, step } from "./tools.mjs";

await step("pack", async () => {
  const out = at("target/npm");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const [packed] = JSON.parse(await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", out]));
  renameSync(at("target/npm", packed.filename), at("target/npm/batchwise.tgz"));
  const kib = (bytes) => (bytes / 1024).toFixed(0);
  const size = statSync(at("target/npm/batchwise.tgz")).size;
  return `target/npm/batchwise.tgz, ${packed.entryCount} files, ${kib(size)} KiB`;
});
