// Runs the registered cases in a page; the driver (js/build/browser.mjs) waits for what `runSuites` gives.
import { run } from "./plain.js";

(globalThis as { runSuites?: typeof run }).runSuites = run;
