// Where Firefox is, and what it must not do on its own.
import { existsSync } from "node:fs";
import { ask, fail, run, step } from "../../js/build/tools.mjs";

/** No call home, no update, no first page. */
export const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

/** Where Firefox is. Installs it where that is possible, and says what to do where it is not. */
export async function findFirefox() {
  const given = process.env.FIREFOX;
  if (given) return existsSync(given) ? given : fail(`FIREFOX names ${given}, and there is no such file`);
  const usual = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
  const found = () => usual.find((path) => existsSync(path));
  if (!found() && process.getuid?.() === 0 && ask("apt-get", ["--version"])) {
    await step("firefox", async () => {
      await run("apt-get", ["update"]);
      await run("apt-get", ["install", "-y", "--no-install-recommends", "firefox-esr"]);
    });
  }
  return found() ?? fail("the tests need Firefox: install the package `firefox-esr`, or set FIREFOX to its path");
}
