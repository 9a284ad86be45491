// What the edge bench talks to, in a process of its own: the emulator over HTTP, and a bucket with the input.
import { at } from "../../js/build/tools.mjs";
import { lines } from "../edge/lines.mjs";
import { serveBucket } from "../edge/s3.mjs";

const { requests, speed, startMs } = JSON.parse(process.argv[2]);
const { serveEmulator } = await import(at("target/bench/edge-serve.js"));
const api = await serveEmulator({
  seed: 11,
  clock: speed,
  startMs,
  processingMs: 600_000,
  queueLimit: null,
  requestsPerMinute: null,
  rates: { overloaded: 0.02 },
  faults: {
    create: {
      reset: { when: "after", rate: 0.2 },
      status: [
        { code: 500, when: "after", rate: 0.14 },
        { code: 529, rate: 0.25 },
      ],
    },
    retrieve: { status: { code: 500, rate: 0.2 } },
    results: { cutMidLine: { rate: 0.25 } },
  },
});
const bucket = await serveBucket();
const pieces = [];
for (let first = 0; first < requests; first += 10_000) {
  pieces.push(Buffer.from(lines(Math.min(10_000, requests - first), { first })));
}
bucket.put("in.jsonl", Buffer.concat(pieces));

const { state } = api.emulator;
const answers = {
  commits: () => state.commits,
  state: () => ({
    commits: state.commits,
    faults: state.faults,
    batches: state.batches.length,
    twice: [...state.requests()].filter(([, { billed }]) => billed > 1).length,
  }),
};
process.on("message", (wish) => process.send({ wish, answer: answers[wish]() }));
process.on("disconnect", () => process.exit(0));
process.send({ wish: "ready", answer: { api: api.url, bindings: bucket.bindings } });
