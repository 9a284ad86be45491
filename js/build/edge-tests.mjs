// The cases about jobs at the edge. By themselves: `node js/build/edge-tests.mjs [part of a name]`.
import { pathToFileURL } from "node:url";
import { tally } from "./counting.mjs";
import { at, files } from "./tools.mjs";

/** All cases of tests/edge, one after the other. */
export async function inEdge(wanted = "", said = () => {}) {
  const outcomes = [];
  for (const path of files("tests/edge").filter((path) => path.endsWith(".mjs"))) {
    const { cases = {} } = await import(pathToFileURL(at(path)));
    for (const [name, run] of Object.entries(cases)) {
      if (!name.includes(wanted)) continue;
      const error = await run().then(
        () => null,
        (error) => error.stack,
      );
      outcomes.push({ name, error });
      said(error === null, name);
    }
  }
  return tally(outcomes);
}

if (process.argv[1] === at("js/build/edge-tests.mjs")) {
  const { passed, failed, output } = await inEdge(process.argv[2], (isRight, name) =>
    process.stderr.write(`${isRight ? "ok" : "NOT OK"} ${name}\n`),
  );
  process.stdout.write(`${output}\n${passed} passed, ${failed} failed\n`, () => process.exit(failed > 0 ? 1 : 0));
}
