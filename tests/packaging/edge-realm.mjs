// A process for one realm of the edge runtime: a rejection that nobody handles there is one of the process it runs in.
import { readFileSync } from "node:fs";

const [script, told] = process.argv.slice(2);
const { vm, modules, server } = JSON.parse(readFileSync(told, "utf8"));
const { EdgeVM } = await import(vm);

/** So often everything is woken that still waits when the cases are over. */
const WAKINGS = 20;

const compiled = {};
for (const path of modules) compiled[path] = await WebAssembly.compile(readFileSync(path));
const waiting = new Map();
const realm = new EdgeVM({
  extend: (context) => Object.assign(context, { modules: compiled, batchwiseServer: server, ...noted(context) }),
});
const outcomes = await realm.evaluate(`${readFileSync(script, "utf8")}; suites.run()`);
// What waits for minutes, long after its case, may end in a rejection, too: it is not waited for.
for (let waking = 0; waking < WAKINGS; waking++) {
  for (const wake of [...waiting.values()]) wake();
  await new Promise((turn) => setTimeout(turn, 5));
}
outcomes.push(...realm.evaluate("suites.late()"));
process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit(0));

/** The realm's timers, which are woken early by their entry in `waiting`. */
function noted({ setTimeout: set, clearTimeout: clear }) {
  return {
    setTimeout: (work, ms, ...args) => {
      const wake = () => {
        clear(timer);
        waiting.delete(timer);
        work(...args);
      };
      const timer = set(wake, ms);
      waiting.set(timer, wake);
      return timer;
    },
    clearTimeout: (timer) => {
      waiting.delete(timer);
      clear(timer);
    },
  };
}
