// make audit: licences, bans and sources of every crate; and known weaknesses of crates and npm packages, where their
// lists can be fetched. The workflows have a network: there it is a failure when they cannot.
import { spawnSync } from "node:child_process";
import { ask, env, fail, root, run, step } from "./tools.mjs";

const CARGO_DENY = "0.20.2";

if (ask("cargo", ["deny", "--version"]) === null) {
  process.stderr.write(`cargo-deny ${CARGO_DENY} is missing: building it once, which takes a few minutes\n`);
  const args = ["install", "--debug", "--locked", "--root", "target/tools", "--target-dir", "target/tools/build"];
  const profile = { CARGO_PROFILE_DEV_DEBUG: "0" };
  const install = () => run("cargo", [...args, `cargo-deny@${CARGO_DENY}`], { extraEnv: profile });
  await step("cargo-deny", () => install().then(() => CARGO_DENY));
}
await step("crates", async () => {
  await run("cargo", ["deny", "--offline", "check", "bans", "licenses", "sources"]);
  return "bans, licences and sources are as deny.toml wants them";
});
await step("packages", async () => {
  const options = { cwd: root, env, encoding: "utf8", timeout: 120_000 };
  const { stdout } = spawnSync("npm", ["audit", "--json", "--audit-level=low"], options);
  const { vulnerabilities, message } = JSON.parse(stdout || "{}");
  if (!vulnerabilities) return unchecked(`the registry did not answer (${message ?? "no answer"})`);
  const found = Object.values(vulnerabilities).map(({ name, severity }) => `${name} (${severity})`);
  return found.length === 0 ? "none that concerns us" : fail(`known weaknesses: ${found.join(", ")}`);
});
await step("advisories", async () => {
  const options = { cwd: root, env, encoding: "utf8", timeout: 120_000 };
  const { status, stdout, stderr } = spawnSync("cargo", ["deny", "check", "advisories"], options);
  if (status === 0) return "none that concerns us";
  if (stderr.includes("failed to fetch advisory database")) return unchecked("their list could not be fetched");
  return fail(`${stdout}${stderr}`);
});

function unchecked(why) {
  return process.env.GITHUB_ACTIONS ? fail(`not checked: ${why}`) : `NOT CHECKED: ${why}`;
}
