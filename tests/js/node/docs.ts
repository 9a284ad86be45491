// Every snippet of the README and of docs/, run by somebody who has installed the package. A snippet is a program; what
// follows it in a block of text is what it prints, to the letter. What a page takes for granted is tests/docs/prelude.mjs.
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const run = promisify(execFile);
const HOME = "target/tests/docs";
const PAGES = ["README.md", ...readdirSync("docs").map((file) => `docs/${file}`)].filter((path) =>
  path.endsWith(".md"),
);

mkdirSync(HOME, { recursive: true });
copyFileSync("tests/docs/prelude.mjs", `${HOME}/prelude.mjs`);
writeFileSync(
  `${HOME}/my-store.js`,
  `import { memoryStore } from "batchwise";
const areas = new Map();
export function myStore(area) {
  if (!areas.has(area)) areas.set(area, memoryStore());
  return areas.get(area);
}
`,
);

for (const path of PAGES) {
  for (const [index, { code, prints }] of snippets(path).entries()) {
    test(`snippet ${index + 1} of ${path} runs as it stands${prints === null ? "" : " and prints what the page says"}`, async () => {
      const name = `${path.replaceAll(/\W/g, "-")}-${index + 1}`;
      const cwd = join(HOME, name);
      mkdirSync(cwd, { recursive: true });
      writeFileSync(join(HOME, `${name}.mjs`), code);
      const args = ["--import", "../prelude.mjs", `../${name}.mjs`];
      const env = { ...process.env, NO_COLOR: "1", ANTHROPIC_API_KEY: "sk-ant-docs", ANTHROPIC_BASE_URL: "" };
      const { stdout, stderr } = await run(process.execPath, args, { cwd, env });
      assert.equal(stderr, "");
      if (prints !== null) assert.equal(stdout, prints);
    });
  }
}

test("every page that a newcomer needs is there, and shows something that runs", () => {
  for (const page of ["first-steps", "jobs", "results", "costs", "drop-in", "emulator", "engine", "stores", "relay"]) {
    assert.isNotEmpty(snippets(`docs/${page}.md`), page);
  }
});

test("llms.txt says what the pages say", async () => {
  const { stdout } = await run(process.execPath, ["js/build/llms.mjs"]);
  assert.equal(readFileSync("llms.txt", "utf8"), stdout, "make generated writes it anew");
});

test("docs/runtimes.md has everybody who is given the package, each without a failure", async () => {
  const everybody = `
    import { consumers } from "./tests/packaging/consumers.mjs";
    import { wholes } from "./tests/packaging/wholes.mjs";
    console.log(JSON.stringify([...wholes, ...consumers].map(({ name, way }) => [name, way].join(", "))));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", everybody]);
  const page = readFileSync("docs/runtimes.md", "utf8");
  // Who, how, versions, suite, passed and failed: the versions and the figures are those of the day it was written.
  const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \| .+? \| .+? \| (\d+) \| (\d+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, way]) => `${name}, ${way}`),
    JSON.parse(stdout),
    "make runtimes writes it anew",
  );
  for (const [row, , , passed, failed] of rows) assert.isTrue(Number(passed) > 0 && failed === "0", row);
});

test("docs/runtimes.md says what each entry weighs", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
    exports: Record<string, { default?: string }>;
  };
  const page = readFileSync("docs/runtimes.md", "utf8");
  const entries = Object.entries(exports).filter(([, { default: file }]) => file?.endsWith(".js"));
  assert.isAtLeast(entries.length, 6);
  for (const [path] of entries)
    assert.match(page, new RegExp(`^\\| \`batchwise${path.slice(1)}\` \\| [\\d.]+ \\|`, "m"));
});

test("the README's first program fits on a screen", () => {
  const [first] = snippets("README.md");
  assert.isAtMost(first?.code.trim().split("\n").length ?? Number.POSITIVE_INFINITY, 22);
});

test("no link of the README, the docs or the examples leads nowhere", () => {
  const pages = [...PAGES, "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md", "llms.txt"];
  const lost = pages.flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)/g)];
    // Paths that are named as code are meant as links, too.
    const named = [...text.matchAll(/`((?:docs|examples|js|src|tests)\/[\w./-]+\.\w+)`/g)].map(([, to = ""]) => [
      "",
      `/${to}`,
    ]);
    return [...links, ...named].flatMap(([, to = "", anchor]) => {
      const target = to === "" ? path : to.startsWith("/") ? to.slice(1) : normalize(join(dirname(path), to));
      if (!existsSync(target)) return `${path}: ${to}`;
      return !anchor || anchors(target).has(anchor.slice(1)) ? [] : `${path}: ${to}${anchor}`;
    });
  });
  assert.deepEqual(lost, []);
});

/** What headings, and anchors that are written out, can be linked to. */
function anchors(path: string): Set<string> {
  const text = readFileSync(path, "utf8");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/\bid="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

function snippets(path: string): { code: string; prints: string | null }[] {
  const found = readFileSync(path, "utf8").matchAll(/^```js\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?/gms);
  return [...found].map(([, code = "", prints = null]) => ({ code, prints }));
}
