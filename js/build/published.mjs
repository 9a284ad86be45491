// What is published, file by file: js/build/published.txt is the list that was meant, and a test compares. With the
// argument `--write` the list is written anew from the packed package, for a person to look at as a diff.
import { writeFileSync } from "node:fs";
import { at, run } from "./tools.mjs";

/** The files of the packed package, as `tar` lists them. What is compiled of one source file is one line. */
export async function publishedFiles() {
  const paths = (await run("tar", ["-tzf", at("target/npm/batchwise.tgz")])).trim().split("\n");
  // What the command and the page load only when asked for carries a hash of its content in its name.
  return grouped(
    paths.map((path) =>
      path.replace(/^package\//, "").replace(/^(js\/dist\/(?:cli|www)\/[\w-]+)-[0-9A-Z]{8}\./, "$1-*."),
    ),
  );
}

/** Sorted lines; `x.js`, `x.js.map` and `x.d.ts` become `x.{d.ts,js,js.map}`. */
export function grouped(paths) {
  const kinds = new Map();
  for (const path of paths) {
    const [, stem, kind] = /^(.*?)\.(d\.ts|js\.map|js)$/.exec(path) ?? [null, path, ""];
    kinds.set(stem, [...new Set([...(kinds.get(stem) ?? []), kind])]);
  }
  const lines = [...kinds].map(([stem, all]) => {
    if (all.length > 1) return `${stem}.{${all.sort().join(",")}}`;
    return all[0] ? `${stem}.${all[0]}` : stem;
  });
  return lines.sort();
}

if (process.argv[2] === "--write") {
  writeFileSync(at("js/build/published.txt"), `${(await publishedFiles()).join("\n")}\n`);
}
