// A process for one realm of the edge runtime. It hears of rejections that nobody handles only where the code in the
// realm listens for them, and ends the process that it runs in otherwise: so they are counted here, as what they are.
import { readFileSync } from "node:fs";

const [script, told] = process.argv.slice(2);
const { vm, modules, server } = JSON.parse(readFileSync(told, "utf8"));
const { EdgeVM } = await import(vm);

const compiled = {};
for (const path of modules) compiled[path] = await WebAssembly.compile(readFileSync(path));
const realm = new EdgeVM({
  extend: (context) => Object.assign(context, { modules: compiled, batchwiseServer: server }),
});
realm.evaluate(`
  var unhandled = [];
  addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason?.stack ?? event.reason)));
`);
const outcomes = await realm.evaluate(`${readFileSync(script, "utf8")}; suites.run()`);
// One more turn of the loop for what was rejected last.
await new Promise((done) => setImmediate(done));
for (const error of realm.evaluate("unhandled")) outcomes.push({ name: "every rejection is handled", error });
process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit(0));
