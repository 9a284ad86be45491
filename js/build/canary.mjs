// The key that the suites use must be nowhere in what a run of them printed or wrote.
import { readFileSync } from "node:fs";
import { at, files } from "./tools.mjs";

// In two pieces, as in tests/js/server.ts: the sources of the tests are no leak.
const CANARY = ["sk-ant-api03", "canary", "canary", "canary"].join("-");
const outputs = [];

/** Remembers what a process printed. */
export function keep(output, name) {
  outputs.push([`the output of ${name}`, Buffer.from(output)]);
}

/** Where the key was found: in an output that was kept, or in a file below `folder`. */
export function sightings(folder) {
  // A search that could not find it would prove nothing.
  const control = ["the control", Buffer.from(`x${CANARY}y`)];
  const written = files(folder).map((path) => [path, readFileSync(at(path))]);
  const found = [control, ...outputs, ...written].filter(([, bytes]) => bytes.includes(CANARY)).map(([name]) => name);
  if (found.shift() !== control[0]) return ["nothing, but the search for it does not work"];
  return found;
}
