// Crashes the tab of a page that drives a job, loads the page again, and asks the API what was paid for.
import { openPage } from "./browser.mjs";
import { bundlePage } from "./suites.mjs";
import { at } from "./tools.mjs";

const SPEED = 600;
const REQUESTS = 12;
const DAY_MS = 86_400_000;
const JOBS = 3;
/** Crashes of a job's tab, each so many milliseconds after the page has begun. */
const CRASHES = [60, 350, 900];

/** As many cases as jobs; a job whose account is not right is a failed one. */
export async function inCrashingChromium() {
  await bundlePage("tests/js/kill/page.ts", "target/tests/crash.page.js");
  const { serveEmulator } = await import(at("target/tests/serve.js"));
  const site = await openPage("target/tests/crash.page.js");
  const result = { passed: 0, failed: 0, output: "" };
  let crashes = 0;
  try {
    for (let job = 1; job <= JOBS; job++) {
      const server = await serveEmulator({ seed: job, clock: SPEED, cors: true, processingMs: 240_000 });
      server.emulator.faults.set("*", { reset: { rate: 0.05, when: "after" } });
      const end = await seenThrough(site, server, `crashed-${job}`);
      crashes += end.crashes;
      const wrong = await mistakes(server, end);
      await server.close();
      result.passed += wrong ? 0 : 1;
      result.failed += wrong ? 1 : 0;
      if (wrong) result.output += `not ok a job whose tab crashes loses no row and pays for none twice\n${wrong}\n`;
    }
  } finally {
    await site.close();
  }
  result.output += `note: ${crashes} crashes of tabs\n`;
  return result;
}

/** Loads the page, and crashes it, until it says that the job is done. */
async function seenThrough(site, { url, emulator }, jobId) {
  let crashes = 0;
  for (;;) {
    const page = await site.newPage();
    const clock = { shown: emulator.clock.now(), at: Date.now() };
    const orders = { url, speed: SPEED, clock, requests: REQUESTS, perPart: 5, jobId };
    const driven = page.evaluate((given) => globalThis.drive(given), orders).catch((error) => ({ error }));
    const delay = CRASHES[crashes];
    const crashed = delay === undefined ? new Promise(() => {}) : crash(page, delay);
    const end = await Promise.race([driven, crashed]);
    await page.close();
    if (end !== "crashed" && !(end.error && crashes < CRASHES.length && page.wasCrashed)) return { ...end, crashes };
    crashes += 1;
  }
}

async function crash(page, delay) {
  await new Promise((resolve) => setTimeout(resolve, delay));
  const gone = new Promise((resolve) => page.once("crash", resolve));
  const session = await page.context().newCDPSession(page);
  page.wasCrashed = true;
  // Nobody is left to answer it.
  session.send("Page.crash").catch(() => undefined);
  await gone;
  return "crashed";
}

async function mistakes(server, { error, succeeded, kept = [], crashes }) {
  if (error) return error.stack;
  await server.emulator.clock.advance(3 * DAY_MS);
  const fates = [...server.emulator.state.requests()];
  const lost = fates.filter(([id, fate]) => fate.billed > 0 && !kept.includes(id)).length;
  const twice = fates.filter(([, fate]) => fate.billed > 1).length;
  if (lost || twice || succeeded !== REQUESTS || fates.length !== REQUESTS || crashes === 0)
    return `${lost} lost, ${twice} paid twice, ${succeeded} of ${REQUESTS} succeeded, ${crashes} crashes`;
  return null;
}
