// make sbom: target/npm/batchwise.cdx.json, what the package is made of, as CycloneDX: the crates inside its
// WebAssembly, and the npm packages inside its command. It depends on nothing that is installed beside it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { at, run, step } from "./tools.mjs";

const TARBALL = "target/npm/batchwise.tgz";

/** The bill of materials of the packed package. The same package has the same bill, to the byte. */
export async function bill() {
  const { name, version, license, description } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const tarball = readFileSync(at(TARBALL));
  const digest = (algorithm) => createHash(algorithm).update(tarball).digest("hex");
  const components = [...(await crates()), ...packages()];
  const sha256 = digest("sha256");
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    // Named after the package itself, so that no chance is in it.
    serialNumber: `urn:uuid:${uuid(sha256)}`,
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      component: {
        "bom-ref": `pkg:npm/${name}@${version}`,
        type: "library",
        name,
        version,
        description,
        licenses: [{ expression: license }],
        purl: `pkg:npm/${name}@${version}`,
        hashes: [
          { alg: "SHA-256", content: sha256 },
          { alg: "SHA-512", content: digest("sha512") },
        ],
      },
    },
    components,
    dependencies: [
      { ref: `pkg:npm/${name}@${version}`, dependsOn: components.map((component) => component["bom-ref"]) },
    ],
  };
}

/** The crates that are compiled into the WebAssembly, or write parts of it while it is compiled. */
async function crates() {
  const args = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"];
  const { packages, resolve } = JSON.parse(await run("cargo", [...args, "--features", "emulator"]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const reached = new Set();
  const visit = (id) => {
    if (reached.has(id)) return;
    reached.add(id);
    const isNormal = ({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null);
    for (const dependency of nodes.get(id).deps.filter(isNormal)) visit(dependency.pkg);
  };
  visit(resolve.root);
  const locked = readFileSync(at("Cargo.lock"), "utf8");
  const checksum = (name, version) =>
    new RegExp(
      `name = "${name}"\nversion = "${version.replaceAll("+", "\\+")}"\nsource = .*\nchecksum = "(\\w+)"`,
    ).exec(locked)?.[1];
  const found = packages.filter(({ id }) => reached.has(id) && id !== resolve.root);
  return found
    .map(({ name, version, license, targets }) =>
      component("cargo", name, version, license, {
        // A macro runs in the compiler; what it writes is in the package, it is not.
        scope: targets.some(({ kind }) => kind.includes("proc-macro")) ? "excluded" : "required",
        hashes: [{ alg: "SHA-256", content: checksum(name, version) }],
      }),
    )
    .sort(byRef);
}

/** The npm packages inside the command, and inside the library. */
function packages() {
  const text = ["cli.licenses.txt", "vendor/licenses.txt"]
    .map((path) => readFileSync(at("js/dist", path), "utf8"))
    .join("\n");
  const named = [...text.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \(([^)]*)\)$/gm)];
  return named
    .map(([, name, version, license]) => component("npm", name, version, license, { scope: "required" }))
    .sort(byRef);
}

function component(kind, name, version, license, more) {
  const purl = `pkg:${kind}/${name.replace("@", "%40")}@${version}`;
  return {
    "bom-ref": purl,
    type: "library",
    name,
    version,
    licenses: [{ expression: expression(license) }],
    purl,
    ...more,
  };
}

/** Older crates write a slash where SPDX writes OR. */
function expression(license) {
  return license.replaceAll(/\s*\/\s*/g, " OR ");
}

function byRef(a, b) {
  return a["bom-ref"] < b["bom-ref"] ? -1 : 1;
}

/** A name-based UUID (version 8) of a digest. */
function uuid(hex) {
  const bits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return bits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await step("sbom", async () => {
    if (!existsSync(at(TARBALL))) throw new Error("there is no package yet: make pack");
    const made = await bill();
    writeFileSync(at("target/npm/batchwise.cdx.json"), `${JSON.stringify(made, null, 2)}\n`);
    return `target/npm/batchwise.cdx.json, ${made.components.length} components`;
  });
}
