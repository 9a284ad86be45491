// The licences of the packages that a bundle carries inside.
import { readdirSync, readFileSync } from "node:fs";
import { at } from "./tools.mjs";

/** Their texts, one after the other. */
export function licenses(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(at(folder, "package.json"), "utf8"));
    const file = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(at(folder, file), "utf8").trim() : "";
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
