// What leaves this repository: the same bytes whoever packs them, the files that were meant, and their bill of materials.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { assert, test } from "../harness.js";

const run = promisify(execFile);
const TARBALL = "target/npm/batchwise.tgz";
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

test("the package packed in another folder, at another time, by somebody with other habits is the same to the byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-pack-"));
  try {
    const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
    for (const path of ["package.json", "README.md", ...files]) cpSync(path, join(folder, path), { recursive: true });
    const long = new Date(2001, 1, 3);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      utimesSync(path, long, long);
      if (entry.isFile() && !path.endsWith("cli.js")) chmodSync(path, 0o664);
    }
    mkdirSync(join(folder, "out"));
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", "out"], { cwd: folder });
    const [packed = ""] = readdirSync(join(folder, "out"));
    assert.equal(sha256(join(folder, "out", packed)), sha256(TARBALL));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what would be published is what the committed list says, file by file", async () => {
  const meant = readFileSync("js/build/published.txt", "utf8").trim().split("\n").flatMap(spread);
  const { stdout } = await run("npm", ["publish", "--dry-run", "--json", "--ignore-scripts", `./${TARBALL}`]);
  const { batchwise } = JSON.parse(stdout) as { batchwise: { files: { path: string }[] } };
  // The pieces of the command and of the page bear a digest of what is in them.
  const piece = /^(js\/dist\/(?:cli|www)\/.*)-[A-Z0-9]{8}\.js$/;
  const published = batchwise.files.map(({ path }) => path.replace(piece, "$1-*.js"));
  const [missing, strange] = [minus(meant, published), minus(published, meant)];
  assert.deepEqual({ missing, strange }, { missing: [], strange: [] }, "if that was meant: make published");
});

test("the bill of materials names this package, every crate in it and every npm package inside the command", async () => {
  const write = () => run(process.execPath, ["js/build/sbom.mjs"]);
  await write();
  const text = readFileSync("target/npm/batchwise.cdx.json", "utf8");
  await write();
  assert.equal(readFileSync("target/npm/batchwise.cdx.json", "utf8"), text);
  const bill = JSON.parse(text) as Bill;
  assert.deepInclude(bill as object, { bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
  assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(bill.metadata.component.hashes[0]?.content, sha256(TARBALL));
  const purls = bill.components.map(({ purl }) => purl);
  assert.lengthOf(new Set(purls), purls.length);
  const names = purls.map((purl) => purl.replace(/@[^@]*$/, ""));
  assert.includeMembers(names, ["pkg:cargo/wasm-bindgen", "pkg:cargo/serde", "pkg:npm/commander", "pkg:npm/srvx"]);
  // What only tests is not in the package.
  assert.notIncludeMembers(names, ["pkg:cargo/proptest", "pkg:npm/chai", "pkg:npm/esbuild"]);
  for (const { purl, licenses, hashes } of bill.components) {
    assert.isNotEmpty(licenses[0]?.expression, purl);
    if (purl.startsWith("pkg:cargo/")) assert.match(hashes?.[0]?.content ?? "", /^[0-9a-f]{64}$/, purl);
  }
});

test("a release is what CI checks, by the same commands, with provenance and without a token that is kept", () => {
  const makefile = readFileSync("Makefile", "utf8");
  const [ci, release] = ["ci", "release"].map((name) => readFileSync(`.github/workflows/${name}.yml`, "utf8"));
  for (const workflow of [ci ?? "", release ?? ""]) {
    const { jobs } = parse(workflow) as { jobs: Record<string, { steps: { run?: string }[] }> };
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ""));
    assert.include(commands, ".ci/run");
    assert.include(commands, "make audit");
    for (const command of commands) {
      for (const [, target] of command.matchAll(/\bmake (\w+)/g))
        assert.match(makefile, new RegExp(`^${target}:`, "m"));
    }
    assert.notMatch(workflow, /secrets\./);
    // A tag can be moved to another commit; a commit cannot.
    for (const [, action] of workflow.matchAll(/\buses: (\S+)/g))
      assert.match(action ?? "", /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  }
  const publish = (parse(release ?? "") as { jobs: { publish: { permissions: object } } }).jobs.publish;
  assert.deepInclude(publish.permissions, { "id-token": "write" });
  assert.match(release ?? "", /npm publish target\/npm\/batchwise\.tgz --provenance/);
});

interface Bill {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } };
  readonly components: readonly {
    readonly purl: string;
    readonly licenses: readonly { readonly expression: string }[];
    readonly hashes?: readonly { readonly content: string }[];
  }[];
}

/** `x.{d.ts,js}` as the paths that it stands for. */
function spread(line: string): string[] {
  const [, stem, kinds] = /^(.*)\.\{(.*)\}$/.exec(line) ?? [];
  return kinds === undefined ? [line] : kinds.split(",").map((kind) => `${stem}.${kind}`);
}

function minus(all: readonly string[], without: readonly string[]): string[] {
  const gone = new Set(without);
  return all.filter((path) => !gone.has(path));
}
