// The public surface: every name that an entry exports, with its type, in docs/surface.md. Whoever widens it changes that
// file, and sees that he does. With BATCHWISE_GENERATE=1 it is written anew, from what was built last.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { at } from "../../js/build/tools.mjs";
import { install } from "./install.mjs";
import { home, tool } from "./tools.mjs";

const PAGE = at("docs/surface.md");

/** The newest TypeScript that has a programming interface. */
const compiler = async () => (await import(pathToFileURL(tool("typescript60/lib/typescript.js")))).default;

export const surface = [{ name: "Public surface", way: "declarations", suite: "check", run: compared }];

async function compared() {
  const { text, loose } = await described(home("node_modules/batchwise"));
  const kept = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  return {
    version: (await compiler()).version,
    outcomes: [
      { name: "the surface is the one of docs/surface.md", error: text === kept ? null : difference(kept, text) },
      { name: "no name of the surface is of type any", error: loose.length === 0 ? null : loose.join("\n") },
    ],
  };
}

function difference(kept, text) {
  const [before, after] = [new Set(kept.split("\n")), new Set(text.split("\n"))];
  const gone = [...before].filter((line) => !after.has(line)).map((line) => `- ${line}`);
  const come = [...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`);
  return `${[...gone, ...come].join("\n")}\nmake generated writes it anew`;
}

/** The page about the package in a folder, and the names in it that are any. */
async function described(folder) {
  const ts = await compiler();
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, types: [] };
  const roots = entries.map(([, { types }]) => join(folder, types));
  const program = ts.createProgram(roots, { ...options, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"] });
  const checker = program.getTypeChecker();
  const seen = new Map();
  const loose = [];
  const chapters = entries.map(([path], index) => {
    const name = `batchwise${path.slice(1)}`;
    const module = checker.getSymbolAtLocation(program.getSourceFile(roots[index]));
    const symbols = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
    const lines = symbols.map((symbol) => {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (seen.has(real)) return `// ${symbol.name}: see ${seen.get(real)}`;
      seen.set(real, name);
      const declarations = real.declarations ?? [];
      loose.push(...declarations.flatMap((node) => anys(ts, node, `${name}: ${symbol.name}`)));
      return declarations.map((node) => printed(ts, node)).join("\n");
    });
    return `## ${name}\n\n\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n`;
  });
  return { text: `${HEAD}\n${chapters.join("\n")}`, loose };
}

const HEAD = `# The public surface

Every name that an entry of the package exports, with its type and without its comments. Written by \`make generated\`; a
test fails where the package says otherwise.
`;

/** Whether a member is for nobody outside. */
function isInternal(ts, node) {
  const isPrivate =
    node.name?.kind === ts.SyntaxKind.PrivateIdentifier ||
    (ts.isPropertyDeclaration(node) && node.name.getText().startsWith("#"));
  return isPrivate || ts.getJSDocTags(node).some((tag) => tag.tagName.text === "internal");
}

/** A declaration in short: a class or an interface with its public members, anything else as it stands. */
function printed(ts, node) {
  const file = node.getSourceFile();
  const printer = ts.createPrinter({ removeComments: true });
  const print = (part) => printer.printNode(ts.EmitHint.Unspecified, part, file);
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const whole = print(node);
    const members = node.members.filter((member) => !isInternal(ts, member)).map((member) => `    ${print(member)}`);
    return `${whole.slice(0, whole.indexOf("{"))}{\n${members.join("\n")}\n}`;
  }
  return print(ts.isVariableDeclaration(node) ? node.parent.parent : node);
}

/** Places where a declaration says any. */
function anys(ts, node, path) {
  if (ts.isClassElement(node) && isInternal(ts, node)) return [];
  const own = node.kind === ts.SyntaxKind.AnyKeyword ? [`${path} is any`] : [];
  const below = [];
  node.forEachChild(
    (child) => void below.push(...anys(ts, child, child.name?.getText ? `${path}.${child.name.getText()}` : path)),
  );
  return [...own, ...below];
}

if (process.env.BATCHWISE_GENERATE === "1" && process.argv[1] === at("tests/packaging/surface.mjs")) {
  await install();
  writeFileSync(PAGE, (await described(at())).text);
}
