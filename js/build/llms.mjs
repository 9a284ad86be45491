// llms.txt, for machines that read before they write: what this is, and each page with what it is about, taken from the
// pages themselves. Printed; with `--write` written. A test compares.
import { readFileSync, writeFileSync } from "node:fs";
import { at, files } from "./tools.mjs";

const ORDER = [
  "first-steps",
  "jobs",
  "results",
  "costs",
  "cli",
  "drop-in",
  "stores",
  "emulator",
  "page",
  "relay",
  "cloudflare",
  "scale",
  "engine",
  "runtimes",
];
const read = (path) => readFileSync(at(path), "utf8");

/** The text. */
export function llms() {
  const pages = files("docs").filter((path) => path.endsWith(".md"));
  const rank = (path) =>
    (ORDER.indexOf(path.replace(/^docs\/|\.md$/g, "")) + 1 || ORDER.length + 1).toString().padStart(2, "0") + path;
  const docs = pages.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).map(entry);
  const house = ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(entry);
  const table = read("examples/README.md").matchAll(/^\| `([\w-]+)` \| (.+?) \|/gm);
  const examples = [...table].map(([, folder, what]) => `- [${folder}](examples/${folder}): ${what}`);
  const { name } = JSON.parse(read("package.json"));
  const [pitch] = /(?<=^# .*\n\n)(?:.+\n)+/m.exec(read("README.md"));
  return `# ${name}

> ${pitch.trim().replaceAll("\n", " ")}

Import from \`batchwise\` (client, jobs, plans, stores), \`batchwise/emulator\` (a model of the API for tests), \`batchwise/relay\` (keeps the key out of pages), \`batchwise/cloudflare\` (a Worker whose jobs outlive it), \`batchwise/engine\` (step by step, for durable drivers), \`batchwise/testing\` (cases for stores of your own). The command is \`batchwise\`.

## Docs

- [README](README.md): install, first program, command line
${docs.join("\n")}

## Examples

${examples.join("\n")}

## Optional

${house.join("\n")}
`;
}

/** A page's title and its first line, which is a sentence. */
function entry(path) {
  const text = read(path);
  const [, title] = /^# (.*)$/m.exec(text);
  const paragraphs = text
    .slice(text.indexOf("\n", text.indexOf(`# ${title}`)))
    .trim()
    .split(/\n{2,}/);
  const first = paragraphs.find((paragraph) => /^[A-Z`"]/.test(paragraph)) ?? "";
  const [line] = first.split("\n");
  return `- [${title}](${path})${line ? `: ${line}` : ""}`;
}

if (process.argv[2] === "--write") writeFileSync(at("llms.txt"), llms());
else if (import.meta.url === `file://${process.argv[1]}`) process.stdout.write(llms());
