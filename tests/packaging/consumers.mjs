// Who loads the package besides the runtimes of the whole suite, each as its users do.
import { installPackage } from "../../js/build/suites.mjs";
import { browsers } from "./browsers.mjs";
import { checks } from "./checks.mjs";
import { edge } from "./edge.mjs";
import { install } from "./install.mjs";
import { newcomers } from "./newcomer.mjs";
import { next } from "./next.mjs";
import { processes } from "./processes.mjs";
import { surface } from "./surface.mjs";
import { home } from "./tools.mjs";
import { workers } from "./workers.mjs";

/** Each has a name, the way it loads the package, and `run`, which gives a version and the outcomes of cases. */
export const consumers = [...newcomers, ...processes, ...workers, ...edge, ...next, ...browsers, ...checks, ...surface];

/** Installs what the package is tried with, and the packed package where they find it. */
export async function prepare() {
  await install();
  await installPackage(home());
}

/** Runs one. Never rejects: who does not run at all has failed. */
export async function tried({ run }) {
  const { version, outcomes } = await run().catch((error) => {
    return { version: "", outcomes: [{ name: "it runs", error: error.stack }] };
  });
  // Who ran nothing has shown nothing.
  if (outcomes.length === 0) outcomes.push({ name: "it runs", error: "no case ran" });
  return { version, outcomes };
}
