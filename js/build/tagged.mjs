// Before a release: the tag, package.json, Cargo.toml and a heading of the changelog must name one version.
import { readFileSync } from "node:fs";
import { at, fail } from "./tools.mjs";

const [tag = ""] = process.argv.slice(2);
const text = (path) => readFileSync(at(path), "utf8");
const { version } = JSON.parse(text("package.json"));
const crate = /^version = "([^"]+)"/m.exec(text("Cargo.toml"))?.[1];
if (tag !== `v${version}`) fail(`the tag is ${tag}, and package.json says ${version}`);
if (crate !== version) fail(`Cargo.toml says ${crate}, and package.json ${version}`);
if (!text("CHANGELOG.md").includes(`\n## ${version}`)) fail(`CHANGELOG.md has no heading "## ${version}"`);
